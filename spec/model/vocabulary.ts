import type { FunctionOf, Quantity, Reader, Truth, Vocabulary } from '../expression/compile.js';
import { hasFeature } from '../features.js';
import { FLAGS } from '../flags.js';
import { hasChange } from '../rules/version.js';
import type { Context } from './context.js';
import { CGROUP_FD_KINDS, type CgroupFdKind, type KernelFacts } from './facts.js';
import { accessOk, hasNarrowWords } from './kernel-limits.js';
import { DESCRIPTOR, accessible, isInArena, isZeroForGood } from './memory.js';
import { pidNsLevels } from './nesting.js';
import { SITUATION_FUNCTIONS, SITUATION_NAMES, type Situation } from './situation.js';

const truth = (read: (context: Context) => Truth): Reader<Context> => ({ type: 'truth', read });
const number = (read: (context: Context) => Quantity): Reader<Context> => ({ type: 'number', read });

/** Conditions over flags: each CLONE_ name says whether its bit is set. */
function flagNames(): [string, Reader<Context>][] {
  return FLAGS.map(({ name, bit }) => {
    const mask = 1 << (bit % 32);
    return [
      name,
      bit < 32 ? truth(({ kargs }) => (kargs.lo & mask) !== 0) : truth(({ kargs }) => (kargs.hi & mask) !== 0),
    ];
  });
}

const ARGUMENTS: [string, Reader<Context>][] = [
  ['exit_signal', number(({ kargs }) => kargs.exit_signal)],
  ['pidfd', number(({ kargs }) => kargs.pidfd)],
  ['parent_tid', number(({ kargs }) => kargs.parent_tid)],
  ['child_tid', number(({ kargs }) => kargs.child_tid)],
  ['stack', number(({ kargs }) => kargs.stack)],
  ['stack_size', number(({ kargs }) => kargs.stack_size)],
  ['tls', number(({ kargs }) => kargs.tls)],
  ['set_tid', number(({ kargs }) => kargs.set_tid)],
  ['set_tid_size', number(({ kargs }) => kargs.set_tid_size)],
  ['cgroup', number(({ kargs }) => kargs.cgroup)],
  ['size', number(({ kargs }) => kargs.usize)],
  ['csignal', number(({ kargs }) => kargs.lo & 0xff)],
  ['undefined_flags', truth(undefinedFlags)],
  ['always', truth(() => true)],
];

const REQUESTED_TID: [string, Reader<Context>][] = [
  ['pid_ns_levels', number(pidNsLevels)],
  ['tid', number(({ requested }) => requested?.tid)],
  ['tid_pid_max', number(({ requested }) => requested?.pid_max)],
  ['tid_ns_has_init', truth(({ requested }) => requested?.has_init)],
  ['tid_ns_capable', truth(({ requested }) => requested?.capable)],
  ['tid_in_use', truth(({ requested }) => requested?.in_use)],
];

const CGROUP_WORDS = [...CGROUP_FD_KINDS, 'live', 'elsewhere'] as const;

const CALL_NAMES: [string, Reader<Context>][] = [...flagNames(), ...ARGUMENTS, ...REQUESTED_TID];
const CALL_FUNCTIONS: [string, FunctionOf<Context>][] = [
  ['readable', { arguments: ['uargs', 'set_tid', 'tls'], of: readable }],
  [
    'writable',
    { arguments: ['pidfd'], of: () => truth((context) => reaches(context, context.kargs.pidfd, 4n, 'write')) },
  ],
  ['descriptor', { arguments: ['tls'], of: () => truth(({ kargs }) => isDescriptor(kargs.tls)) }],
  ['nonzero', { arguments: ['tail'], of: () => truth(nonzeroTail) }],
  [
    'access_ok',
    {
      arguments: ['stack'],
      of: () => truth(({ facts, kargs }) => accessOk(facts.kernel, kargs.stack, kargs.stack_size)),
    },
  ],
  ['cgroup_is', { arguments: CGROUP_WORDS, of: (word: string) => truth((context) => cgroupIs(context, word)) }],
];

