import { EFFECTS, isHeldTo, type Facts, type KernelFacts, type Scenario, type StoredCase } from '../spec/index.js';
import type { Environment } from './environment.js';
import type { Judgement } from './judge.js';
import { judgeScenario, type ScenarioJudgement } from './scenario-judge.js';
import { isSafe } from './scenario-safety.js';
import type { ScenarioFailure, ScenarioRun } from './scenario-run.js';
import type { ProbeSession } from './session.js';

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

/** Performs the corpus' scenarios one by one and judges each. */
export async function runScenarioCorpus(
  session: ProbeSession,
  kernel: KernelFacts,
  environment: Environment,
  scenarios: readonly Scenario[],
): Promise<{ readonly run: ScenarioRun; readonly results: readonly CorpusResult[] }> {
  const results: { readonly subject: Scenario; readonly judgement: ScenarioJudgement }[] = [];
  for (const scenario of scenarios)
    results.push({ subject: scenario, judgement: await performOne(session, kernel, environment, scenario) });
  return { run: asRun(kernel, results), results };
}

async function performOne(
  session: ProbeSession,
  kernel: KernelFacts,
  environment: Environment,
  scenario: Scenario,
): Promise<ScenarioJudgement> {
  const forbidden =
    environment.forbidsCaller(scenario.caller) ??
    scenario.steps
      .map((step) => (step.op === 'clone' ? environment.forbids(step.call) : undefined))
      .find((why) => why !== undefined);
  if (forbidden !== undefined) return { verdict: 'blocked', why: forbidden };
  const { facts: caller, blocked } = await session.run(scenario.caller, []);
  if (caller === undefined) return { verdict: 'blocked', why: blocked ?? 'the caller could not be made' };
  const facts: Facts = { kernel, caller };
  if (!isSafe(facts, scenario))
    return { verdict: 'blocked', why: 'a step sets the host name outside a UTS namespace of the scenario' };
  const { observations } = await session.run(scenario.caller, [{ call: 'scenario', steps: scenario.steps }]);
  return judgeScenario(facts, scenario, observations[0] ?? { kind: 'lost', why: 'no answer' });
}

/** The same, counted as {@link runScenarios} counts. */
export function asRun(
  kernel: KernelFacts,
  results: readonly { readonly subject: Scenario; readonly judgement: ScenarioJudgement }[],
): ScenarioRun {
  const judged = new Map(EFFECTS.filter((effect) => isHeldTo(effect, kernel)).map(({ id }) => [id, 0]));
  const failures: ScenarioFailure[] = [];
  const counts = { pass: 0, fail: 0, blocked: 0, 'not-run': 0 };
  const why = new Map<string, number>();
  for (const { subject, judgement } of results) {
    counts[judgement.verdict]++;
    if (judgement.verdict === 'pass') for (const id of judgement.judges) judged.set(id, (judged.get(id) ?? 0) + 1);
    else if (judgement.verdict === 'fail') failures.push({ scenario: subject, judgement });
    else if (judgement.verdict === 'not-run') why.set(judgement.why, (why.get(judgement.why) ?? 0) + 1);
  }
  return { judged, failures, counts, why, scenarios: results.length };
}
