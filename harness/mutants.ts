import fc from 'fast-check';
import {
  EFFECTS,
  SPECIFICATION,
  absence,
  compareTraces,
  formatCall,
  formatStep,
  isHeldTo,
  simulate,
  type Caller,
  type Facts,
  type KernelFacts,
  type Scenario,
} from '../spec/index.js';
import { scenarios } from '../generators/index.js';
import { judgeOne } from './findings.js';
import type { RecordedRun } from './run.js';
import { isSafe } from './scenario-safety.js';
import type { ProbeSession } from './session.js';
import type { Observation } from './case.js';

/** What became of one break of the model. */
export interface MutantResult {
  readonly id: string;
  /** What the model was made to do. */
  readonly broken: string;
  /** How many cases it took until one differed; undefined where none did. */
  readonly cases: number | undefined;
  /** The first counterexample. */
  readonly counterexample?: string;
  /** Why it cannot be found here. */
  readonly why?: string;
}

/** Turns every clause of `errors.yaml` off, one at a time, and looks for a difference in what the kernel did. */
export function errorMutants(recorded: RecordedRun): readonly MutantResult[] {
  return SPECIFICATION.errors.clauses.map(({ id }): MutantResult => {
    const broken = 'the rule is not there';
    const clause = SPECIFICATION.clause(id);
    const absent = clause === undefined ? undefined : absence(clause, recorded.kernel);
    if (absent !== undefined) return { id, broken, cases: undefined, why: absent };
    const found = firstDifference(recorded, id);
    const why = recorded.whyNotJudged.get(id);
    return {
      id,
      broken,
      cases: found?.cases,
      ...(found && { counterexample: found.text }),
      ...(found === undefined && why !== undefined && { why }),
    };
  });
}

function firstDifference(
  recorded: RecordedRun,
  id: string,
): { readonly cases: number; readonly text: string } | undefined {
  const specification = SPECIFICATION.with((clause) => (clause.id === id ? undefined : clause));
  let cases = 0;
  for (const { caller, calls, result } of recorded.batches) {
    if (result.facts === undefined) continue;
    const facts = { kernel: recorded.kernel, caller: result.facts };
    for (const [index, call] of calls.entries()) {
      cases++;
      const observation = result.observations[index];
      if (observation === undefined) continue;
      const options = { order: 'strict', level: 'linux', specification } as const;
      if (judgeOne(facts, { caller, call }, observation, recorded.environment, options).verdict === 'fail') {
        return { cases, text: `${caller.name}: ${formatCall(call)}` };
      }
    }
  }
  return undefined;
}

/** Scenarios with what a kernel made of them. */
export interface RecordedScenarios {
  readonly facts: Facts;
  readonly entries: readonly { readonly scenario: Scenario; readonly observation: Observation }[];
}

/** Performs scenarios and keeps what came of them. */
export async function recordScenarios(
  session: ProbeSession,
  kernel: KernelFacts,
  caller: Caller,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<RecordedScenarios | undefined> {
  const { facts } = await session.run(caller, []);
  if (facts === undefined) return undefined;
  const whole: Facts = { kernel, caller: facts };
  const list = fc
    .sample(scenarios(caller, whole), { seed, numRuns: count })
    .filter((scenario) => isSafe(whole, scenario));
  const { observations } = await session.run(
    caller,
    list.map(({ steps }) => ({ call: 'scenario', steps }) as const),
  );
  return {
    facts: whole,
    entries: list.map((scenario, index) => ({
      scenario,
      observation: observations[index] ?? { kind: 'lost', why: 'no answer' },
    })),
  };
}

/** Breaks every effect of the model, one at a time, in the way that `effects.yaml` names. */
export function effectMutants({ facts, entries }: RecordedScenarios): readonly MutantResult[] {
  const reached = entries.map(({ scenario }) => simulate(facts, scenario).reached);
  return EFFECTS.map((effect): MutantResult => {
    const { id, broken } = effect;
    if (!isHeldTo(effect, facts.kernel)) return { id, broken, cases: undefined, why: 'this kernel is older' };
    const breaks = new Set([id]);
    for (const [index, { scenario, observation }] of entries.entries()) {
      if (observation.kind !== 'steps' || reached[index]?.has(id) !== true) continue;
      if (compareTraces(simulate(facts, scenario, breaks).results, observation.steps) === undefined) continue;
      return { id, broken, cases: index + 1, counterexample: scenario.steps.map(formatStep).join('; ') };
    }
    return { id, broken, cases: undefined };
  });
}
