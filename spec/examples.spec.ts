import { describe, expect, test } from '@jest/globals';
import {
  discoverEnvironment,
  kernelFacts,
  localTarget,
  probeFeatures,
  withSession,
  type Environment,
  type Observation,
} from '../harness/index.js';
import { isSafe } from '../harness/scenario-safety.js';
import { parseExample, readExamples, type Example } from './examples.js';
import {
  InputError,
  compareTraces,
  flagValue,
  formatResult,
  formatStep,
  simulate,
  type Facts,
  type Scenario,
  type Step,
  type StepResult,
} from './index.js';

/**
 * The worked examples of `spec/examples`: the model predicts each of them, the running kernel does what is predicted, and without the
 * flag that an example is about it does something else.
 */
interface Performed {
  readonly example: Example;
  /** Why it is not judged here. */
  readonly skip: string | undefined;
  readonly facts: Facts | undefined;
  readonly observation: Observation | undefined;
  /** By flag: what was performed without it, and what came of that. */
  readonly without: ReadonlyMap<string, { readonly steps: readonly Step[]; readonly observation: Observation }>;
}

const performed = await withSession(localTarget(), async (session, header): Promise<readonly Performed[]> => {
  const kernel = await probeFeatures(session, kernelFacts(header));
  const environment = await discoverEnvironment(session, header);
  const all: Performed[] = [];
  for (const example of readExamples()) {
    const { scenario, about } = example;
    const skip = reasonToSkip(example, environment);
    const caller = skip === undefined ? (await session.run(scenario.caller, [])).facts : undefined;
    if (caller === undefined) {
      const why = skip ?? 'the caller cannot be made';
      all.push({ example, skip: why, facts: undefined, observation: undefined, without: new Map() });
      continue;
    }
    const facts: Facts = { kernel, caller };
    const variants = about.map((flag) => ({ flag, steps: safePart(facts, withoutFlag(scenario, flag)) }));
    const { observations } = await session.run(
      scenario.caller,
      [isSafe(facts, scenario) ? scenario.steps : [], ...variants.map(({ steps }) => steps)].map(
        (steps) => ({ call: 'scenario', steps }) as const,
      ),
    );
    const [observation, ...others] = observations;
    const without = variants.flatMap(({ flag, steps }, index) => {
      const seen = others[index];
      return seen === undefined ? [] : [[flag, { steps, observation: seen }] as const];
    });
    all.push({ example, skip, facts, observation, without: new Map(without) });
  }
  return all;
});

function reasonToSkip({ scenario: { caller, steps } }: Example, environment: Environment): string | undefined {
  const forbidden = environment.forbidsCaller(caller);
  if (forbidden !== undefined) return forbidden;
  return steps
    .map((step) => (step.op === 'clone' ? environment.forbids(step.call) : undefined))
    .find((why) => why !== undefined);
}

/** The same scenario, with a flag taken out of every call that has it. */
function withoutFlag({ caller, steps }: Scenario, flag: string): Scenario {
  const mask = ~flagValue(flag);
  return {
    caller,
    steps: steps.map((step) => {
      if (step.op !== 'clone') return step;
      const { call } = step;
      if (call.call === 'clone') return { ...step, call: { ...call, flags: call.flags & mask } };
      if (call.call !== 'clone3') return step;
      return { ...step, call: { ...call, args: { ...call.args, flags: call.args.flags & mask } } };
    }),
  };
}

/** The steps before the first that would leave the arena: without CLONE_NEWUTS a child must not rename its host. */
function safePart(facts: Facts, { caller, steps }: Scenario): readonly Step[] {
  let length = steps.length;
  while (!isSafe(facts, { caller, steps: steps.slice(0, length) })) length--;
  return steps.slice(0, length);
}

