import fc from 'fast-check';
import {
  simulate,
  type Caller,
  type Facts,
  type KernelFacts,
  type Scenario,
  type StepResult,
} from '../../spec/index.js';
import { scenarios } from '../../generators/index.js';
import { SCENARIO_CALLERS } from '../effects-run.js';
import { isSafe } from '../scenario-safety.js';
import type { Performer } from '../session.js';

/** A kernel, the scenarios that it performed, and a way to have it perform more. */
export interface ScenarioWorld {
  readonly kernel: KernelFacts;
  /** Names of those who took part. */
  readonly callers: ReadonlySet<string>;
  readonly performed: readonly {
    readonly facts: Facts;
    readonly scenario: Scenario;
    /** Undefined where there was no answer. */
    readonly observed: readonly StepResult[] | undefined;
    /** Effects on which it hangs. */
    readonly reached: ReadonlySet<string>;
  }[];
  readonly factsOf: (caller: Caller) => Promise<Facts | undefined>;
  readonly perform: (scenario: Scenario) => Promise<readonly StepResult[] | undefined>;
}

const BATCH = 64;

/**
 * Performs scenarios of several callers in turns and keeps what came of them.
 *
 * @param forbids - why a caller cannot be made
 * @param count - scenarios in all
 */
export async function sampleScenarios(
  performer: Performer,
  kernel: KernelFacts,
  forbids: (caller: Caller) => string | undefined,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<ScenarioWorld> {
  const performed: ScenarioWorld['performed'][number][] = [];
  const known = new Map<string, Promise<Facts | undefined>>();
  const factsOf = (caller: Caller): Promise<Facts | undefined> => {
    const key = caller.attributes.join(' ');
    const asked =
      known.get(key) ??
      (forbids(caller) === undefined
        ? performer.run(caller, []).then(({ facts }) => facts && { kernel, caller: facts })
        : Promise.resolve(undefined));
    known.set(key, asked);
    return asked;
  };
  const performAll = async (
    caller: Caller,
    list: readonly Scenario[],
  ): Promise<readonly (readonly StepResult[] | undefined)[]> => {
    const { observations } = await performer.run(
      caller,
      list.map(({ steps }) => ({ call: 'scenario', steps }) as const),
    );
    return list.map((_, index) => {
      const observation = observations[index];
      return observation?.kind === 'steps' ? observation.steps : undefined;
    });
  };
  const callers = SCENARIO_CALLERS.filter((caller) => forbids(caller) === undefined);
  for (let round = 0; performed.length < count && round * BATCH < 2 * count; round++) {
    const caller = callers[round % callers.length];
    if (caller === undefined) break;
    const facts = await factsOf(caller);
    if (facts === undefined) continue;
    const list = fc
      .sample(scenarios(caller, facts), {
        seed: seed * 65_537 + round,
        numRuns: Math.min(BATCH, count - performed.length),
      })
      .filter((scenario) => isSafe(facts, scenario));
    const results = await performAll(caller, list);
    for (const [index, scenario] of list.entries()) {
      performed.push({ facts, scenario, observed: results[index], reached: simulate(facts, scenario).reached });
    }
  }
  return {
    kernel,
    callers: new Set(performed.map(({ scenario }) => scenario.caller.name)),
    performed,
    factsOf,
    perform: async (scenario) => (await performAll(scenario.caller, [scenario]))[0],
  };
}
