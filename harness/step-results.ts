import { compareTraces, simulate, type Facts, type Mismatch, type Scenario, type StepResult } from '../spec/index.js';
import { factsThen } from './scenario-run.js';
import type { Performer } from './session.js';

/** For each step of a scenario, what it should come to and what it came to. */
export interface StepResults {
  readonly expected: readonly StepResult[];
  readonly observed: readonly StepResult[];
}

/**
 * Performs a scenario once more, to show its steps side by side.
 *
 * @returns undefined where it does not show the difference at the same step this time
 */
export async function stepResults(
  session: Performer,
  facts: Facts,
  scenario: Scenario,
  { step }: Mismatch,
): Promise<StepResults | undefined> {
  const result = await session.run(scenario.caller, [{ call: 'scenario', steps: scenario.steps }]);
  const [observation] = result.observations;
  if (observation?.kind !== 'steps') return undefined;
  const { results: expected } = simulate(factsThen(facts, result), scenario);
  const observed = observation.steps;
  return compareTraces(expected, observed)?.step === step ? { expected, observed } : undefined;
}
