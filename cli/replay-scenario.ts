import {
  discoverEnvironment,
  UNSAFE,
  kernelFacts,
  performScenario,
  probeFeatures,
  withSession,
  type Performed,
  type Target,
} from '../harness/index.js';
import { EXIT } from '../reports/index.js';
import { InputError, formatResult, formatStep, type KernelVersion, type Scenario } from '../spec/index.js';

/** A scenario, and what steps must return besides. */
export interface StoredScenario {
  readonly scenario: Scenario;
  readonly returns: ReadonlyMap<number, number>;
}

interface Replayed extends Performed {
  readonly scenario: Scenario;
}

/**
 * Performs scenarios again and prints each step with what was expected and observed.
 *
 * @returns the exit status
 * @throws InputError for a scenario that would reach outside its arena
 */
export async function replayScenarios(
  target: Target,
  stored: readonly StoredScenario[],
  { kernel: claimed, json }: { readonly kernel?: KernelVersion; readonly json: boolean },
): Promise<number> {
  const replayed = await withSession(target, async (session, header) => {
    const kernel = await probeFeatures(session, kernelFacts(header, claimed));
    const environment = await discoverEnvironment(session, header);
    const all: Replayed[] = [];
    for (const { scenario, returns } of stored) {
      const performed = await performScenario(session, kernel, environment, scenario, returns);
      const { judgement } = performed;
      if (judgement.verdict === 'blocked' && judgement.why === UNSAFE)
        throw new InputError(UNSAFE, 'make the task with CLONE_NEWUTS first');
      all.push({ scenario, ...performed });
    }
    return all;
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
function withoutTrace(judgement: Performed['judgement']): object {
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
