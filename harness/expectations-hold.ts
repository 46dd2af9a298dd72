import { SPECIFICATION, formatCall, formatResult, type Place } from '../spec/index.js';
import { matchesWildcard } from '../spec/text/wildcard.js';
import type { CorpusResult } from './corpus-run.js';
import type { Expectation } from './expectations.js';
import { holdsAll } from './call-parts.js';
import type { Finding } from './findings.js';
import type { RunResult } from './run.js';
import type { ScenarioFinding } from './scenario-findings.js';
import { UNEXPLAINED } from './scenario-judge.js';

/** An expectation that a run has broken. */
export interface BrokenExpectation {
  readonly expectation: Expectation;
  /** `gone`: the difference is no longer there; `otherwise`: the target differs in another way; `expired`: its day is over. */
  readonly state: 'gone' | 'otherwise' | 'expired';
  readonly what: string;
  readonly hint: string;
  readonly place: Place;
}

/** How a run compares with what was expected of it. */
export interface ExpectationReport {
  /** Findings that were expected, each with its entry. */
  readonly met: readonly { readonly expectation: Expectation; readonly finding: AnyFinding }[];
  readonly broken: readonly BrokenExpectation[];
  /** Entries for this target about which the run says nothing, with the reason. */
  readonly unjudged: readonly { readonly expectation: Expectation; readonly why: string }[];
  /** Entries for other targets. */
  readonly elsewhere: number;
}

export type AnyFinding = Finding | ScenarioFinding;

/**
 * Holds a run against what is expected of it, both ways: a finding that is expected is taken out of the run's findings, and an entry
 * whose finding is not there is broken, unless the run could not judge it.
 *
 * @param today - the day, `2026-11-23`
 */
export function holdTo(result: RunResult, expectations: readonly Expectation[], today: string): RunResult {
  const here = expectations.filter(({ target }) => matchesTarget(target, result.target));
  const valid = here.filter(({ expires }) => expires === undefined || expires >= today);
  const all: readonly AnyFinding[] = [...result.findings, ...result.scenarioFindings];
  const met = all.flatMap((finding) => {
    const expectation = valid.find((each) => matches(each, finding));
    return expectation === undefined ? [] : [{ expectation, finding }];
  });
  const expected = new Set(met.map(({ finding }) => finding));
  const broken: BrokenExpectation[] = [];
  const unjudged: { expectation: Expectation; why: string }[] = [];
  for (const expectation of here) {
    if (!valid.includes(expectation)) {
      broken.push(
        say(
          expectation,
          'expired',
          `expired on ${expectation.expires ?? ''}`,
          'mend the target, or look again and set a later day',
        ),
      );
      continue;
    }
    if (all.some((finding) => matches(expectation, finding))) continue;
    const answer = absent(expectation, result, all);
    if ('why' in answer) unjudged.push({ expectation, why: answer.why });
    else if (answer.state !== 'met') broken.push(answer);
  }
  return {
    ...result,
    findings: result.findings.filter((finding) => !expected.has(finding)),
    scenarioFindings: result.scenarioFindings.filter((finding) => !expected.has(finding)),
    expectations: { met, broken, unjudged, elsewhere: expectations.length - here.length },
  };
}

function say(
  expectation: Expectation,
  state: BrokenExpectation['state'],
  how: string,
  hint: string,
): BrokenExpectation {
  const { clause, place } = expectation;
  return { expectation, state, what: `${clause} was expected to differ, and ${how}`, hint, place };
}

/** What becomes of an entry without a finding. */
function absent(
  expectation: Expectation,
  result: RunResult,
  findings: readonly AnyFinding[],
): BrokenExpectation | { readonly state: 'met' } | { readonly why: string } {
  const { clause, caller, subject } = expectation;
  const other = findings.find(
    (finding) =>
      finding.clause === clause &&
      isAs(expectation, finding) &&
      (!needsCase(expectation) || holdsCase(expectation, finding)),
  );
  if (other !== undefined) return otherwise(expectation, deviationOf(other));
  const unstable = [...result.unstable, ...result.unstableScenarios].find((finding) => matches(expectation, finding));
  if (unstable !== undefined) {
    const { k, n } = unstable.reproducible;
    return { why: `it showed in ${String(k)} of ${String(n)} runs` };
  }
  if (subject !== undefined)
    return byItsCase(
      expectation,
      result.corpus?.find((each) => each.subject === subject),
    );
  if (result.interrupted) return { why: 'the run was interrupted' };
  const judged = result.clauses.find(({ id }) => id === clause);
  if (judged === undefined) return { why: 'the clause was not asked for' };
  if (judged.verdict === 'fail') return { why: 'the clause differs, but what differs was told by another finding' };
  if (judged.verdict !== 'pass') return { why: judged.why ?? 'the clause was not judged' };
  if (caller !== undefined && !judged.callers.includes(caller)) return { why: `it was not judged as ${caller}` };
  return gone(expectation);
}