/** What was predicted and what came, a line a step; empty where they agree. */
function difference(
  steps: readonly Step[],
  predicted: readonly StepResult[],
  observed: readonly StepResult[],
): readonly string[] {
  const mismatch = compareTraces(predicted.slice(0, steps.length), observed);
  if (mismatch === undefined) return [];
  return steps.map((step, index) => {
    const line = `${formatStep(step)} = ${formatResult(observed[index] ?? { kind: 'absent' })}`;
    return index === mismatch.step ? `${line} | expected ${formatResult(mismatch.expected)}` : line;
  });
}

function stepsOf(observation: Observation | undefined): readonly StepResult[] {
  if (observation?.kind === 'steps') return observation.steps;
  throw new Error(`the scenario was not performed: ${JSON.stringify(observation)}`);
}

for (const { example, skip, facts, observation, without } of performed) {
  const { name, what, about, scenario, returns } = example;
  if (skip !== undefined || facts === undefined) {
    test.skip(`${name} (${skip ?? ''})`, () => undefined);
    continue;
  }
  describe(`${name}: ${what}`, () => {
    const { results } = simulate(facts, scenario);

    test('it keeps to its arena', () => {
      expect(isSafe(facts, scenario)).toBe(true);
    });

    test('the model predicts every step', () => {
      const vague = scenario.steps.filter((_, index) => ['open', 'absent'].includes(results[index]?.kind ?? 'absent'));
      expect(vague.map(formatStep)).toEqual([]);
    });

    test('the running kernel does what the model says', () => {
      const observed = stepsOf(observation);
      expect(difference(scenario.steps, results, observed)).toEqual([]);
      for (const [step, value] of returns) expect(observed[step]).toMatchObject({ kind: 'returned', value });
    });

    for (const flag of about) {
      test(`it would come out otherwise without ${flag}`, () => {
        const variant = without.get(flag);
        expect(variant?.steps).not.toEqual(scenario.steps);
        expect(difference(variant?.steps ?? [], results, stepsOf(variant?.observation))).not.toEqual([]);
      });
    }
  });
}

describe('an example that is not understood is shown by its place', () => {
  const good = { name: 'one', about: 'CLONE_VM', caller: 'user', step: '0: fork() → task 1', second: '1: getpid()' };
  const text = (change: Partial<typeof good> & { more?: string }): string => {
    const { name, about, caller, step, second, more = '' } = { ...good, ...change };
    return `name: ${name}\nabout: ${about}\nwhat: w\ncaller: ${caller}\nsteps:\n  - '${step}'\n  - '${second}'\n${more}`;
  };

  test('a good one is read', () => {
    const { about, scenario, returns } = parseExample(text({ more: 'returns: {1: 5}' }), 'e.yaml');
    expect({ about, returns: [...returns] }).toEqual({ about: ['CLONE_VM'], returns: [[1, 5]] });
    expect(scenario.steps.map(formatStep)).toEqual([good.step, good.second]);
  });

  test.each([
    [{ about: 'CLONE_VN' }, 'unknown flag CLONE_VN', 2, 8],
    [{ about: '[CLONE_FS, CLONE_VN]' }, 'unknown flag CLONE_VN', 2, 8],
    [{ caller: 'nobody' }, 'unknown caller nobody', 4, 9],
    [{ step: '0: frok() → task 1' }, 'unknown operation frok', 6, 9],
    [{ second: '1: close(x)' }, 'expected a descriptor', 7, 15],
    [{ second: '1: fork() → task 1' }, 'task 1 is made twice', 7, 5],
    [{ more: 'returns: {2: 5}' }, 'there is no step 2', 8, 14],
    [{ name: 'Two Words' }, 'a case is called by words', 1, 7],
    [{ more: 'step: 1' }, 'unknown field step', 8, 1],
  ])('%j', (change, what, line, column) => {
    let thrown: unknown;
    try {
      parseExample(text(change), 'e.yaml');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown).toMatchObject({
      what: expect.stringContaining(what),
      place: { file: 'e.yaml', line, column },
    });
  });
});