/** The closed vocabulary in which the conditions of clauses are written. */
export const VOCABULARY: Vocabulary<Context> = {
  names: new Map<string, Reader<Context>>([...CALL_NAMES, ...SITUATION_NAMES]),
  functions: new Map<string, FunctionOf<Context>>([...CALL_FUNCTIONS, ...SITUATION_FUNCTIONS]),
};

/** The same vocabulary before there is a call: what only a call decides is not known yet. */
export const VOCABULARY_BEFORE_CALL: Vocabulary<Situation> = {
  names: new Map<string, Reader<Situation>>([
    ...CALL_NAMES.map(([name, { type }]): [string, Reader<Situation>] => [name, { type, read: () => undefined }]),
    ...SITUATION_NAMES,
  ]),
  functions: new Map<string, FunctionOf<Situation>>([
    ...CALL_FUNCTIONS.map(([name, { arguments: words, of }]): [string, FunctionOf<Situation>] => [
      name,
      { arguments: words, of: (word) => ({ type: of(word).type, read: () => undefined }) },
    ]),
    ...SITUATION_FUNCTIONS,
  ]),
};

const knownFlags = new WeakMap<KernelFacts, { lo: number; hi: number }>();

function undefinedFlags({ facts: { kernel }, kargs }: Context): boolean {
  let mask = knownFlags.get(kernel);
  if (mask === undefined) {
    // CLONE_LEGACY_FLAGS is the whole low half: what clone3 does not take of it has clauses of its own.
    const hi = FLAGS.filter(
      ({ bit, since, feature }) =>
        bit >= 32 &&
        (since === undefined ||
          hasChange(kernel.version, since) ||
          (feature !== undefined && hasFeature(kernel, feature))),
    );
    mask = { lo: -1, hi: hi.reduce((bits, { bit }) => bits | (1 << (bit - 32)), 0) };
    knownFlags.set(kernel, mask);
  }
  return (kargs.hi & ~mask.hi) !== 0;
}

function readable(argument: string): Reader<Context> {
  switch (argument) {
    case 'uargs':
      return truth(({ kargs }) => kargs.readable === undefined || BigInt(kargs.readable) >= kargs.usize);
    case 'tls':
      return truth((context) => isReadableDescriptor(context));
    default:
      return truth((context) => reaches(context, context.kargs.set_tid, 4n * context.kargs.set_tid_size, 'read'));
  }
}

/** A kernel of 32 bits takes the lower half of a field for the pointer; which the model leaves open. */
function reaches(context: Context, address: bigint, length: bigint, access: 'read' | 'write'): Truth {
  if (address >> 32n !== 0n && hasNarrowWords(context.facts.kernel)) return undefined;
  return accessible(address, length, access, context.taskSizeMax);
}

/** i386: a descriptor is read, so that it matters whether there is memory at an address of which nothing is known. */
function isReadableDescriptor(context: Context): Truth {
  const { tls } = context.kargs;
  const truth = reaches(context, tls, 16n, 'read');
  return truth === true && !isInArena(tls) ? undefined : truth;
}

/** i386: whether a `struct user_desc` for an entry that there is lies at an address that can be read. Zeroes are none. */
function isDescriptor(tls: bigint): Truth {
  if (tls === DESCRIPTOR) return true;
  return isZeroForGood(tls) ? false : undefined;
}

/** check_zeroed_user() stops at the first byte that is not zero, or at the first that cannot be read. */
function nonzeroTail({ kargs }: Context): boolean {
  return kargs.tail !== undefined && (kargs.readable === undefined || kargs.tail < kargs.readable);
}

function cgroupIs({ facts: { caller }, kargs }: Context, word: string): Truth {
  const kind: CgroupFdKind | null = caller.cgroup_fds[Number(kargs.cgroup)] ?? caller.cgroup_fd_default;
  if (kind === null) return undefined;
  if (word === 'live') return ['child', 'invalid', 'busy', 'threaded'].includes(kind);
  if (word === 'elsewhere') return kind === 'child' || kind === 'busy' || kind === 'threaded';
  return kind === word;
}
