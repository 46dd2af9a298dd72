import {
  EFFECTS,
  InputError,
  formatCall,
  formatStep,
  simulate,
  type KernelFacts,
  type KernelVersion,
  type Scenario,
  type StepResult,
} from '../spec/index.js';
import type { Case } from './case.js';
import { asRun } from './corpus-run.js';
import { effectClauses } from './effect-clauses.js';
import { discoverEnvironment, type Environment } from './environment.js';
import { kernelFacts } from './facts.js';
import { probeFeatures } from './features.js';
import type { Finding } from './findings.js';
import { unseenReasons, withUnseen } from './observers.js';
import { RunState, type RunOptions, type RunResult } from './run.js';
import { fingerprintOf } from './scenario-causes.js';
import type { ScenarioFinding } from './scenario-findings.js';
import { judgeScenario, type ScenarioJudgement } from './scenario-judge.js';
import { whatIsLacking, type ScenarioFailure, type ScenarioRun } from './scenario-run.js';
import { resultOf, type Performer } from './session.js';
import type { RecordedBatch, Trace } from './trace-file.js';
import { withoutUnsupported } from './unsupported.js';
import type { CaseRequest } from './wire.js';

/**
 * Judges a trace, anywhere and as often as one likes. Nothing can be run again, so differences are not reduced: the smallest
 * case of each is shown.
 *
 * @throws InputError where the trace does not begin with the calls that show features and environment
 */
export async function checkTrace(
  trace: Trace,
  file: string,
  options: Omit<RunOptions, 'runs' | 'jobs'> & { readonly kernel?: KernelVersion },
): Promise<RunResult> {
  const started = performance.now();
  const { header, batches, asked } = trace;
  const first = new FirstBatches(batches, file);
  const tried = await probeFeatures(first, kernelFacts(header, options.kernel));
  const discovered = await discoverEnvironment(first, header, tried.probed);
  const environment = withoutUnsupported(discovered, options.unsupported ?? []);
  const kernel = await withUnseen(first, tried);
  const state = new RunState(kernel, environment, { ...options, runs: 0, jobs: 1 });
  const chosen = batches.slice(first.position).filter(({ answer }) => options.callers?.includes(answer.name) !== false);
  for (const { answer, requests, observations } of chosen) {
    const calls = requests.flatMap((request, index) => (request.call === 'scenario' ? [] : [{ request, index }]));
    if (calls.length === 0) continue;
    const caller = { name: answer.name, attributes: answer.attributes };
    const seen = calls.map(({ index }) => observations[index] ?? ({ kind: 'lost', why: 'no answer' } as const));
    state.take({ caller, calls: calls.map(({ request }) => request) }, resultOf(answer, seen));
  }
  const { run, observed } = judgeScenarios(chosen, kernel, environment);
  const calls = state.result();
  const effects = run.scenarios === 0 ? [] : effectClauses(run, kernel, unmadeIn(chosen, environment), !asked);
  const clauses = [...calls.clauses, ...effects].filter(({ id }) => options.selects?.(id) ?? true);
  return {
    ...calls,
    clauses: asked ? clauses.filter(({ judged, failed }) => judged + failed > 0) : clauses,
    target: `file:${file}`,
    header,
    kernel,
    environment: [...environment.reasons, ...unseenReasons(kernel)],
    seed: options.seed,
    findings: [...state.differences.values()].flatMap(smallest),
    unstable: [],
    scenarioFindings: smallestScenarios(run.failures, observed),
    unstableScenarios: [],
    scenarios: run.scenarios,
    scenarioCounts: run.counts,
    lost: [...calls.lost, ...[...run.why].map(([why, cases]) => ({ why, cases }))],
    deaths: [],
    limits: [],
    startedAt: new Date().toISOString(),
    seconds: (performance.now() - started) / 1000,
    interrupted: !trace.whole,
    asked,
  };
}

/** The batches with which a trace begins answer who asks for features and environment. */
class FirstBatches implements Performer {
  position = 0;

  constructor(
    private readonly batches: readonly RecordedBatch[],
    private readonly file: string,
  ) {}

