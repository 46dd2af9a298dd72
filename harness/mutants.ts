import fc from 'fast-check';
import {
  EFFECTS,
  SPECIFICATION,
  absence,
  compareTraces,
  formatCall,
  formatStep,
  whyNotHeldTo,
  simulate,
  type Facts,
  type KernelFacts,
  type Scenario,
} from '../spec/index.js';
import { scenarios } from '../generators/index.js';
import { judgeOne } from './findings.js';
import { SCENARIO_CALLERS } from './effects-run.js';
import type { Environment } from './environment.js';
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
export type RecordedScenarios = readonly {
  readonly facts: Facts;
  readonly scenario: Scenario;
  readonly observation: Observation;
}[];

const BATCH = 64;

/**
 * Performs scenarios of several callers in turns and keeps what came of them.
 *
 * @param count - scenarios in all
 */
export async function recordScenarios(
  session: ProbeSession,
  kernel: KernelFacts,
  environment: Environment,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<RecordedScenarios> {
  const recorded: RecordedScenarios[number][] = [];
  const callers = SCENARIO_CALLERS.filter((caller) => environment.forbidsCaller(caller) === undefined);
  for (let round = 0; recorded.length < count && round * BATCH < 2 * count; round++) {
    const caller = callers[round % callers.length];
    if (caller === undefined) break;
    const { facts } = await session.run(caller, []);
    if (facts === undefined) continue;
    const whole: Facts = { kernel, caller: facts };
    const list = fc
      .sample(scenarios(caller, whole), {
        seed: seed * 65_537 + round,
        numRuns: Math.min(BATCH, count - recorded.length),
      })
      .filter((scenario) => isSafe(whole, scenario));
    const { observations } = await session.run(
      caller,
      list.map(({ steps }) => ({ call: 'scenario', steps }) as const),
    );
    for (const [index, scenario] of list.entries()) {
      const observation = observations[index] ?? { kind: 'lost', why: 'no answer' };
      recorded.push({ facts: whole, scenario, observation });
    }
  }
  return recorded;
}

/** Breaks every effect of the model, one at a time, in the way that `effects.yaml` names. */
export function effectMutants(recorded: RecordedScenarios, kernel: KernelFacts): readonly MutantResult[] {
  const callers = new Set(recorded.map(({ scenario }) => scenario.caller.name));
  const reached = recorded.map(({ facts, scenario }) => simulate(facts, scenario).reached);
  return EFFECTS.map((effect): MutantResult => {
    const { id, broken, needs } = effect;
    const absent = whyNotHeldTo(effect, kernel);
    if (absent !== undefined) return { id, broken, cases: undefined, why: absent };
    const breaks = new Set([id]);
    for (const [index, { facts, scenario, observation }] of recorded.entries()) {
      if (observation.kind !== 'steps' || reached[index]?.has(id) !== true) continue;
      if (compareTraces(simulate(facts, scenario, breaks).results, observation.steps) === undefined) continue;
      return { id, broken, cases: index + 1, counterexample: scenario.steps.map(formatStep).join('; ') };
    }
    const why = needs === undefined || callers.has(needs) ? undefined : `no caller ${needs} here`;
    return { id, broken, cases: undefined, ...(why !== undefined && { why }) };
  });
}
