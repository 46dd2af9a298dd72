import {
  formatCall,
  formatStep,
  needsRealRoot,
  type AcceptClause,
  type Clause,
  type Outcome,
  type Scenario,
} from '../spec/index.js';
import type { Case, Deviation } from '../harness/index.js';

/** `EINVAL`, or `EINVAL or success`. */
export function outcomes(allowed: readonly Outcome[]): string {
  return allowed.join(' or ');
}

/** What a deviation means, in a few words. */
export function deviation(kind: Deviation, expected: readonly Outcome[], observed: Outcome): string {
  if (expected.length === 1 && expected[0] === 'success') return `refused with ${observed}`;
  if ((kind === 'missing' || kind === 'accepted') && observed === 'success') return 'not refused';
  return `${observed} instead of ${outcomes(expected)}`;
}

/** Where a clause comes from: kernel function and, where there is one, the man page. */
export function sourceOf(clause: Clause | AcceptClause): string {
  const man = 'man' in clause ? `; ${clause.man}` : '';
  return `${clause.source}${man}`;
}

/**
 * The command that runs a case again.
 *
 * @param options - words besides, such as `--target` and its value
 */
export function againCommand({ caller, call }: Case, options: readonly string[] = []): string {
  return ['clonecheck replay', ...['--caller', caller.name, ...options, formatCall(call)].map(shellWord)].join(' ');
}

/** The command that performs a scenario again; its steps go in as YAML. */
export function againScenario({ caller, steps }: Scenario, options: readonly string[] = []): string {
  const asked = needsRealRoot({ caller, steps }) ? ['--as-root'] : [];
  const yaml = [
    `caller: ${JSON.stringify(caller.name)}`,
    'steps:',
    ...steps.map((step) => `- ${JSON.stringify(formatStep(step))}`),
  ];
  return `printf '%s\\n' ${yaml.map(shellWord).join(' ')} | clonecheck replay ${[...asked, ...options, '-'].map(shellWord).join(' ')}`;
}

/** What should have come back: `EINVAL or success`. */
export function expectedText({ expected }: { readonly expected: readonly string[] }): string {
  return expected.join(' or ');
}

/** `5 of 5 runs`. */
export function repeats({
  reproducible: { k, n },
}: {
  readonly reproducible: { readonly k: number; readonly n: number };
}): string {
  return `${String(k)} of ${String(n)} runs`;
}

/** Where it is written: kernel function and, where there is one, the man page. */
export function originOf({
  source,
  man,
}: {
  readonly source?: string | undefined;
  readonly man?: string | undefined;
}): string {
  return [source, man].filter((part) => part !== undefined).join('; ');
}

/** A word as a shell reads it back. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Of a clause without a finding of its own, of which so many cases differed. */
export function shadowed(failed: number): string {
  return `shadowed: ${count(failed, 'case')} differed as findings of other clauses explain`;
}

/** `1 clause`, `2 clauses`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

/** A whole number, 0 where no time went by. */
export function casesPerSecond({ cases, seconds }: { readonly cases: number; readonly seconds: number }): number {
  return seconds > 0 ? Math.round(cases / seconds) : 0;
}
