import {
  EFFECTS,
  compareTraces,
  concrete,
  formatStep,
  nominalKernel,
  simulate,
  whyNotHeldTo,
  type Caller,
  type Effect,
  type Facts,
  type KernelFacts,
  type Mismatch,
  type Scenario,
  type StepResult,
} from '../../spec/index.js';
import type { Shown } from '../minimise.js';
import { reduceScenario } from '../reduce-scenario.js';
import type { Performer } from '../session.js';
import { imaginedFacts } from './imagined.js';
import type { Counterexample, Fate, MutantResult } from './result.js';
import { sampleScenarios, type ScenarioWorld } from './scenario-world.js';

/** What a mutant of an effect is asked on. */
interface Effects {
  readonly target: ScenarioWorld;
  readonly seed: number;
  readonly count: number;
}

/** Breaks the effects of the model, one at a time, in the way that `effects.yaml` names. */
export async function* effectMutants(
  { target, seed, count }: Effects,
  selects: (id: string) => boolean,
): AsyncGenerator<MutantResult> {
  const elsewhere = new Map<string, Promise<ScenarioWorld>>();
  const imagine = (name: string, kernel: KernelFacts): Promise<ScenarioWorld> => {
    const world = elsewhere.get(name) ?? imaginedScenarios(name, kernel, { seed, count });
    elsewhere.set(name, world);
    return world;
  };
  for (const effect of EFFECTS.filter(({ id }) => selects(id))) {
    const absent = whyNotHeldTo(effect, target.kernel);
    const found = absent === undefined ? await counterexample(target, effect) : undefined;
    const about = { id: `${effect.id} effect`, clause: effect.id, operator: 'effect', broken: effect.broken };
    if (found !== undefined) {
      yield { ...about, fate: { kind: 'found', ...found } };
      continue;
    }
    const missing =
      effect.needs === undefined || target.callers.has(effect.needs) ? undefined : `no caller ${effect.needs} here`;
    const why = absent ?? missing;
    yield { ...about, fate: why === undefined ? SURVIVED : await fateElsewhere(effect, why, target.kernel, imagine) };
  }
}

const SURVIVED: Fate = { kind: 'survived', why: 'no scenario of the run shows it' };

async function fateElsewhere(
  effect: Effect,
  why: string,
  running: KernelFacts,
  imagine: (name: string, kernel: KernelFacts) => Promise<ScenarioWorld>,
): Promise<Fate> {
  const kernels = [running, nominalKernel([7, 3, 0]), nominalKernel([5, 10, 0])];
  const kernel = kernels.find((each) => whyNotHeldTo(effect, each) === undefined);
  if (kernel === undefined) return SURVIVED;
  const name = `Linux ${kernel.version.slice(0, 2).join('.')}`;
  const found = await counterexample(await imagine(name, kernel), effect);
  return found === undefined ? SURVIVED : { kind: 'imagined', kernel: name, why, ...found };
}

/** The first scenario that came out otherwise than a kernel without the effect would have it, reduced. */
async function counterexample(world: ScenarioWorld, { id }: Effect): Promise<Counterexample | undefined> {
  const broken = new Set([id]);
  for (const [index, { facts, scenario, observed, reached }] of world.performed.entries()) {
    if (observed === undefined || !reached.has(id)) continue;
    const mismatch = compareTraces(simulate(facts, scenario, broken).results, observed);
    if (mismatch === undefined) continue;
    const least = await reduceScenario(
      scenario,
      mismatch,
      broken,
      (each) => world.factsOf(each.caller),
      (candidates) => Promise.all(candidates.map((candidate) => shown(world, candidate, broken))),
    );
    const steps = least.scenario.steps.map(formatStep).join('; ');
    return {
      cases: index + 1,
      minimal: `${least.scenario.caller.name}: ${steps}`,
      observed: `step ${String(least.mismatch.step + 1)}`,
    };
  }
  return undefined;
}

async function shown(world: ScenarioWorld, scenario: Scenario, broken: ReadonlySet<string>): Promise<Shown<Mismatch>> {
  const facts = await world.factsOf(scenario.caller);
  const observed = facts && (await world.perform(scenario));
  if (facts === undefined || observed === undefined) return { kind: 'no', why: 'without it there is no answer' };
  const mismatch = compareTraces(simulate(facts, scenario, broken).results, observed);
  return mismatch === undefined
    ? { kind: 'no', why: 'without it the kernel answers as the mutant does' }
    : { kind: 'same', seen: mismatch };
}

/** Scenarios on a kernel that keeps every effect. */
async function imaginedScenarios(
  name: string,
  kernel: KernelFacts,
  options: { readonly seed: number; readonly count: number },
): Promise<ScenarioWorld> {
  const performer: Performer = {
    run: async (caller: Caller, requests) => {
      const facts: Facts = imaginedFacts(kernel, caller);
      const perform = (steps: Scenario['steps']): readonly StepResult[] =>
        concrete(simulate(facts, { caller, steps }).results);
      return Promise.resolve({
        facts: facts.caller,
        blocked: undefined,
        observations: requests.map((request) =>
          request.call === 'scenario'
            ? ({ kind: 'steps', steps: perform(request.steps) } as const)
            : ({ kind: 'lost', why: name } as const),
        ),
        missing: {},
        answer: undefined,
      });
    },
  };
  return sampleScenarios(performer, kernel, () => undefined, options);
}
