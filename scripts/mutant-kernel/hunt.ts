import { formatCall, formatStep } from '../../spec/index.js';
import { run, vmTarget, type RunResult } from '../../harness/index.js';
import { callText, stepsText, type Fault } from './faults.js';

/** How much is looked at. */
export interface HuntOptions {
  readonly runs: number;
  readonly scenarios: number;
  readonly seed: number;
}

/** A finding in the words that faults have for what is to be found. */
export interface Found {
  readonly clause: string;
  readonly counterexample: readonly string[];
}

/** What the suite made of a kernel with one fault, or with none. */
export interface Hunt {
  /** Absent: no fault was on. */
  readonly fault?: Fault;
  readonly found: readonly Found[];
  /** Cases and scenarios until the first that differed. */
  readonly until?: number;
  readonly seconds: number;
  /** Cases and scenarios in all, and how many clauses they judged. */
  readonly made: number;
  readonly judged: number;
  /** What is not as it is to be, a sentence each; none: the fault was found, and nothing else. */
  readonly complaints: readonly string[];
}

/** Runs the suite on a kernel that has this fault; without one on the same kernel as it is to be. */
export async function hunt(image: string, fault: Fault | undefined, options: HuntOptions): Promise<Hunt> {
  const target = vmTarget(image, { append: fault === undefined ? [] : [`clonecheck.fault=${fault.name}`] });
  const result = await run(target, { ...options, jobs: 1, order: 'strict', level: 'linux' });
  return huntOf(result, fault);
}

/** Holds what was found to what was written down beforehand. */
export function huntOf(result: RunResult, fault: Fault | undefined): Hunt {
  const found = foundIn(result);
  const { firstDifference: first = {}, cases, scenarios, seconds } = result;
  // Scenarios begin when all cases have been made.
  const until = first.cases ?? (first.scenarios === undefined ? undefined : cases + first.scenarios);
  return {
    ...(fault && { fault }),
    found,
    ...(until !== undefined && { until }),
    seconds,
    made: cases + scenarios,
    judged: result.clauses.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail').length,
    complaints: complaintsOf(result, found, fault),
  };
}

function foundIn({ findings, scenarioFindings }: RunResult): readonly Found[] {
  return [
    ...findings.map(({ clause, minimal: { caller, call } }) => ({
      clause,
      counterexample: callText(caller.name, formatCall(call)),
    })),
    ...scenarioFindings.map(({ clause, scenario: { caller, steps } }) => ({
      clause,
      counterexample: stepsText(caller.name, steps.map(formatStep)),
    })),
  ];
}

function complaintsOf(result: RunResult, found: readonly Found[], fault: Fault | undefined): readonly string[] {
  const { unstable, unstableScenarios, deaths, limits } = result;
  const isExpected = ({ clause, counterexample }: Found): boolean =>
    fault !== undefined && clause === fault.clause && isAsSmall(counterexample, fault.counterexample);
  return [
    ...(fault !== undefined && !found.some(isExpected)
      ? [`not found: ${fault.clause} by ${fault.counterexample.join(' ')}`]
      : []),
    ...found
      .filter((each) => !isExpected(each))
      .map((each) => `found: ${each.clause} by ${each.counterexample.join(' ')}`),
    ...[...unstable, ...unstableScenarios].map(({ clause }) => `${clause} differed, but not each time`),
    ...notRun(result),
    ...deaths,
    ...limits,
  ];
}

/** The same calls by the same tasks of the same caller, and no more steps around them: there may be several ways to look. */
function isAsSmall(found: readonly string[], written: readonly string[]): boolean {
  const callsOf = (lines: readonly string[]): string =>
    lines.filter((line) => /^\w|fork\(|clone3?\(/.test(line)).join('\n');
  return callsOf(found) === callsOf(written) && found.length <= written.length;
}

/** What got no answer. A scenario that is not judged because of what was found is none of these. */
function notRun({ counts, scenarioCounts, lost }: RunResult): readonly string[] {
  return counts['not-run'] + scenarioCounts['not-run'] === 0
    ? []
    : lost.map(({ why, cases }) => `${String(cases)} not judged: ${why}`);
}
