import {
  EFFECTS,
  isHeldTo,
  simulate,
  type Facts,
  type KernelFacts,
  type Scenario,
  type StepResult,
  type StoredCase,
} from '../spec/index.js';
import type { Environment } from './environment.js';
import type { Judgement } from './judge.js';
import { UNEXPLAINED, judgeScenario, type ScenarioJudgement } from './scenario-judge.js';
import { isSafe } from './scenario-safety.js';
import { factsThen, whatIsLacking, type ScenarioFailure, type ScenarioRun } from './scenario-run.js';
import type { Performer } from './session.js';

/** What a run is given to try first: calls and scenarios. */
export type CorpusCase = StoredCase['subject'];

/** What became of a case of the corpus. */
export interface CorpusResult {
  readonly subject: CorpusCase;
  readonly judgement: Judgement | ScenarioJudgement;
}

export function isScenario(subject: CorpusCase): subject is Scenario {
  return 'steps' in subject;
}

/** Performs scenarios one by one and judges each, but for those with a flag or a call that the target has not at all. */
export async function runScenarioCorpus(
  session: Performer,
  kernel: KernelFacts,
  environment: Environment,
  scenarios: readonly Scenario[],
): Promise<{ readonly run: ScenarioRun; readonly results: readonly CorpusResult[] }> {
  const results: ScenarioResult[] = [];
  for (const subject of scenarios) {
    const why = whatIsLacking(subject, environment);
    if (why !== undefined) {
      results.push({ subject, judgement: { verdict: 'blocked', why } });
      continue;
    }
    const { judgement, facts } = await performScenario(session, kernel, environment, subject);
    results.push({ subject, judgement, ...(facts && { facts }) });
  }
  return { run: asRun(kernel, results), results };
}

/** What one scenario came to, and what its caller was then. */
export interface ScenarioResult {
  readonly subject: Scenario;
  readonly judgement: ScenarioJudgement;
  readonly facts?: Facts;
}

/** What one scenario came to, step by step. */
export interface Performed {
  /** What its caller was; absent where none could be made. */
  readonly facts?: Facts;
  readonly expected: readonly StepResult[];
  readonly observed: readonly StepResult[];
  readonly judgement: ScenarioJudgement;
}

/** Why a scenario is not performed that would reach outside its arena. */
export const UNSAFE = 'a step sets the host name outside a UTS namespace of the scenario';

/**
 * Performs one scenario and judges it.
 *
 * @param returns - what steps must return besides, by their index
 */
export async function performScenario(
  session: Performer,
  kernel: KernelFacts,
  environment: Environment,
  scenario: Scenario,
  returns: ReadonlyMap<number, number> = new Map(),
): Promise<Performed> {
  const blocked = (why: string): Performed => ({ expected: [], observed: [], judgement: { verdict: 'blocked', why } });
  const forbidden =
    environment.forbidsCaller(scenario.caller) ??
    scenario.steps
      .map((step) => (step.op === 'clone' ? environment.forbids(step.call) : undefined))
      .find((why) => why !== undefined);
  if (forbidden !== undefined) return blocked(forbidden);
  const { facts: caller, blocked: why } = await session.run(scenario.caller, []);
  if (caller === undefined) return blocked(why ?? 'the caller could not be made');
  const facts: Facts = { kernel, caller };
  if (!isSafe(facts, scenario)) return blocked(UNSAFE);
  const result = await session.run(scenario.caller, [{ call: 'scenario', steps: scenario.steps }]);
  const then = factsThen(facts, result);
  const observation = result.observations[0] ?? { kind: 'lost', why: 'no answer' };
  const observed = observation.kind === 'steps' ? observation.steps : [];
  const judgement = judgeScenario(then, scenario, observation);
  return {
    facts: then,
    expected: simulate(then, scenario).results,
    observed,
    judgement: withReturns(judgement, observed, returns),
  };
}

/** The model has but a symbol for some numbers; a stored case may say which it must be. */
function withReturns(
  judgement: ScenarioJudgement,
  observed: readonly StepResult[],
  returns: ReadonlyMap<number, number>,
): ScenarioJudgement {
  if (judgement.verdict !== 'pass') return judgement;
  for (const [step, value] of returns) {
    const seen = observed[step] ?? { kind: 'absent' };
    if (seen.kind === 'returned' && seen.value === value) continue;
    const mismatch = { step, expected: { kind: 'returned', value } as const, observed: seen };
    return { verdict: 'fail', clause: UNEXPLAINED, mismatch, observed };
  }
  return judgement;
}

/** The same, counted as {@link runScenarios} counts. */
export function asRun(kernel: KernelFacts, results: readonly ScenarioResult[]): ScenarioRun {
  const judged = new Map(EFFECTS.filter((effect) => isHeldTo(effect, kernel)).map(({ id }) => [id, 0]));
  const failures: ScenarioFailure[] = [];
  const counts = { pass: 0, fail: 0, blocked: 0, 'not-run': 0 };
  const why = new Map<string, number>();
  for (const { subject, judgement, facts } of results) {
    counts[judgement.verdict]++;
    if (judgement.verdict === 'pass') for (const id of judgement.judges) judged.set(id, (judged.get(id) ?? 0) + 1);
    else if (judgement.verdict === 'fail') failures.push({ scenario: subject, judgement, ...(facts && { facts }) });
    else why.set(judgement.why, (why.get(judgement.why) ?? 0) + 1);
  }
  return { judged, failures, counts, why, scenarios: results.length };
}
