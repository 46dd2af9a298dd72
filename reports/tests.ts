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
  for (const { clause, state, why, reason, place } of results.expectations ?? []) {
    const name = `expectations/${clause} at ${place}`;
    const skipped = { kind: 'skipped', why: `not judged: ${why}` } as const;
    const broken = { kind: 'failed', type: 'difference', message: why, lines: [why, `    ${reason}`] } as const;
    add({ name, outcome: state === 'not-judged' ? skipped : broken });
  }
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
  const counted = findings.filter(({ expectation }) => expectation === undefined);
  const [first] = counted;
  // Neither a pass nor a failure, and the one other thing that every reader of these formats knows is a test left out.
  if (first === undefined)
    return { kind: 'skipped', why: `expected to differ: ${findings[0]?.expectation?.reason ?? 'no reason is given'}` };
  const more = counted.length > 1 ? `, and ${count(counted.length - 1, 'more difference')}` : '';
  return {
    kind: 'failed',
    type: counted.every(({ unstable }) => unstable) ? 'unstable' : 'difference',
    message: `${first.text.at(-1) ?? ''}: ${first.summary}${more}`,
    lines: counted.flatMap(findingText),
  };
}
