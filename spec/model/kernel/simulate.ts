import type { Facts } from '../facts.js';
import type { Scenario, Step, StepResult } from '../../scenario/scenario.js';
import { Kernel } from './kernel.js';
import { perform, woken } from './steps.js';

/** What a scenario comes to by the specification. */
export interface Simulation {
  /** One for each step. */
  readonly results: readonly StepResult[];
  /** Effects on which it hung. */
  readonly reached: ReadonlySet<string>;
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
  readonly results: readonly StepResult[];
  readonly reached: ReadonlySet<string>;
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
  const wake = (next: number): void => {
    for (const step of k.cutShort) results[step] = { kind: 'gone', how: 'any' };
    k.cutShort.clear();
    for (const task of k.tasks.values()) {
      if (task.waiting === undefined) continue;
      const { step } = task.waiting;
      const result = woken(k, task);
      if (result === undefined) continue;
      task.waiting = undefined;
      if (result.kind === 'returned' || result.kind === 'failed') results[step] = { ...result, blocked: next };
    }
  };
  return {
    perform: (step) => {
      const task = k.tasks.get(step.task);
      const index = results.length;
      // A task that is gone or asleep performs nothing.
      const able = task?.alive === true && task.waiting === undefined;
      results.push(able ? (perform(k, task, step, index) ?? { kind: 'blocked' }) : { kind: 'absent' });
      wake(index + 1);
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
      return task !== undefined && task.namespaces.uts !== uts;
    },
    results,
    reached: k.reached,
  };
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
