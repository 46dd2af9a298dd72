import type { Caller } from '../callers.js';
import type { Clone3Call, CloneCall, ForkCall } from '../model/call.js';

/** A task of a scenario: 0 is the arena, the others are made by its steps. */
export type TaskNumber = number;

/** What a signal does: `handler` runs a function of the probe. */
export type Disposition = 'default' | 'ignore' | 'handler';
/** In the order of the numbers that the probe answers with. */
export const DISPOSITIONS = ['default', 'ignore', 'handler'] as const satisfies readonly Disposition[];

export const NS_KINDS = [
  'uts',
  'ipc',
  'mnt',
  'net',
  'cgroup',
  'user',
  'pid',
  'time',
  'time_for_children',
  'pid_for_children',
] as const;
export type NsKind = (typeof NS_KINDS)[number];

/** What a task can be asked to do, as `harness/probe/SCENARIOS.md` lists it. */
export type Operation =
  | { readonly op: 'clone'; readonly child: TaskNumber; readonly call: CloneCall | Clone3Call | ForkCall }
  | { readonly op: 'exit' | 'exit_group'; readonly status: number }
  | { readonly op: 'wait'; readonly who: TaskNumber | 'any'; readonly options: number }
  | { readonly op: 'kill' | 'tgkill'; readonly who: TaskNumber; readonly signal: number }
  | { readonly op: 'read'; readonly at: bigint }
  | { readonly op: 'write'; readonly at: bigint; readonly value: number }
  | { readonly op: 'map' | 'unmap' | 'mapped'; readonly page: number }
  | { readonly op: 'open' | 'memfd' | 'close' | 'getfd'; readonly fd: number }
  | { readonly op: 'lseek'; readonly fd: number; readonly offset: number; readonly whence: number }
  | { readonly op: 'pidfd_poll' | 'pidfd_getfl' | 'pidfd_getfd'; readonly at: bigint }
  | { readonly op: 'chdir'; readonly to: 'root' | 'proc' }
  | { readonly op: 'umask'; readonly mask: number }
  | { readonly op: 'sigaction'; readonly signal: number; readonly handler: Disposition }
  | { readonly op: 'sighandler'; readonly signal: number }
  | { readonly op: 'sigblock' | 'sigunblock'; readonly mask: bigint }
  | { readonly op: 'sethostname'; readonly n: number }
  | { readonly op: 'ns'; readonly kind: NsKind }
  | { readonly op: 'sem_set'; readonly value: number }
  | { readonly op: 'sem_op'; readonly value: number; readonly undo: 0 | 1 }
  | { readonly op: 'ioprio_set'; readonly value: number }
  /** Waits as long as the word holds what it holds now; a word that is 0 is not waited for (EAGAIN). */
  | { readonly op: 'futex_wait'; readonly at: bigint }
  | { readonly op: PlainOperation };

/** Operations without arguments. */
export const PLAIN_OPERATIONS = [
  'getpid',
  'gettid',
  'getppid',
  'getpgrp',
  'getsid',
  'setsid',
  'cwd',
  'sigmask',
  'sigpending',
  'altstack',
  'altstack_set',
  'hostname',
  'sem_get',
  'sem_value',
  'shm_seen',
  'tls',
  'nnp',
  'nnp_set',
  'ioprio',
  'uid',
] as const;
export type PlainOperation = (typeof PLAIN_OPERATIONS)[number];

/** One task performs one operation. */
export type Step = Operation & { readonly task: TaskNumber };

/** A schedule of steps, begun by a caller as task 0. Plain data. */
export interface Scenario {
  readonly caller: Caller;
  readonly steps: readonly Step[];
}

/**
 * What a step comes to. Numbers that only the target knows are symbols: the first sight of one binds it, every later one must agree,
 * and two symbols of one kind must differ.
 */
export type Value = number | { readonly symbol: string };

/** A step's result. */
export type StepResult =
  | { readonly kind: 'returned'; readonly value: Value; readonly status?: number; readonly blocked?: number }
  | { readonly kind: 'failed'; readonly errno: string; readonly blocked?: number }
  /** It never returned. */
  | { readonly kind: 'blocked' }
  /** The task ended in it. */
  | { readonly kind: 'gone'; readonly how: string; readonly blocked?: number }
  /** There is no such task. */
  | { readonly kind: 'absent' }
  /** The specification says nothing about it. */
  | { readonly kind: 'open' };
