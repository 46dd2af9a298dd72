import type { FateKind, MutantResult } from '../../harness/index.js';

/** How many mutants met which fate. */
export function totalsOf(mutants: readonly MutantResult[]): Readonly<Record<FateKind, number>> {
  const totals = { found: 0, imagined: 0, equivalent: 0, elsewhere: 0, explained: 0, survived: 0 };
  for (const { fate } of mutants) totals[fate.kind]++;
  return totals;
}

/** So many cases it took for half of those that the target showed; undefined where it showed none. */
export function medianOf(mutants: readonly MutantResult[]): number | undefined {
  const cases = mutants.flatMap(({ fate }) => (fate.kind === 'found' ? [fate.cases] : [])).sort((a, b) => a - b);
  return cases[(cases.length - 1) >> 1];
}
