import type { Facts } from '../facts.js';
import { lookOf } from '../../scenario/looks.js';
import type { Scenario, Step, StepResult } from '../../scenario/scenario.js';
import { Kernel } from './kernel.js';
import { perform } from './steps.js';
import { woken } from './steps/tasks.js';

/** What a scenario comes to by the specification. */
export interface Simulation {
  /** One for each step. */
  readonly results: readonly StepResult[];
  /** Effects on which it hung. */
  readonly reached: ReadonlySet<string>;
  /** The step from which on nothing more is claimed, as the model lost sight in it; undefined where it did not. */
  readonly vagueFrom: number | undefined;
}

const NONE: ReadonlySet<string> = new Set();

/** A kernel in miniature, a step at a time. */
export interface RunningKernel {
  /** Performs the next step. */
  readonly perform: (step: Step) => void;
  /** Tasks that live and do not sleep. */
  readonly awake: () => readonly number[];
  readonly isAsleep: (task: number) => boolean;
  /** Says whether a task has a UTS namespace that the scenario made. */
  readonly hasOwnUts: (task: number) => boolean;
  /** Says whether the number that a task's creator got names it for another task. */
  readonly sees: (task: number, who: number) => boolean;
  /** Why nothing more is claimed; undefined while the model knows what goes on. */
  readonly fog: string | undefined;
  readonly results: readonly StepResult[];
  readonly reached: ReadonlySet<string>;
  readonly vagueFrom: number | undefined;
}

/**
 * Starts a kernel with one task.
 *
 * @param broken - effects that this kernel does not keep
 */
export function startKernel(facts: Facts, broken: ReadonlySet<string> = NONE): RunningKernel {
  const k = new Kernel(facts, broken);
  const results: StepResult[] = [];
  const uts = k.tasks.get(0)?.namespaces.uts;
  const finish = (step: number, result: StepResult): void => {
    // A child that its tracer lets go for the first time comes from no step.
    if (step >= 0) results[step] = result;
  };
  const wake = (next: number): void => {
    for (const [step, how] of k.cutShort)
      finish(step, how === 'asleep' ? { kind: 'gone', how: 'any' } : { kind: 'open', asleepUntil: next - 1 });
    k.cutShort.clear();
    for (const task of k.tasks.values()) {
      const before = task.waiting;
      if (before === undefined) continue;
      const result = woken(task);
      if (result === undefined) continue;
      if (task.waiting === before) task.waiting = undefined;
      if (result.kind === 'returned' || result.kind === 'failed') finish(before.step, { ...result, blocked: next });
      else if (result.kind === 'open') finish(before.step, result);
    }
  };
  /** Where the model lost sight, what it foresaw for the steps from there on is no claim. */
  const isUnseen = (step: Step): boolean => facts.kernel.unseen?.has(lookOf(step) ?? '') === true;
  const isVague = (): boolean => k.fog !== undefined;
  let vagueFrom: number | undefined;
  return {
    perform: (step) => {
      const task = k.tasks.get(step.task);
      const index = results.length;
      // A task that is gone or asleep performs nothing.
      const able = task?.alive === true && task.waiting === undefined;
      if (task?.waiting?.step === -1) k.fog = 'a step was given to a task that its tracer had not let go';
      if (isVague()) {
        if (vagueFrom === undefined) forgetSleepers(k, results, index);
        vagueFrom ??= index;
        results.push({ kind: 'open' });
        return;
      }
      const result = able ? (perform(k, task, step, index) ?? { kind: 'blocked' }) : { kind: 'absent' as const };
      results.push(isUnseen(step) ? { kind: 'open' } : result);
      wake(index + 1);
      if (!isVague()) return;
      forgetSleepers(k, results, index);
      vagueFrom = index;
      results[index] = { kind: 'open' };
    },
    awake: () =>
      [...k.tasks.values()].filter(({ alive, waiting }) => alive && waiting === undefined).map(({ number }) => number),
    isAsleep: (number) => k.tasks.get(number)?.waiting !== undefined,
    sees: (number, who) => {
      const [task, other] = [k.tasks.get(number), k.tasks.get(who)];
      return task !== undefined && other !== undefined && (other.namedIn ?? other.pidNs) === task.pidNs;
    },
    hasOwnUts: (number) => {
      const task = k.tasks.get(number);
      return task !== undefined && k.fog === undefined && task.namespaces.uts !== uts;
    },
    get fog() {
      return k.fog;
    },
    get vagueFrom() {
      return vagueFrom;
    },
    results,
    reached: k.reached,
  };
}

/** Of those who slept when the model lost sight nobody knows when they woke, but that it was not before. */
function forgetSleepers(k: Kernel, results: StepResult[], index: number): void {
  for (const { waiting } of k.tasks.values())
    if (waiting !== undefined && waiting.step >= 0) results[waiting.step] = { kind: 'open', asleepUntil: index };
}

/**
 * Runs a scenario on the kernel in miniature.
 *
 * @param broken - effects that this kernel does not keep
 */
export function simulate(facts: Facts, scenario: Scenario, broken: ReadonlySet<string> = NONE): Simulation {
  const kernel = startKernel(facts, broken);
  for (const step of scenario.steps) kernel.perform(step);
  return kernel;
}
