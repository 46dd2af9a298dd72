import { everyFlagSet } from '../../generators/index.js';
import {
  EDGE,
  FLAGS,
  NONE,
  RO,
  RW,
  STACK,
  STACK_SIZE,
  TIDS,
  callerNamed,
  clone,
  clone3,
  flagValue,
  type Call,
  type Clone3Call,
  type CloneArgs,
} from '../../spec/index.js';
import type { SweepSpace } from './spaces.js';

/** Good pointers, so that a set of flags is all that is told apart. */
export const CLONE_WORDS = { parent_tid: RW + 0x100n, child_tid: RW + 0x108n };
const CLONE3_WORDS = { ...CLONE_WORDS, pidfd: RW + 0x110n, cgroup: 99n };
const SIGCHLD = 17n;
/** The largest structure that is tried: a page and some bytes. */
const LARGEST = 4200;

function flagsOf(call: 'clone' | 'clone3'): readonly bigint[] {
  return FLAGS.filter(({ calls, refused }) => calls.includes(call) || refused.includes(call)).map(({ value }) => value);
}

/** What is made call by call, with real children where nothing refuses one. */
export function listSpaces(): readonly SweepSpace[] {
  const cloneSets = [...everyFlagSet(flagsOf('clone'), 4)].map((flags) => clone(flags | SIGCHLD, CLONE_WORDS));
  const clone3Sets = [...everyFlagSet(flagsOf('clone3'), 4)].map((flags) => clone3({ flags, ...CLONE3_WORDS }));
  return [
    ...['root', 'user'].flatMap((caller) => [
      space('clone-sets', 'every set of up to four flags of clone()', caller, cloneSets),
      space('clone3-sets', 'every set of up to four flags of clone3()', caller, clone3Sets),
      space('clone3-undefined', 'every bit that is no flag with every flag of clone3()', caller, undefinedBits()),
      space('clone3-exit-signals', 'exit signals from 0 to 300 and the boundaries beyond', caller, exitSignals()),
      space('clone3-sizes', `structures of 0 to ${String(LARGEST)} bytes`, caller, sizes()),
      space('clone3-fields', 'each field of clone3() at its boundaries', caller, fields()),
    ]),
  ];
}

function space(name: string, what: string, caller: string, calls: readonly Call[]): SweepSpace {
  const callAt = (index: number): Call => {
    const call = calls[index];
    if (call === undefined) throw new Error(`${name} has no word ${String(index)}`);
    return call;
  };
  return { name, what, caller: callerNamed(caller), words: calls.length, callAt };
}

function undefinedBits(): readonly Clone3Call[] {
  const defined = flagsOf('clone3');
  const bits = Array.from({ length: 64 }, (_, bit) => 1n << BigInt(bit)).filter((bit) => !defined.includes(bit));
  return bits.flatMap((bit) => [0n, ...defined].map((flag) => clone3({ flags: bit | flag, ...CLONE3_WORDS })));
}

/** One below, at and above each power of two, up to 64 bits. */
function boundaries(): readonly bigint[] {
  const powers = Array.from({ length: 65 }, (_, bit) => 1n << BigInt(bit));
  const values = powers.flatMap((power) => [power - 1n, power, power + 1n]).filter((value) => value < 1n << 64n);
  return [...new Set([0n, ...values])];
}

function exitSignals(): readonly Clone3Call[] {
  const signals = new Set([...Array.from({ length: 301 }, (_, signal) => BigInt(signal)), ...boundaries()]);
  const thread = ['CLONE_VM', 'CLONE_SIGHAND', 'CLONE_THREAD'].reduce((mask, name) => mask | flagValue(name), 0n);
  const sets = [0n, flagValue('CLONE_VM'), flagValue('CLONE_PARENT'), thread, flagValue('CLONE_AUTOREAP')];
  return sets.flatMap((flags) => [...signals].map((exit_signal) => clone3({ flags, exit_signal })));
}

/** Each size by itself, with a byte that is not zero at its end, and with one right behind it. */
function sizes(): readonly Clone3Call[] {
  return Array.from({ length: LARGEST + 1 }, (_, size) => {
    const args = { exit_signal: SIGCHLD };
    const plain = clone3(args, { size: BigInt(size) });
    const inside = size > 88 ? [{ ...plain, tail: { offset: size - 1, byte: 1 } }] : [];
    const behind = size >= 88 ? [{ ...plain, tail: { offset: size, byte: 1 } }] : [];
    return [plain, ...inside, ...behind];
  }).flat();
}

/** Addresses of which the arena's layout says what they are, at the edges of each region, and those beyond all user space. */
const POINTERS: readonly bigint[] = [
  ...[0n, 1n, 4n, 8n, 0xffcn, 0xfffn],
  ...[RW, RW + 0x100n, RW + 0x101n, RO - 4n, RO - 3n, RO - 1n, RO, RO + 4n, EDGE - 4n, EDGE - 1n, EDGE],
  ...[NONE - 8n, NONE - 4n, NONE - 3n, NONE - 1n, NONE, NONE + 4n, STACK - 4n, STACK - 1n, STACK],
  ...[1n << 63n, 0xffff_8000_0000_0000n, (1n << 64n) - 0x1000n, (1n << 64n) - 8n, (1n << 64n) - 4n, (1n << 64n) - 1n],
];

/** Each field with no flag and with those that it is for; what goes with it is good. */
function fields(): readonly Clone3Call[] {
  const all = boundaries();
  const about = (
    field: keyof CloneArgs,
    values: readonly bigint[],
    names: readonly string[],
    rest: Partial<CloneArgs> = {},
    odd: Partial<Clone3Call> = {},
  ): readonly Clone3Call[] => {
    const sets = [0n, names.reduce((mask, name) => mask | flagValue(name), 0n)];
    return [...new Set(sets)].flatMap((flags) =>
      values.map((value) => clone3({ exit_signal: SIGCHLD, ...rest, flags, [field]: value }, odd)),
    );
  };
  const one = { set_tid: TIDS, set_tid_size: 1n };
  return [
    ...about('pidfd', POINTERS, ['CLONE_PIDFD']),
    ...about('pidfd', POINTERS, ['CLONE_PIDFD', 'CLONE_PARENT_SETTID'], { parent_tid: RW + 0x100n }),
    ...about('child_tid', POINTERS, ['CLONE_CHILD_SETTID', 'CLONE_CHILD_CLEARTID']),
    ...about('parent_tid', POINTERS, ['CLONE_PARENT_SETTID']),
    ...about('stack', all, ['CLONE_VM', 'CLONE_VFORK']),
    ...about('stack', all, ['CLONE_VM', 'CLONE_VFORK'], { stack_size: STACK_SIZE }),
    ...about('stack_size', all, ['CLONE_VM', 'CLONE_VFORK']),
    ...about('stack_size', all, ['CLONE_VM', 'CLONE_VFORK'], { stack: STACK }),
    ...about('tls', all, ['CLONE_SETTLS']),
    ...about('set_tid', POINTERS, []),
    ...about('set_tid', POINTERS, ['CLONE_NEWPID'], { set_tid_size: 1n }),
    ...about('set_tid_size', all, ['CLONE_NEWPID']),
    ...about('set_tid_size', all, ['CLONE_NEWPID'], one, { tids: ['free'] }),
    ...about(
      'cgroup',
      all.filter((fd) => fd < 3n || fd > 64n),
      ['CLONE_INTO_CGROUP'],
    ),
  ];
}
