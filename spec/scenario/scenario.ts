import type { Caller } from '../callers.js';
import type { Clone3Call, CloneCall, ForkCall } from '../model/call.js';
import type { TableOperation } from './operations.js';
import type { TaskNumber } from './words.js';

/** One of the calls that make tasks; the new task performs steps as `child`. */
export interface CloneOperation {
  readonly op: 'clone';
  readonly child: TaskNumber;
  readonly call: CloneCall | Clone3Call | ForkCall;
}

/** What a task can be asked to do, as `harness/probe/SCENARIOS.md` lists it. */
export type Operation = CloneOperation | TableOperation;

/** The operation of that name. */
export type OperationOf<Name extends Operation['op']> = Extract<Operation, { readonly op: Name }>;

/** One task performs one operation. */
export type Step = Operation & { readonly task: TaskNumber };

/** A schedule of steps, begun by a caller as task 0. Plain data. */
export interface Scenario {
  readonly caller: Caller;
  readonly steps: readonly Step[];
}

/**
 * What a step comes to. Numbers that only the target knows are symbols: the first sight of one binds it, every later one must agree,
 * and two symbols of one kind must differ. `not` is any number but that.
 */
export type Value = number | { readonly symbol: string } | { readonly not: number };

/** A step's result. */
export type StepResult =
  | {
      readonly kind: 'returned';
      readonly value: Value;
      /** Of a wait: the status, as wait4(2) or in si_status. */
      readonly status?: number;
      /** Of a waitid: si_code and si_pid. */
      readonly code?: number;
      readonly pid?: Value;
      readonly blocked?: number;
    }
  | { readonly kind: 'failed'; readonly errno: string; readonly blocked?: number }
  /** It never returned. */
  | { readonly kind: 'blocked' }
  /** The task ended in it. */
  | { readonly kind: 'gone'; readonly how: string; readonly blocked?: number }
  /** There is no such task. */
  | { readonly kind: 'absent' }
  /** The specification says nothing about it, but that it had not returned before the step of that number. */
  | { readonly kind: 'open'; readonly asleepUntil?: number };
