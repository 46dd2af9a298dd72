/**
 * One call with every argument, as plain data. Arguments are the values that the kernel gets: a pointer is an address
 * (see `memory.ts` for the addresses that mean something in an arena), an unsigned 64-bit value is a bigint.
 */
export type Call = CloneCall | Clone3Call | ForkCall;

/** `clone(2)`, in registers. The exit signal is the low byte of `flags`. */
export interface CloneCall {
  readonly call: 'clone';
  readonly flags: bigint;
  readonly stack: bigint;
  readonly parent_tid: bigint;
  readonly child_tid: bigint;
  readonly tls: bigint;
}

/** The fields of `struct clone_args`, each 64 bits wide. */
export interface CloneArgs {
  readonly flags: bigint;
  readonly pidfd: bigint;
  readonly child_tid: bigint;
  readonly parent_tid: bigint;
  readonly exit_signal: bigint;
  readonly stack: bigint;
  readonly stack_size: bigint;
  readonly tls: bigint;
  readonly set_tid: bigint;
  readonly set_tid_size: bigint;
  readonly cgroup: bigint;
}

/** The names of {@link CloneArgs}, in the order of `struct clone_args`. */
export const CLONE_ARGS_FIELDS = [
  'flags',
  'pidfd',
  'child_tid',
  'parent_tid',
  'exit_signal',
  'stack',
  'stack_size',
  'tls',
  'set_tid',
  'set_tid_size',
  'cgroup',
] as const satisfies readonly (keyof CloneArgs)[];

/** An element of the `set_tid` array: a number, or one that is chosen where the call is made. */
export type Tid = number | 'self' | 'free';

/** `clone3(2)`: the structure, and how it is handed over. */
export interface Clone3Call {
  readonly call: 'clone3';
  readonly args: CloneArgs;
  /** The second argument, in bytes. */
  readonly size: bigint;
  /** What lies in memory at `TIDS` (see `memory.ts`); `set_tid` points there where it is meant. */
  readonly tids: readonly Tid[];
  /** One byte behind the structure that is not zero. */
  readonly tail?: { readonly offset: number; readonly byte: number };
  /** Only this many bytes of the structure can be read; absent: all of them. */
  readonly readable?: number;
  /** An address passed instead of that of a structure. */
  readonly uargs?: bigint;
}

/** `fork(2)` or `vfork(2)`. */
export interface ForkCall {
  readonly call: 'fork' | 'vfork';
}

/** The names of the calls. */
export type CallName = Call['call'];

/** A clone3 structure that asks for nothing. */
export const NO_ARGS: CloneArgs = {
  flags: 0n,
  pidfd: 0n,
  child_tid: 0n,
  parent_tid: 0n,
  exit_signal: 0n,
  stack: 0n,
  stack_size: 0n,
  tls: 0n,
  set_tid: 0n,
  set_tid_size: 0n,
  cgroup: 0n,
};

/** CLONE_ARGS_SIZE_VER2: the structure since 5.7, in bytes. */
export const CLONE_ARGS_SIZE_VER2 = 88;

/**
 * A clone call; what is left out is zero.
 *
 * @param flags - flag bits and, in the low byte, the exit signal
 */
export function clone(flags: bigint, rest: Partial<Omit<CloneCall, 'call' | 'flags'>> = {}): CloneCall {
  return { call: 'clone', flags, stack: 0n, parent_tid: 0n, child_tid: 0n, tls: 0n, ...rest };
}

/**
 * A clone3 call; fields left out are zero, and the structure is whole and readable.
 *
 * @param args - fields of `struct clone_args`
 * @param rest - size in bytes (88 if absent), placement, tail
 */
export function clone3(args: Partial<CloneArgs>, rest: Partial<Omit<Clone3Call, 'call' | 'args'>> = {}): Clone3Call {
  return { call: 'clone3', args: { ...NO_ARGS, ...args }, size: BigInt(CLONE_ARGS_SIZE_VER2), tids: [], ...rest };
}
