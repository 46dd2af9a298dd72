import { MOST_FINDINGS, MOST_SCENARIO_FINDINGS, type RunResult } from '../harness/index.js';

/** What a process ends with; `README.md` lists them. */
export const EXIT = { conforms: 0, differs: 1, usage: 2, unjudged: 3, internal: 4, interrupted: 130 } as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/**
 * The status of a run: a difference that is not expected, or an expectation that is broken, outweighs everything else; a run that did not
 * judge what it could is no pass.
 *
 * @param minJudged - with fewer clauses judged the run says too little
 */
export function exitStatus(result: RunResult, minJudged: number): ExitStatus {
  const broken = result.expectations?.broken.length ?? 0;
  if (result.findings.length + result.scenarioFindings.length + broken > 0) return EXIT.differs;
  if (result.interrupted) return EXIT.interrupted;
  return tooLittle(result, minJudged) === undefined ? EXIT.conforms : EXIT.unjudged;
}

/** Why a run without a difference still says too little; undefined where it says enough. */
export function tooLittle(result: RunResult, minJudged: number): string | undefined {
  const judged = result.clauses.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail').length;
  if (result.unstable.length + result.unstableScenarios.length > 0) return 'a difference did not repeat';
  const met = result.expectations?.met.map(({ finding }) => finding) ?? [];
  if (met.length === 0 && result.counts.fail + result.scenarioCounts.fail > 0)
    return 'a difference could not be followed up';
  const calls = met.filter((finding) => 'minimal' in finding).length;
  if (calls >= MOST_FINDINGS || met.length - calls >= MOST_SCENARIO_FINDINGS)
    return 'there are more differences than one run follows up';
  if (result.counts['not-run'] + result.scenarioCounts['not-run'] > 0) return 'not every case got an answer';
  if (result.deaths.length > 0) return `a probe ended unasked: ${result.deaths[0] ?? ''}`;
  const { counts, scenarioCounts } = result;
  if (counts.pass + counts.fail + scenarioCounts.pass + scenarioCounts.fail === 0) return 'no case was judged';
  if (result.asked === true && result.counts.blocked + result.scenarioCounts.blocked > 0)
    return 'not every case could be judged here';
  if (judged < minJudged) return `fewer than ${String(minJudged)} clauses were judged`;
  if (result.clauses.some(({ missed }) => missed === true))
    return 'clauses that can be judged here were not reached: ask for more (--runs, --scenarios)';
  return undefined;
}
