import type { ClauseLine, FindingLine, FooterLine, Results } from './results/index.js';
import { count } from './sentences.js';

/** What a run comes to, in one word and a sentence. */
export interface Verdict {
  readonly word: 'CONFORMS' | 'DIFFERS' | 'INTERRUPTED' | 'NOT JUDGED';
  readonly sentence: string;
}

/**
 * What a run comes to. It conforms only where its footer says so and nothing else in it says otherwise; a file without a footer never does.
 */
export function verdictOf(results: Results): Verdict {
  const { findings, footer, clauses, expectations = [] } = results;
  const { stable, expected } = byStability(findings);
  if (stable.length > 0) return { word: 'DIFFERS', sentence: 'from Linux as specified' };
  if (expectations.some(({ state }) => state !== 'not-judged'))
    return { word: 'DIFFERS', sentence: 'from what is expected' };
  if (footer === undefined) {
    return { word: 'INTERRUPTED', sentence: 'there is no footer, and what is missing was not judged' };
  }
  if (footer.interrupted) return { word: 'INTERRUPTED', sentence: 'no difference in what ran' };
  const explained = expected.length > 0 || clauses.every(({ verdict }) => verdict !== 'fail');
  const sound = findings.length === expected.length && explained;
  const but = expected.length === 0 ? '' : `but for ${count(expected.length, 'expected difference')}`;
  if (footer.status === 0 && sound) return { word: 'CONFORMS', sentence: but };
  const unjudged = sound ? 'the run does not say that it conforms' : 'a difference could not be followed up';
  return { word: 'NOT JUDGED', sentence: footer.unjudged ?? unjudged };
}

/** `CONFORMS`, `NOT JUDGED: no case was judged`, or `DIFFERS from Linux as specified`. */
export function verdictLine(results: Results): string {
  const { word, sentence } = verdictOf(results);
  if (sentence === '') return word;
  if (word === 'CONFORMS') return `${word}, ${sentence}`;
  return word === 'DIFFERS' ? `${word} ${sentence}` : `${word}: ${sentence}`;
}

/**
 * How a clause stands. `expected`: it differs as the project expects. `shadowed`: cases that would judge it differed, and none of them is a
 * finding of its own, as findings of other clauses explain them; it neither failed nor passed.
 */
export type Standing = 'pass' | 'differs' | 'unstable' | 'expected' | 'shadowed' | 'blocked' | 'not-run';

/** How each clause stands, by id. */
export function standings({ clauses, findings, footer }: Results): ReadonlyMap<string, Standing> {
  const { stable, unstable, expected } = byStability(findings);
  const [differs, wavers, known] = [stable, unstable, expected].map(
    (some) => new Set(some.map(({ clause }) => clause)),
  );
  const followedUp = allFollowedUp([...stable, ...expected], footer);
  return new Map(
    clauses.map(({ id, verdict }): readonly [string, Standing] => {
      if (differs?.has(id) === true) return [id, 'differs'];
      if (wavers?.has(id) === true) return [id, 'unstable'];
      if (known?.has(id) === true) return [id, 'expected'];
      return [id, verdict !== 'fail' ? verdict : followedUp ? 'shadowed' : 'differs'];
    }),
  );
}

/** Where a run was cut short, or came to a limit, a difference without a finding may be one that nobody looked into. */
function allFollowedUp(findings: readonly FindingLine[], footer: FooterLine | undefined): boolean {
  return findings.length > 0 && footer?.interrupted === false && footer.limits.length === 0;
}

/** Says whether a clause was judged. */
export function isJudged({ verdict }: ClauseLine): boolean {
  return verdict === 'pass' || verdict === 'fail';
}

/** Clauses that were not judged, by why, those that could have been first. */
export function notJudgedGroups(
  clauses: readonly ClauseLine[],
): readonly { readonly title: string; readonly members: readonly ClauseLine[] }[] {
  return [
    {
      title: 'Not reached, though nothing stands in the way: run longer',
      members: clauses.filter(({ missed }) => missed === true),
    },
    { title: 'Blocked here', members: clauses.filter(({ verdict }) => verdict === 'blocked') },
    { title: 'Not judged', members: clauses.filter(({ verdict, missed }) => verdict === 'not-run' && missed !== true) },
  ].filter(({ members }) => members.length > 0);
}

/** A run's findings apart: those that repeat, those that do not, and those that the project expects. */
export function byStability(findings: readonly FindingLine[]): {
  readonly stable: readonly FindingLine[];
  readonly unstable: readonly FindingLine[];
  readonly expected: readonly FindingLine[];
} {
  return {
    expected: findings.filter(({ expectation }) => expectation !== undefined),
    stable: findings.filter(({ unstable, expectation }) => !unstable && expectation === undefined),
    unstable: findings.filter(({ unstable }) => unstable),
  };
}
