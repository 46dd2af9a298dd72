import type { ClauseLine, FindingLine, Results } from './results/index.js';
import { findingText } from './finding-text.js';
import { count } from './sentences.js';
import { verdictLine, verdictOf } from './verdict.js';

/** A clause as formats for test results know it. */
export interface ClauseTest {
  readonly name: string;
  /** What it demands. */
  readonly says?: string;
  readonly outcome: TestOutcome;
}

export type TestOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly why: string }
  /** A difference; `unstable`: seen, but not each time. `error`: the run as a whole says too little. */
  | {
      readonly kind: 'failed';
      readonly type: 'difference' | 'unstable' | 'error';
      readonly message: string;
      readonly lines: readonly string[];
    };

/** Clauses of one group, such as `errors`. */
export interface TestGroup {
  readonly name: string;
  readonly tests: readonly ClauseTest[];
}

/**
 * A run as groups of tests, one for each clause. Where the run as a whole is no pass and no difference says so, a group `run` holds a failed
 * test that does: who reads nothing else must not take it for one.
 *
 * @param several - with the target in the groups' names
 */
export function testGroups(results: Results, several: boolean): readonly TestGroup[] {
  const findings = new Map<string, FindingLine[]>();
  for (const finding of results.findings)
    findings.set(finding.clause, [...(findings.get(finding.clause) ?? []), finding]);
  const groups = new Map<string, ClauseTest[]>();
  const add = (test: ClauseTest): void => {
    const group = test.name.split('/', 1)[0] ?? test.name;
    groups.set(group, [...(groups.get(group) ?? []), test]);
  };
  for (const clause of results.clauses) {
    add(clauseTest(clause, findings.get(clause.id) ?? []));
    findings.delete(clause.id);
  }
  // Differences that no clause explains have none to stand under.
  for (const [name, left] of findings) add({ name, outcome: differing(left) });
  const { word } = verdictOf(results);
  if (word === 'INTERRUPTED' || word === 'NOT JUDGED') {
    const line = verdictLine(results);
    add({ name: 'run/whole', outcome: { kind: 'failed', type: 'error', message: line, lines: [line] } });
  }
  const { target, release } = results.header;
  return [...groups].map(([name, tests]) => ({
    name: several ? `${name} of ${target}, Linux ${release}` : name,
    tests,
  }));
}

function clauseTest({ id, verdict, says, why, failed }: ClauseLine, findings: readonly FindingLine[]): ClauseTest {
  const named = { name: id, ...(says !== undefined && { says }) };
  if (findings.length > 0) return { ...named, outcome: differing(findings) };
  switch (verdict) {
    case 'pass':
      return { ...named, outcome: { kind: 'passed' } };
    case 'fail': {
      const message = `${count(failed, 'case')} differed; there is no finding of its own, as another explains them or none could be worked out`;
      return { ...named, outcome: { kind: 'failed', type: 'difference', message, lines: [message] } };
    }
    case 'blocked':
    case 'not-run':
      return { ...named, outcome: { kind: 'skipped', why: `${verdict}: ${why ?? 'no reason is given'}` } };
  }
}

function differing(findings: readonly FindingLine[]): TestOutcome {
  const [first] = findings;
  const more = findings.length > 1 ? `, and ${count(findings.length - 1, 'more difference')}` : '';
  return {
    kind: 'failed',
    type: findings.every(({ unstable }) => unstable) ? 'unstable' : 'difference',
    message: `${first === undefined ? '' : `${first.text.at(-1) ?? ''}: ${first.summary}`}${more}`,
    lines: findings.flatMap(findingText),
  };
}
