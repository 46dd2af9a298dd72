import { TIDS, clone, clone3, flagValue, type Facts, type Operation } from '../../spec/index.js';
import type { Growth } from '../growing.js';
import type { Draw } from '../scenarios.js';

/**
 * A play is a schedule in outline for several tasks: what free growth does not come to within a dozen steps. What is drawn, flags
 * that are there or not and steps that are left out, makes it a family.
 */
export type Play = (stage: Stage, draw: Draw) => void;

/** Plays of one kind. */
export function plays(...all: readonly Play[]): readonly Play[] {
  return all;
}

/** Where a play is performed. */
export class Stage {
  constructor(
    private readonly growth: Growth,
    readonly draw: Draw,
    readonly facts: Facts,
  ) {}

  /** Steps that have no performer, or that name nobody, are left out. */
  step(task: number, ...operations: readonly Operation[]): void {
    for (const operation of operations) if (!this.growth.isAsleep(task)) this.growth.perform({ task, ...operation });
  }

  /** One of several. */
  one<T>(first: T, ...others: readonly T[]): T {
    const all = [first, ...others];
    return all[this.draw(all.length)] ?? first;
  }

  /** In every second scenario. */
  get maybe(): boolean {
    return this.draw(2) === 0;
  }

  /** Each of the names, or not. */
  some(...names: readonly string[]): readonly string[] {
    return names.filter(() => this.maybe);
  }

  /** A clone; returns the number of the child. */
  clone(
    task: number,
    names: readonly string[],
    rest: { readonly signal?: bigint; readonly words?: Words } = {},
  ): number {
    const child = this.growth.taskCount;
    const flags = names.reduce((mask, name) => mask | flagValue(name), 0n);
    const { signal = 17n, words = {} } = rest;
    const own = flags & (flagValue('CLONE_THREAD') | flagValue('CLONE_PARENT'));
    const exitSignal = own === 0n ? signal : 0n;
    const { pidfd, cgroup, ...tidWords } = words;
    const call =
      flags >= 1n << 32n || (flags & flagValue('CLONE_NEWTIME')) !== 0n
        ? clone3({ flags, exit_signal: exitSignal, ...words })
        : clone(flags | exitSignal, tidWords);
    this.step(task, { op: 'clone', child, call });
    return child;
  }

  /** clone3 with set_tid. */
  cloneWithTids(task: number, tids: readonly number[], names: readonly string[] = []): number {
    const child = this.growth.taskCount;
    const flags = names.reduce((mask, name) => mask | flagValue(name), 0n);
    const args = { flags, exit_signal: 17n, set_tid: TIDS, set_tid_size: BigInt(tids.length) };
    this.step(task, { op: 'clone', child, call: clone3(args, { tids: [...tids] }) });
    return child;
  }
}

interface Words {
  readonly parent_tid?: bigint;
  readonly child_tid?: bigint;
  /** For clone3 alone; clone stores it at parent_tid. */
  readonly pidfd?: bigint;
  readonly cgroup?: bigint;
}
