import { CSIGNAL, FLAGS } from '../flags.js';
import type { Call, CallName, Tid } from './call.js';
import type { KernelFacts } from './facts.js';
import { hasFeature } from '../features.js';
import { hasNarrowRegisters, hasNarrowWords } from './kernel-limits.js';
import { compareVersions } from '../rules/version.js';

/**
 * `struct kernel_clone_args`: what the entry code of each call makes of its arguments. Flags are two halves, so that rules
 * are tested with integer operations.
 */
export interface Kargs {
  readonly call: CallName;
  /** Flags 0 to 31. */
  readonly lo: number;
  /** Flags 32 to 63. */
  readonly hi: number;
  readonly exit_signal: bigint;
  readonly pidfd: bigint;
  readonly parent_tid: bigint;
  readonly child_tid: bigint;
  readonly stack: bigint;
  readonly stack_size: bigint;
  readonly tls: bigint;
  readonly set_tid: bigint;
  readonly set_tid_size: bigint;
  readonly tids: readonly Tid[];
  readonly cgroup: bigint;
  /** The second argument of clone3; 0 for the others. */
  readonly usize: bigint;
  /** How many bytes of the structure can be read; undefined: all. */
  readonly readable: number | undefined;
  /** The lowest offset behind the known structure at which a byte is not zero. */
  readonly tail: number | undefined;
}

const BITS: ReadonlyMap<string, { readonly lo: number; readonly hi: number }> = new Map(
  FLAGS.map(({ name, value }) => [
    name,
    { lo: Number(BigInt.asIntN(32, value)), hi: Number(BigInt.asIntN(32, value >> 32n)) },
  ]),
);

/** Says whether a call asks for a flag, by its name in `flags.yaml`. */
export function asks({ lo, hi }: Pick<Kargs, 'lo' | 'hi'>, flag: string): boolean {
  const bits = BITS.get(flag);
  if (bits === undefined) throw new Error(`no flag ${flag}`);
  return (lo & bits.lo) !== 0 || (hi & bits.hi) !== 0;
}

const SIGCHLD = 17n;
const CLONE_VFORK = 0x4000;
const CLONE_VM = 0x100;

const NOTHING: Kargs = {
  call: 'fork',
  lo: 0,
  hi: 0,
  exit_signal: 0n,
  pidfd: 0n,
  parent_tid: 0n,
  child_tid: 0n,
  stack: 0n,
  stack_size: 0n,
  tls: 0n,
  set_tid: 0n,
  set_tid_size: 0n,
  tids: [],
  cgroup: 0n,
  usize: 0n,
  readable: undefined,
  tail: undefined,
};

/**
 * SYSCALL_DEFINE0(fork), SYSCALL_DEFINE0(vfork), SYSCALL_DEFINE5(clone) and copy_clone_args_from_user() of kernel/fork.c.
 *
 * @param argsSize - size in bytes of the structure that the kernel knows
 */
export function kargsOf(call: Call, kernel: KernelFacts, argsSize: number): Kargs {
  switch (call.call) {
    case 'fork':
      return { ...NOTHING, exit_signal: SIGCHLD };
    case 'vfork':
      return { ...NOTHING, call: 'vfork', lo: CLONE_VFORK | CLONE_VM, exit_signal: SIGCHLD };
    case 'clone': {
      const word = wordOf(hasNarrowRegisters(kernel));
      const flags = word(call.flags) & ~CSIGNAL;
      return {
        ...NOTHING,
        call: 'clone',
        lo: Number(flags & 0xffff_ffffn),
        hi: upperFlagsLeak(kernel) ? Number((flags >> 32n) & 0xffff_ffffn) : 0,
        exit_signal: call.flags & CSIGNAL,
        pidfd: word(call.parent_tid),
        parent_tid: word(call.parent_tid),
        child_tid: word(call.child_tid),
        stack: word(call.stack),
        tls: word(call.tls),
      };
    }
    case 'clone3': {
      const { args, tids, readable, tail, uargs } = call;
      const size = wordOf(hasNarrowRegisters(kernel))(call.size);
      const word = wordOf(hasNarrowWords(kernel));
      const known = size < BigInt(argsSize) ? Number(size) : argsSize;
      // What lies behind the end of what is passed, or of what the kernel knows, is zero for it: of a field that is cut
      // through, the bytes before the cut count (all architectures here are little-endian).
      const seen = (offset: number, value: bigint): bigint =>
        known >= offset + 8 ? value : BigInt.asUintN(8 * Math.max(0, known - offset), value);
      const flags = seen(0, args.flags);
      const unknownField = firstNonzero(
        [
          { offset: 64, value: args.set_tid },
          { offset: 72, value: args.set_tid_size },
          { offset: 80, value: args.cgroup },
          ...(tail !== undefined && tail.byte !== 0 ? [{ offset: tail.offset, value: 1n }] : []),
        ],
        argsSize,
        size,
      );
      return {
        call: 'clone3',
        lo: Number(flags & 0xffff_ffffn),
        hi: Number((flags >> 32n) & 0xffff_ffffn),
        exit_signal: seen(32, args.exit_signal),
        pidfd: seen(8, args.pidfd),
        parent_tid: seen(24, args.parent_tid),
        child_tid: seen(16, args.child_tid),
        stack: word(seen(40, args.stack)),
        stack_size: word(seen(48, args.stack_size)),
        tls: word(seen(56, args.tls)),
        set_tid: seen(64, args.set_tid),
        set_tid_size: seen(72, args.set_tid_size),
        tids,
        cgroup: seen(80, args.cgroup),
        usize: size,
        readable: uargs === undefined ? readable : 0,
        tail: unknownField,
      };
    }
  }
}

const whole = (value: bigint): bigint => value;
const lowerHalf = (value: bigint): bigint => BigInt.asUintN(32, value);

/** What of a number reaches the kernel. */
function wordOf(narrow: boolean): (value: bigint) => bigint {
  return narrow ? lowerHalf : whole;
}

/** From 5.5 until lower_32_bits() came, the upper half of clone()'s flags reached kernel_clone(). */
function upperFlagsLeak(kernel: KernelFacts): boolean {
  return !hasFeature(kernel, 'clone_lower_32_bits') && compareVersions(kernel.version, [5, 5, 0]) >= 0;
}

function firstNonzero(
  fields: readonly { readonly offset: number; readonly value: bigint }[],
  from: number,
  size: bigint,
): number | undefined {
  const offsets = fields
    .filter(({ offset, value }) => value !== 0n && offset >= from && BigInt(offset) < size)
    .map(({ offset, value }) => offset + lowestByte(value));
  return offsets.length === 0 ? undefined : Math.min(...offsets);
}

function lowestByte(value: bigint): number {
  let index = 0;
  while ((value & 0xffn) === 0n) {
    value >>= 8n;
    index++;
  }
  return index;
}
