import type { FindingLine } from '../results/index.js';
import type { Column } from './column.js';

/** A difference that one or more targets show, with the smallest case that shows it. */
export interface Difference {
  readonly clause: string;
  readonly kind: string;
  /** Of the target in `smallestOn`. */
  readonly smallest: FindingLine;
  readonly smallestOn: number;
  /** By the place of each target. */
  readonly findings: ReadonlyMap<number, FindingLine>;
}

/**
 * The distinct differences of all targets: two are one when they are of the same clause and the same kind.
 *
 * @returns those that most targets show first
 */
export function differencesOf(columns: readonly Column[]): readonly Difference[] {
  const all = new Map<string, Difference>();
  for (const [place, { results }] of columns.entries()) {
    for (const finding of results?.findings ?? []) {
      const { clause, kind } = finding;
      const key = `${clause} ${kind}`;
      const known = all.get(key);
      const own = known?.findings.get(place);
      const findings = new Map(known?.findings);
      if (own === undefined || isSmaller(finding, own)) findings.set(place, finding);
      const smaller = known === undefined || isSmaller(finding, known.smallest);
      all.set(key, {
        clause,
        kind,
        smallest: smaller ? finding : known.smallest,
        smallestOn: smaller ? place : known.smallestOn,
        findings,
      });
    }
  }
  return [...all.values()].sort(
    (one, two) => two.findings.size - one.findings.size || one.clause.localeCompare(two.clause),
  );
}

function isSmaller(one: FindingLine, two: FindingLine): boolean {
  return one.size !== two.size ? one.size < two.size : one.text.join('\n').length < two.text.join('\n').length;
}
