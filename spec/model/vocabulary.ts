import type { Quantity, Reader, Truth, Vocabulary } from '../expression/compile.js';
import { hasFeature } from '../features.js';
import { FLAGS } from '../flags.js';
import { hasChange } from '../rules/version.js';
import type { Context } from './context.js';
import {
  CGROUP_FD_KINDS,
  NAMESPACE_KINDS,
  type CallerFacts,
  type CgroupFdKind,
  type Facts,
  type KernelFacts,
} from './facts.js';
import { accessOk, CAPABILITIES, INT_MAX, MAX_PID_NS_LEVEL, NSIG, type CapabilityName } from './kernel-limits.js';
import { accessible } from './memory.js';

/** SCHED_DEADLINE of include/uapi/linux/sched.h. */
const SCHED_DEADLINE = 6;

const truth = (read: (context: Context) => Truth): Reader<Context> => ({ type: 'truth', read });
const number = (read: (context: Context) => Quantity): Reader<Context> => ({ type: 'number', read });
const known = <T>(value: T | null): T | undefined => value ?? undefined;

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

const LIMITS: [string, Reader<Context>][] = [
  ['PAGE_SIZE', number(({ facts }) => facts.kernel.page_size)],
  ['TASK_SIZE_MAX', number((context) => context.taskSizeMax)],
  ['ARGS_SIZE', number((context) => context.argsSize)],
  ['MAX_PID_NS_LEVEL', number(() => MAX_PID_NS_LEVEL)],
  ['INT_MAX', number(() => INT_MAX)],
  ['NSIG', number(() => NSIG)],
  ['sysctl.unprivileged_userns_clone', number(({ facts }) => facts.kernel.unprivileged_userns_clone ?? 1)],
];

