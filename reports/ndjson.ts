import { SPECIFICATION, formatCall, formatKernelVersion, formatResult, formatStep } from '../spec/index.js';
import type { Finding, RunResult, ScenarioFinding } from '../harness/index.js';
import { textOf } from '../harness/index.js';
import { expectationLines, reasonOf } from './expectations.js';
import { casesPerSecond } from './sentences.js';

/** Lines of `run --format json`: a header, one for each clause, one for each finding, and a footer. */
export function* ndjson(result: RunResult, order: string): Generator<string> {
  const { header, kernel } = result;
  yield line({
    type: 'header',
    target: result.target,
    kernel: formatKernelVersion(kernel.version),
    release: header.release,
    arch: kernel.arch,
    seed: result.seed,
    order,
    environment: result.environment,
  });
  for (const { id, verdict, judged, failed, callers, why } of result.clauses) {
    const clause = SPECIFICATION.clause(id);
    yield line({ type: 'clause', id, verdict, errno: clause?.errno, judged, failed, callers, why });
  }
  for (const expectation of expectationLines(result)) yield line(expectation);
  for (const { finding, expectation } of result.expectations?.met ?? []) {
    const told = 'minimal' in finding ? findingLine(finding, false) : scenarioLine(finding, false);
    yield line({ ...told, expectation: reasonOf(expectation) });
  }
  for (const finding of result.findings) yield line(findingLine(finding, false));
  for (const finding of result.unstable) yield line(findingLine(finding, true));
  for (const finding of result.scenarioFindings) yield line(scenarioLine(finding, false));
  for (const finding of result.unstableScenarios) yield line(scenarioLine(finding, true));
  const by = (...verdicts: readonly string[]): readonly string[] =>
    result.clauses.filter(({ verdict }) => verdicts.includes(verdict)).map(({ id }) => id);
  yield line({
    type: 'footer',
    counts: result.counts,
    judged: by('pass', 'fail'),
    notJudged: by('blocked', 'not-run'),
    blockedCallers: result.blockedCallers,
    lost: result.lost,
    cases: result.cases,
    scenarios: result.scenarios,
    scenarioCounts: result.scenarioCounts,
    seconds: round(result.seconds),
    casesPerSecond: casesPerSecond(result),
    interrupted: result.interrupted,
  });
}

function findingLine(finding: Finding, unstable: boolean): object {
  const { clause, kind, expected, observed, minimal, reproducible, runs, complete } = finding;
  return {
    type: 'finding',
    clause,
    kind,
    unstable,
    expected,
    observed,
    case: { caller: minimal.caller.name, attributes: minimal.caller.attributes, call: formatCall(minimal.call) },
    text: [textOf(minimal)],
    reproducible,
    size: formatCall(minimal.call).split(/[|,]/).length,
    reduction: { runs, complete },
  };
}

function scenarioLine({ clause, scenario, mismatch, reproducible }: ScenarioFinding, unstable: boolean): object {
  return {
    type: 'finding',
    clause,
    unstable,
    step: mismatch.step,
    expected: [formatResult(mismatch.expected)],
    observed: formatResult(mismatch.observed),
    case: {
      caller: scenario.caller.name,
      attributes: scenario.caller.attributes,
      steps: scenario.steps.map(formatStep),
    },
    text: scenario.steps.map(formatStep),
    reproducible,
    size: scenario.steps.length,
  };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
