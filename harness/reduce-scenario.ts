import {
  compareTraces,
  concrete,
  formatStep,
  simulate,
  type Facts,
  type Mismatch,
  type Scenario,
} from '../spec/index.js';
import { minimise, type Budget, type Minimum, type Problem } from './minimise.js';
import { isSafe } from './scenario-safety.js';
import { renumbered, simplerScenarios } from './simpler-scenarios.js';

/** What reducing a scenario came to. */
export interface ScenarioReduction extends Omit<Minimum<Scenario, Mismatch>, 'subject' | 'seen'> {
  readonly scenario: Scenario;
  readonly mismatch: Mismatch;
}

/**
 * Takes parts away as long as the same difference remains. The result is 1-minimal: no single removal keeps it. Candidates that no
 * kernel could get wrong by the clause in question are not performed: the model, whole and with that effect broken, says so.
 *
 * @param effects - those whose absence explains the difference; none where nothing does
 * @param factsOf - what the caller of a scenario is; undefined where it cannot be made
 * @param shows - performs candidates and says what each came to
 */
export async function reduceScenario(
  original: Scenario,
  mismatch: Mismatch,
  effects: ReadonlySet<string>,
  factsOf: (scenario: Scenario) => Promise<Facts | undefined>,
  shows: Problem<Scenario, Mismatch>['shows'],
  budget?: Budget,
): Promise<ScenarioReduction> {
  const { subject, seen, needed, ...rest } = await minimise(
    original,
    mismatch,
    {
      keyOf,
      simpler: simplerScenarios,
      whyNot: async (scenario) => whyNot(await factsOf(scenario), scenario, effects),
      shortened,
      shows,
    },
    budget,
  );
  // Tasks get new numbers, and parts are named by these.
  const scenario = renumbered(subject);
  const names = simplerScenarios(scenario).flatMap(({ without }) => without ?? []);
  return {
    ...rest,
    scenario,
    mismatch: seen,
    needed: needed.map(({ part, why }, index) => ({ part: names[index] ?? part, why })),
  };
}

/** What comes after the difference says nothing of it, unless somebody sleeps until then. */
function shortened({ caller, steps }: Scenario, { step }: Mismatch): Scenario | undefined {
  return step + 1 < steps.length ? { caller, steps: steps.slice(0, step + 1) } : undefined;
}

function keyOf({ caller, steps }: Scenario): string {
  return `${caller.attributes.join(' ')}: ${steps.map(formatStep).join('; ')}`;
}

/** Why a candidate need not be performed; undefined where it has to be. */
function whyNot(facts: Facts | undefined, scenario: Scenario, effects: ReadonlySet<string>): string | undefined {
  if (facts === undefined) return 'without it the caller cannot be made';
  if (!isSafe(facts, scenario)) return 'without it the scenario would reach outside its arena';
  const { results } = simulate(facts, scenario);
  if (results.some(({ kind }) => kind === 'absent')) return 'without it a step has nobody who performs it';
  if (effects.size === 0) return undefined;
  const broken = concrete(simulate(facts, scenario, effects).results);
  return compareTraces(results, broken) === undefined
    ? 'without it a target with this fault answers as it should'
    : undefined;
}
