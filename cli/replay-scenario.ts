import {
  discoverEnvironment,
  isSafe,
  judgeScenario,
  kernelFacts,
  probeFeatures,
  withSession,
  type ScenarioJudgement,
  type Target,
} from '../harness/index.js';
import { EXIT } from '../reports/index.js';
import {
  InputError,
  formatResult,
  formatStep,
  simulate,
  type KernelVersion,
  type Scenario,
  type StepResult,
} from '../spec/index.js';

/** What one scenario came to, step by step. */
interface Replayed {
  readonly scenario: Scenario;
  readonly expected: readonly StepResult[];
  readonly observed: readonly StepResult[];
  readonly judgement: ScenarioJudgement;
}

/**
 * Performs scenarios again and prints each step with what was expected and observed.
 *
 * @returns the exit status
 * @throws InputError for a scenario that would reach outside its arena
 */
export async function replayScenarios(
  target: Target,
  scenarios: readonly Scenario[],
  { kernel: claimed, json }: { readonly kernel?: KernelVersion; readonly json: boolean },
): Promise<number> {
  const replayed = await withSession(target, async (session, header) => {
    const kernel = await probeFeatures(session, kernelFacts(header, claimed));
    const environment = await discoverEnvironment(session, header);
    const all: Replayed[] = [];
    for (const scenario of scenarios) all.push(await replay(scenario));
    return all;

    async function replay(scenario: Scenario): Promise<Replayed> {
      const why = environment.forbidsCaller(scenario.caller);
      const { facts: caller, blocked } = await session.run(scenario.caller, []);
      if (why !== undefined || caller === undefined) {
        const reason = why ?? blocked ?? 'the caller could not be made';
        return { scenario, expected: [], observed: [], judgement: { verdict: 'blocked', why: reason } };
      }
      const facts = { kernel, caller };
      if (!isSafe(facts, scenario)) {
        throw new InputError(
          'a step sets the host name outside a UTS namespace of the scenario',
          'make the task with CLONE_NEWUTS first',
        );
      }
      const { observations } = await session.run(scenario.caller, [{ call: 'scenario', steps: scenario.steps }]);
      const observation = observations[0] ?? { kind: 'lost', why: 'no answer' };
      return {
        scenario,
        expected: simulate(facts, scenario).results,
        observed: observation.kind === 'steps' ? observation.steps : [],
        judgement: judgeScenario(facts, scenario, observation),
      };
    }
  });
  for (const each of replayed) process.stdout.write(json ? `${JSON.stringify(asJson(each))}\n` : asText(each));
  if (replayed.some(({ judgement }) => judgement.verdict === 'fail')) return EXIT.differs;
  return replayed.every(({ judgement }) => judgement.verdict === 'pass') ? EXIT.conforms : EXIT.unjudged;
}

function asText({ scenario, expected, observed, judgement }: Replayed): string {
  const steps = scenario.steps.map((step, index) => {
    const [want, got] = [expected[index], observed[index]].map((result) =>
      result === undefined ? '-' : formatResult(result),
    );
    const mark = judgement.verdict === 'fail' && judgement.mismatch.step === index ? '>' : ' ';
    return `${mark} ${formatStep(step).padEnd(60)} ${String(want).padEnd(24)} | ${String(got)}`;
  });
  const end =
    judgement.verdict === 'pass'
      ? 'as predicted'
      : judgement.verdict === 'fail'
        ? `DIFFERS: ${judgement.clause}`
        : `${judgement.verdict}: ${judgement.why}`;
  return `${[`as ${scenario.caller.name}${' '.repeat(56)}expected | observed`, ...steps, end].join('\n')}\n`;
}

/** What was observed stands beside the steps already. */
function withoutTrace(judgement: ScenarioJudgement): object {
  if (judgement.verdict !== 'fail') return judgement;
  const { verdict, clause, mismatch } = judgement;
  return { verdict, clause, mismatch };
}

function asJson({ scenario, expected, observed, judgement }: Replayed): object {
  return {
    caller: scenario.caller.name,
    steps: scenario.steps.map((step, index) => ({
      step: formatStep(step),
      expected: expected[index],
      observed: observed[index],
    })),
    ...withoutTrace(judgement),
  };
}
