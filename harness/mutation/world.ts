import { screened, type Caller, type Facts, type KernelFacts, type Screened } from '../../spec/index.js';
import type { Observation } from '../case.js';
import type { Environment } from '../environment.js';
import type { RecordedRun } from '../run.js';
import type { Runner } from '../session.js';

/** A case of a run, with its answer. */
export interface Subject extends Screened {
  readonly caller: Caller;
  readonly observation: Observation;
  /** Its place in the run, from 1. */
  readonly number: number;
}

/** A kernel, everything that a run asked it, and a way to ask it more. */
export interface World {
  /** Absent: the target itself. */
  readonly imagined?: string;
  readonly kernel: KernelFacts;
  readonly environment: Environment;
  readonly runner: Runner;
  readonly subjects: readonly Subject[];
  /** Everyone who made calls. */
  readonly callers: readonly { readonly who: Caller; readonly facts: Facts }[];
  /** Why clauses cannot be judged there, by id. */
  readonly whyNotJudged: ReadonlyMap<string, string>;
}

/** Makes a world of what a run recorded. */
export function worldOf(recorded: RecordedRun, runner: Runner, imagined?: string): World {
  const { kernel, environment, batches, whyNotJudged } = recorded;
  const callers = new Map<string, { readonly who: Caller; readonly facts: Facts }>();
  const subjects: Subject[] = [];
  let number = 0;
  for (const { caller, calls, result } of batches) {
    const known =
      result.facts === undefined || environment.forbidsCaller(caller) !== undefined ? undefined : result.facts;
    const facts = known && { kernel, caller: known };
    if (facts !== undefined && !callers.has(caller.name)) callers.set(caller.name, { who: caller, facts });
    for (const [index, call] of calls.entries()) {
      number++;
      const observation = result.observations[index];
      if (facts === undefined || observation === undefined || environment.forbids(call) !== undefined) continue;
      subjects.push({ ...screened(facts, call), caller, observation, number });
    }
  }
  return {
    ...(imagined !== undefined && { imagined }),
    kernel,
    environment,
    runner,
    subjects,
    callers: [...callers.values()],
    whyNotJudged,
  };
}
