import type { Clause } from '../../clauses.js';
import type { Facts } from '../facts.js';
import { DEATH_BY_SIGNAL, lookOf } from '../../scenario/looks.js';
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
  /** For each step whose clone is refused the clauses that refuse it, the one that wins first. */
  readonly refusedBy: ReadonlyMap<number, readonly Clause[]>;
  /** The step from which on nothing more is claimed, as the model lost sight in it; undefined where it did not. */
  readonly vagueFrom: number | undefined;
}

const NONE: ReadonlySet<string> = new Set();

/** A kernel in miniature, a step at a time. (A class: an object literal with getters costs a hidden class of V8's each time.) */
export class RunningKernel implements Simulation {
  readonly results: StepResult[] = [];
  vagueFrom: number | undefined;
  private readonly uts;

  constructor(private readonly k: Kernel) {
    this.uts = k.first.namespaces.uts;
  }

  /** Why nothing more is claimed; undefined while the model knows what goes on. */
  get fog(): string | undefined {
    return this.k.fog;
  }

  get reached(): ReadonlySet<string> {
    return this.k.reached;
  }

  get refusedBy(): ReadonlyMap<number, readonly Clause[]> {
    return this.k.refusedBy;
  }

  /** Performs the next step. */
  perform(step: Step): void {
    const { k, results } = this;
    const task = k.tasks.get(step.task);
    const index = results.length;
    // A task that is gone or asleep performs nothing.
    const able = task?.alive === true && task.waiting === undefined;
    if (task?.waiting?.step === -1) k.fog = 'a step was given to a task that its tracer had not let go';
    if (this.isVague()) {
      if (this.vagueFrom === undefined) forgetSleepers(k, results, index);
      this.vagueFrom ??= index;
      results.push({ kind: 'open' });
      return;
    }
    const result = able ? (perform(k, task, step, index) ?? { kind: 'blocked' }) : { kind: 'absent' as const };
    results.push(isUnseen(k, step) ? { kind: 'open' } : withoutUnseenDeath(k, result));
    // Whom a step wakes of which nobody knows what it does is not known either.
    if (!this.isVague()) this.wake(index + 1);
    if (!this.isVague()) return;
    forgetSleepers(k, results, index);
    this.vagueFrom = index;
    results[index] = { kind: 'open' };
  }

  /** Tasks that live and do not sleep. */
  awake(): readonly number[] {
    return [...this.k.tasks.values()]
      .filter(({ alive, waiting }) => alive && waiting === undefined)
      .map(({ number }) => number);
  }

  isAsleep(task: number): boolean {
    return this.k.tasks.get(task)?.waiting !== undefined;
  }

  /** Says whether the number that a task's creator got names it for another task. */
  sees(task: number, who: number): boolean {
    const [one, other] = [this.k.tasks.get(task), this.k.tasks.get(who)];
    return one !== undefined && other !== undefined && (other.namedIn ?? other.pidNs) === one.pidNs;
  }

  /** Says whether a task has a UTS namespace that the scenario made. */
  hasOwnUts(task: number): boolean {
    const found = this.k.tasks.get(task);
    return found !== undefined && !this.isVague() && found.namespaces.uts !== this.uts;
  }

  private isVague(): boolean {
    return this.k.fog !== undefined;
  }

  /** Lets go on who can, after the step before `next`. */
  private wake(next: number): void {
    const { k } = this;
    for (const [step, how] of k.cutShort)
      this.finish(step, how === 'asleep' ? { kind: 'gone', how: 'any' } : { kind: 'open', asleepUntil: next - 1 });
    k.cutShort.clear();
    for (const task of k.tasks.values()) {
      const before = task.waiting;
      if (before === undefined) continue;
      const result = woken(task);
      if (result === undefined) continue;
      if (task.waiting === before) task.waiting = undefined;
      if (result.kind === 'returned' || result.kind === 'failed')
        this.finish(before.step, { ...result, blocked: next });
      else if (result.kind === 'open') this.finish(before.step, result);
    }
  }

  /** A child that its tracer lets go for the first time comes from no step. */
  private finish(step: number, result: StepResult): void {
    if (step >= 0) this.results[step] = result;
  }
}

/**
 * Starts a kernel with one task.
 *
 * @param broken - effects that this kernel does not keep
 */
export function startKernel(facts: Facts, broken: ReadonlySet<string> = NONE): RunningKernel {
  return new RunningKernel(new Kernel(facts, broken));
}

/** Where the model lost sight, what it foresaw for the steps from there on is no claim. */
function isUnseen({ facts: { kernel } }: Kernel, step: Step): boolean {
  return kernel.unseen?.has(lookOf(step) ?? '') === true;
}

/** A task that ended, however, where nobody can tell that it was by a signal. */
function withoutUnseenDeath({ facts: { kernel } }: Kernel, result: StepResult): StepResult {
  const isUntold = result.kind === 'gone' && result.how.startsWith('signal ') && kernel.unseen?.has(DEATH_BY_SIGNAL);
  return isUntold === true ? { ...result, how: 'any' } : result;
}

/** Of those who slept when the model lost sight nobody knows when they woke, but that it was not before. */
function forgetSleepers(k: Kernel, results: StepResult[], index: number): void {
  for (const { waiting } of k.tasks.values())
    if (waiting !== undefined && waiting.step >= 0) results[waiting.step] = { kind: 'open', asleepUntil: index };
  // Who was killed in his sleep is gone all the same.
  for (const [step, how] of k.cutShort)
    if (step >= 0)
      results[step] = how === 'asleep' ? { kind: 'gone', how: 'any' } : { kind: 'open', asleepUntil: index };
  k.cutShort.clear();
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