/** The case that the entry names was run: what it says counts. */
function byItsCase(expectation: Expectation, ran: CorpusResult | undefined): ReturnType<typeof absent> {
  if (ran === undefined) return { why: 'its case was not run' };
  const { judgement } = ran;
  switch (judgement.verdict) {
    case 'pass':
      return gone(expectation);
    case 'fail': {
      const kind = 'kind' in judgement ? judgement.kind : 'missing';
      if (judgement.clause === expectation.clause && (expectation.kind ?? kind) === kind) return { state: 'met' };
      return otherwise(expectation, `${judgement.clause} ${kind}`);
    }
    case 'blocked':
    case 'not-run':
      return { why: judgement.why };
  }
}

function gone(expectation: Expectation): BrokenExpectation {
  return say(expectation, 'gone', 'no longer does', 'good: remove the entry, or run with --update-expect');
}

function otherwise(expectation: Expectation, seen: string): BrokenExpectation {
  const { kind, observed } = expectation;
  const was = [kind, observed].filter((part) => part !== undefined).join(' ');
  return say(
    expectation,
    'otherwise',
    `does, but otherwise: ${seen}${was === '' ? '' : ` instead of ${was}`}`,
    'look at the finding again; --update-expect then writes down how it differs now',
  );
}

/** The entry is about this finding. */
export function matches(expectation: Expectation, finding: AnyFinding): boolean {
  const { clause, kind, observed } = expectation;
  return (
    clause === finding.clause &&
    isAs(expectation, finding) &&
    (kind === undefined || kind === kindOf(finding)) &&
    (observed === undefined || observed === observedOf(finding)) &&
    (!needsCase(expectation, finding) || holdsCase(expectation, finding))
  );
}

function isAs({ caller }: Expectation, finding: AnyFinding): boolean {
  return caller === undefined || caller === callerOf(finding);
}

/**
 * A rule that is missing is missing whatever call shows it. Any other errno, and a refusal of what should succeed, may have several causes:
 * there the case belongs to the difference.
 */
function needsCase({ clause }: Expectation, finding?: AnyFinding): boolean {
  if (clause === SPECIFICATION.errors.otherwise.id) return true;
  return finding !== undefined && 'minimal' in finding && !['missing', 'accepted'].includes(finding.kind);
}

function holdsCase({ subject }: Expectation, finding: AnyFinding): boolean {
  if (subject === undefined || !('call' in subject) || !('minimal' in finding)) return true;
  return holdsAll(finding.minimal.call, subject.call, () => true);
}

/** How a finding differs; with its clause, what tells it from others. */
export function kindOf(finding: AnyFinding): string {
  if ('minimal' in finding) return finding.kind;
  const { clause, scenario, mismatch } = finding;
  // An effect's clause is the one whose absence explains all that was observed.
  if (clause !== UNEXPLAINED) return 'missing';
  const op = scenario.steps[mismatch.step]?.op ?? 'step';
  return `${op}: ${mismatch.observed.kind} instead of ${mismatch.expected.kind}`;
}

export function observedOf(finding: AnyFinding): string {
  return 'minimal' in finding ? finding.observed : formatResult(finding.mismatch.observed);
}

export function callerOf(finding: AnyFinding): string {
  return 'minimal' in finding ? finding.minimal.caller.name : finding.scenario.caller.name;
}

function deviationOf(finding: AnyFinding): string {
  const shown = 'minimal' in finding ? ` for ${callerOf(finding)}: ${formatCall(finding.minimal.call)}` : '';
  return `${kindOf(finding)} ${observedOf(finding)}${shown}`;
}

/** An entry for `exec:runsc*` is for every target that begins so. */
export function matchesTarget(pattern: string, target: string): boolean {
  return matchesWildcard(pattern, target);
}
