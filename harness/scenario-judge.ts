import {
  EFFECTS,
  compareTraces,
  isHeldTo,
  simulate,
  type Facts,
  type Mismatch,
  type Scenario,
  type Simulation,
  type StepResult,
} from '../spec/index.js';
import type { Observation } from './case.js';

/** What a scenario says of a target. */
export type ScenarioJudgement =
  /** As predicted; `judges` are the effects that it tells apart. */
  | { readonly verdict: 'pass'; readonly judges: readonly string[] }
  /** Not as predicted. `clause` is the effect whose absence explains all that was observed, if one does. */
  | {
      readonly verdict: 'fail';
      readonly clause: string;
      readonly mismatch: Mismatch;
      readonly observed: readonly StepResult[];
    }
  | { readonly verdict: 'blocked'; readonly why: string }
  | { readonly verdict: 'not-run'; readonly why: string };

/** The clause of a difference that no single broken effect explains. */
export const UNEXPLAINED = 'effects/unexplained';

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Holds a scenario's observation against the model.
 *
 * @param wanted - of the effects that the scenario reached only these are tried for whether it tells them apart; trying costs a simulation
 */
export function judgeScenario(
  facts: Facts,
  scenario: Scenario,
  observation: Observation,
  wanted: (effect: string) => boolean = () => true,
): ScenarioJudgement {
  switch (observation.kind) {
    case 'blocked':
      return { verdict: 'blocked', why: observation.why };
    case 'lost':
      return { verdict: 'not-run', why: observation.why };
    case 'refused':
    case 'child':
    case 'sweep':
      return { verdict: 'not-run', why: 'a scenario was answered like a call' };
    case 'steps':
      break;
  }
  const simulation = simulate(facts, scenario);
  // Whether there is a child at all decides what every later step comes to. Where the model lost sight it claims nothing more anyway.
  const clear = scenario.steps.slice(0, simulation.vagueFrom);
  if (clear.some(({ op }, index) => op === 'clone' && simulation.results[index]?.kind === 'open'))
    return {
      verdict: 'blocked',
      why: 'a fact that decides whether a clone of the scenario succeeds is not known here',
    };
  const mismatch = compareTraces(simulation.results, observation.steps);
  const missing = mismatch === undefined ? undefined : missingCall(scenario, mismatch);
  if (missing !== undefined) return { verdict: 'blocked', why: missing };
  const candidates = heldEffects(facts, simulation);
  if (mismatch === undefined) {
    return {
      verdict: 'pass',
      judges: candidates.filter((id) => wanted(id) && differs(facts, scenario, id, observation.steps)),
    };
  }
  const explained = candidates.find((id) => explains(facts, scenario, new Set([id]), observation.steps));
  const clause = explained ?? UNEXPLAINED;
  return { verdict: 'fail', clause, mismatch, observed: observation.steps };
}

/** A target without a call by which scenarios look, or set the scene, says nothing about clone by that. */
function missingCall({ steps }: Scenario, { step, expected, observed }: Mismatch): string | undefined {
  const op = steps[step]?.op;
  if (op === undefined || op === 'clone' || observed.kind !== 'failed' || observed.errno !== 'ENOSYS') return undefined;
  return expected.kind === 'failed' && expected.errno === 'ENOSYS' ? undefined : `the target has no ${op} (ENOSYS)`;
}

/**
 * Every effect whose absence explains all that was observed.
 *
 * @param besides - effects that are absent too
 */
export function explanations(
  facts: Facts,
  scenario: Scenario,
  observed: readonly StepResult[],
  besides: ReadonlySet<string> = NOTHING,
): readonly string[] {
  return heldEffects(facts, simulate(facts, scenario, besides)).filter(
    (id) => !besides.has(id) && explains(facts, scenario, new Set([...besides, id]), observed),
  );
}

/**
 * Says whether a kernel that does not keep these effects would have answered so. What the model then knows no answer to is no
 * explanation of a difference.
 */
export function explains(
  facts: Facts,
  scenario: Scenario,
  effects: ReadonlySet<string>,
  observed: readonly StepResult[],
): boolean {
  const { results } = simulate(facts, scenario, effects);
  if (compareTraces(results, observed) !== undefined) return false;
  const mismatch = compareTraces(simulate(facts, scenario).results, observed);
  const answer = mismatch && results[mismatch.step];
  return answer?.kind !== 'open' || answer.asleepUntil !== undefined;
}

/** Says whether a kernel that does not keep these effects may have answered so, for all that the model knows of it. */
export function mayExplain(
  facts: Facts,
  scenario: Scenario,
  effects: ReadonlySet<string>,
  observed: readonly StepResult[],
): boolean {
  return compareTraces(simulate(facts, scenario, effects).results, observed) === undefined;
}

function heldEffects(facts: Facts, { reached }: Simulation): readonly string[] {
  return EFFECTS.filter((effect) => reached.has(effect.id) && isHeldTo(effect, facts.kernel)).map(({ id }) => id);
}

/** Says whether a kernel that does not keep the effect would have answered otherwise. */
function differs(
  facts: Facts,
  scenario: Scenario,
  effect: string,
  observed: Parameters<typeof compareTraces>[1],
): boolean {
  return compareTraces(simulate(facts, scenario, new Set([effect])).results, observed) !== undefined;
}