  run(caller: { readonly name: string }, requests: readonly CaseRequest[]): ReturnType<Performer['run']> {
    const batch = this.batches[this.position++];
    const same =
      batch?.answer.name === caller.name && batch.requests.map(textOf).join('\n') === requests.map(textOf).join('\n');
    if (same) return Promise.resolve(resultOf(batch.answer, batch.observations));
    const what = 'the trace does not begin with the calls that show features and environment';
    return Promise.reject(new InputError(what, 'make it again with this version of clonecheck', { file: this.file }));
  }
}

function textOf(request: CaseRequest): string {
  return request.call === 'scenario' ? request.steps.map(formatStep).join('; ') : formatCall(request);
}

interface JudgedScenarios {
  readonly run: ScenarioRun;
  readonly observed: ReadonlyMap<
    Scenario,
    { readonly expected: readonly StepResult[]; readonly observed: readonly StepResult[] }
  >;
}

function judgeScenarios(
  batches: readonly RecordedBatch[],
  kernel: KernelFacts,
  environment: Environment,
): JudgedScenarios {
  const results: { readonly subject: Scenario; readonly judgement: ScenarioJudgement }[] = [];
  const seen = new Map<Scenario, { expected: readonly StepResult[]; observed: readonly StepResult[] }>();
  for (const { answer, requests, observations } of batches) {
    const caller = { name: answer.name, attributes: answer.attributes };
    const { facts, blocked } = resultOf(answer, []);
    for (const [index, request] of requests.entries()) {
      if (request.call !== 'scenario') continue;
      const subject: Scenario = { caller, steps: request.steps };
      const forbidden = environment.forbidsCaller(caller) ?? whatIsLacking(subject, environment);
      if (facts === undefined || forbidden !== undefined) {
        const why = forbidden ?? blocked ?? 'the caller could not be made';
        results.push({ subject, judgement: { verdict: 'blocked', why } });
        continue;
      }
      const observation = observations[index] ?? { kind: 'lost', why: 'no answer' };
      const whole = { kernel, caller: facts };
      const judgement = judgeScenario(whole, subject, observation);
      results.push({ subject, judgement });
      if (judgement.verdict === 'fail' && observation.kind === 'steps')
        seen.set(subject, { expected: simulate(whole, subject).results, observed: observation.steps });
    }
  }
  return { run: asRun(kernel, results), observed: seen };
}

/** Callers that an effect needs and that could not be made where the trace was. */
function unmadeIn(batches: readonly RecordedBatch[], environment: Environment): ReadonlyMap<string, string> {
  const needed = new Set(EFFECTS.flatMap(({ needs }) => needs ?? []));
  return new Map(
    [...needed].flatMap((name): [string, string][] => {
      const batch = batches.find(({ answer }) => answer.name === name);
      if (batch === undefined) return [[name, 'the trace has no case of it']];
      const { answer } = batch;
      const why = environment.forbidsCaller({ name, attributes: answer.attributes }) ?? answer.blocked;
      return why === undefined ? [] : [[name, why]];
    }),
  );
}

function smallest(
  differences: readonly {
    readonly case: Case;
    readonly judgement: Pick<Finding, 'clause' | 'kind' | 'expected' | 'observed'>;
  }[],
): readonly Finding[] {
  const size = ({ caller, call }: Case): number => caller.attributes.length * 40 + formatCall(call).length;
  const [first] = [...differences].sort((a, b) => size(a.case) - size(b.case));
  if (first === undefined) return [];
  const { clause, kind, expected, observed } = first.judgement;
  return [{ clause, kind, expected, observed, minimal: first.case, ...UNREDUCED }];
}

/** What is in a trace cannot be run again. */
const UNREDUCED = { reproducible: { k: 1, n: 1 }, runs: 0, complete: false, needed: [] } as const;

function smallestScenarios(
  failures: readonly ScenarioFailure[],
  observed: JudgedScenarios['observed'],
): readonly ScenarioFinding[] {
  const least = new Map<string, ScenarioFailure>();
  for (const failure of failures) {
    const { scenario, judgement } = failure;
    const key = fingerprintOf(scenario, judgement.clause, judgement.mismatch);
    const known = least.get(key);
    if (known === undefined || scenario.steps.length < known.scenario.steps.length) least.set(key, failure);
  }
  return [...least.values()].map(({ scenario, judgement: { clause, mismatch } }) => {
    const results = observed.get(scenario);
    return { clause, scenario, mismatch, ...UNREDUCED, ...(results && { results }) };
  });
}