const CALLER: [string, Reader<Context>][] = [
  ['caller.seccomp_container', truth(({ facts }) => facts.caller.seccomp_filter === 'container')],
  ['caller.pid_ns_init', truth(({ facts }) => facts.caller.pid_ns_init)],
  ['caller.pid_ns_level', number(({ facts }) => known(facts.caller.pid_ns_level))],
  ['caller.pid_ns_owner_is_ancestor', truth(({ facts }) => facts.caller.pid_ns_owner_is_ancestor)],
  ['caller.pid_ns_for_children_differs', truth(({ facts }) => facts.caller.pid_ns_for_children !== 'same')],
  ['caller.pid_ns_for_children_dead', truth(({ facts }) => facts.caller.pid_ns_for_children === 'dead')],
  ['caller.time_ns_for_children_differs', truth(({ facts }) => facts.caller.time_ns_for_children === 'other')],
  ['caller.user_ns_level', number(({ facts }) => known(facts.caller.user_ns_level))],
  ['caller.chrooted', truth(({ facts }) => known(facts.caller.chrooted))],
  ['caller.euid_mapped', truth(({ facts }) => facts.caller.euid_mapped)],
  ['caller.egid_mapped', truth(({ facts }) => facts.caller.egid_mapped)],
  ['caller.nproc_reached', truth(nprocReached)],
  ['caller.sched_deadline', truth(({ facts }) => facts.caller.sched_policy === SCHED_DEADLINE)],
  ['caller.sched_reset_on_fork', truth(({ facts }) => facts.caller.sched_reset_on_fork)],
  ['caller.fd_room', truth(({ facts }) => facts.caller.fd_room)],
  ['caller.cgroup_writable', truth(({ facts }) => known(facts.caller.cgroup_writable))],
  ['caller.pids_limit_reached', truth(({ facts }) => facts.caller.pids_limit_reached)],
  ['caller.autoreap', truth(({ facts }) => facts.caller.autoreap)],
  // Nothing that clonecheck makes; each clause that asks for one says under `unjudged` why.
  ...[
    'caller.lsm_denies_userns',
    'caller.lsm_denies_task',
    'caller.threads_max_reached',
    'caller.pid_max_reached',
    'caller.out_of_memory',
    'caller.fd_above_nr_open',
    'caller.fs_in_exec',
    'caller.cpuset_empty',
    'caller.cgroup_read_only',
    'caller.shadow_stack_unavailable',
  ].map((name): [string, Reader<Context>] => [name, truth(() => false)]),
  ...NAMESPACE_KINDS.map((kind): [string, Reader<Context>] => [
    `caller.max_${kind}_namespaces`,
    // Where the control is missing nothing is limited.
    number(({ facts }) => facts.caller.max_namespaces[kind] ?? INT_MAX),
  ]),
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

/** The closed vocabulary in which the conditions of clauses are written. */
export const VOCABULARY: Vocabulary<Context> = {
  names: new Map([...flagNames(), ...ARGUMENTS, ...LIMITS, ...CALLER, ...REQUESTED_TID]),
  functions: new Map([
    [
      'capable',
      {
        arguments: Object.keys(CAPABILITIES),
        of: (name: string) => truth(({ facts }) => capable(facts, name as CapabilityName)),
      },
    ],
    [
      'ns_capable',
      {
        arguments: Object.keys(CAPABILITIES),
        of: (name: string) => truth(({ facts }) => nsCapable(facts, name as CapabilityName)),
      },
    ],
    ['readable', { arguments: ['uargs', 'set_tid', 'tls'], of: readable }],
    [
      'writable',
      {
        arguments: ['pidfd'],
        of: () => truth((context) => accessible(context.kargs.pidfd, 4n, 'write', context.taskSizeMax)),
      },
    ],
    ['nonzero', { arguments: ['tail'], of: () => truth(nonzeroTail) }],
    [
      'access_ok',
      {
        arguments: ['stack'],
        of: () => truth(({ facts, kargs }) => accessOk(facts.kernel, kargs.stack, kargs.stack_size)),
      },
    ],
    ['cgroup_is', { arguments: CGROUP_WORDS, of: (word: string) => truth((context) => cgroupIs(context, word)) }],
  ]),
};

/** capable(): over the initial user namespace. */
export function capable(facts: Facts, capability: CapabilityName): boolean {
  return facts.caller.user_ns_initial && nsCapable(facts, capability);
}

/** ns_capable(): over the caller's own user namespace. */
export function nsCapable(facts: Facts, capability: CapabilityName): boolean {
  return ((facts.caller.cap_effective >> CAPABILITIES[capability]) & 1n) === 1n;
}

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

/**
 * RLIMIT_NPROC of kernel/fork.c copy_process(): the user root of the initial user namespace and tasks with CAP_SYS_RESOURCE
 * or CAP_SYS_ADMIN over it are exempt.
 */
function nprocReached({ facts }: Context): Truth {
  const { caller, kernel } = facts;
  if (caller.rlimit_nproc === null) return false;
  if (caller.kuid === 0 || capable(facts, 'CAP_SYS_RESOURCE') || capable(facts, 'CAP_SYS_ADMIN')) return false;
  return nprocFilled(caller, caller.rlimit_nproc, kernel) && (caller.kuid === null ? undefined : true);
}

function nprocFilled({ nproc_count }: CallerFacts, limit: number, kernel: KernelFacts): boolean {
  if (limit === 0) return true;
  // A limit that others of the same user fill too is taken as far away: where it is not, no arena can be made either.
  if (nproc_count === null) return false;
  const counted = hasFeature(kernel, 'nproc_by_ucounts') && !hasFeature(kernel, 'nproc_after_creds');
  // Between 5.14 and the stable releases of 5.17's change, one task more than the limit was allowed.
  return counted ? nproc_count > limit : nproc_count >= limit;
}

function readable(argument: string): Reader<Context> {
  switch (argument) {
    case 'uargs':
      return truth(({ kargs }) => kargs.readable === undefined || BigInt(kargs.readable) >= kargs.usize);
    case 'tls':
      return truth((context) => accessible(context.kargs.tls, 16n, 'read', context.taskSizeMax));
    default:
      return truth((context) =>
        accessible(context.kargs.set_tid, 4n * context.kargs.set_tid_size, 'read', context.taskSizeMax),
      );
  }
}

/** check_zeroed_user() stops at the first byte that is not zero, or at the first that cannot be read. */
function nonzeroTail({ kargs }: Context): boolean {
  return kargs.tail !== undefined && (kargs.readable === undefined || kargs.tail < kargs.readable);
}

/** One for each pid namespace from the child's to the initial one. */
function pidNsLevels({ facts: { caller }, kargs }: Context): Quantity {
  if (caller.pid_ns_level === null) return undefined;
  const CLONE_NEWPID = 0x2000_0000;
  const deeper = (kargs.lo & CLONE_NEWPID) !== 0 || caller.pid_ns_for_children !== 'same';
  return caller.pid_ns_level + 1 + (deeper ? 1 : 0);
}

function cgroupIs({ facts: { caller }, kargs }: Context, word: string): Truth {
  const kind: CgroupFdKind | null = caller.cgroup_fds[Number(kargs.cgroup)] ?? caller.cgroup_fd_default;
  if (kind === null) return undefined;
  if (word === 'live') return ['child', 'invalid', 'busy', 'threaded'].includes(kind);
  if (word === 'elsewhere') return kind === 'child' || kind === 'busy' || kind === 'threaded';
  return kind === word;
}
