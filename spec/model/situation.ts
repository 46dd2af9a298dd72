import type { FunctionOf, Quantity, Reader, Truth } from '../expression/compile.js';
import { hasFeature } from '../features.js';
import { NAMESPACE_KINDS, type CallerFacts, type Facts, type KernelFacts } from './facts.js';
import { CAPABILITIES, INT_MAX, MAX_PID_NS_LEVEL, NSIG, type CapabilityName } from './kernel-limits.js';
import { pidNsLevel, userNsLevel } from './nesting.js';

/** Kernel and caller, and what follows from them alone: the same for every call that this caller makes. */
export interface Situation {
  readonly facts: Facts;
  /** `ARGS_SIZE`: bytes of the `struct clone_args` that the kernel knows. */
  readonly argsSize: number;
  readonly taskSizeMax: bigint;
}

/** SCHED_DEADLINE of include/uapi/linux/sched.h. */
const SCHED_DEADLINE = 6;

const truth = (read: (situation: Situation) => Truth): Reader<Situation> => ({ type: 'truth', read });
const number = (read: (situation: Situation) => Quantity): Reader<Situation> => ({ type: 'number', read });
const known = <T>(value: T | null): T | undefined => value ?? undefined;

const LIMITS: [string, Reader<Situation>][] = [
  ['PAGE_SIZE', number(({ facts }) => facts.kernel.page_size)],
  ['TASK_SIZE_MAX', number(({ taskSizeMax }) => taskSizeMax)],
  ['ARGS_SIZE', number(({ argsSize }) => argsSize)],
  ['MAX_PID_NS_LEVEL', number(() => MAX_PID_NS_LEVEL)],
  ['INT_MAX', number(() => INT_MAX)],
  ['NSIG', number(() => NSIG)],
  ['sysctl.unprivileged_userns_clone', number(({ facts }) => facts.kernel.unprivileged_userns_clone ?? 1)],
];

const CALLER: [string, Reader<Situation>][] = [
  ['caller.seccomp_container', truth(({ facts }) => facts.caller.seccomp_filter === 'container')],
  ['caller.pid_ns_init', truth(({ facts }) => facts.caller.pid_ns_init)],
  ['caller.pid_ns_level', number(({ facts }) => pidNsLevel(facts.caller))],
  ['caller.pid_ns_owner_is_ancestor', truth(({ facts }) => facts.caller.pid_ns_owner_is_ancestor)],
  ['caller.pid_ns_for_children_differs', truth(({ facts }) => facts.caller.pid_ns_for_children !== 'same')],
  ['caller.pid_ns_for_children_dead', truth(({ facts }) => facts.caller.pid_ns_for_children === 'dead')],
  ['caller.time_ns_for_children_differs', truth(({ facts }) => facts.caller.time_ns_for_children === 'other')],
  ['caller.user_ns_level', number(({ facts }) => userNsLevel(facts.caller))],
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
  ].map((name): [string, Reader<Situation>] => [name, truth(() => false)]),
  ...NAMESPACE_KINDS.map((kind): [string, Reader<Situation>] => [
    `caller.max_${kind}_namespaces`,
    // Where the control is missing nothing is limited.
    number(({ facts }) => facts.caller.max_namespaces[kind] ?? INT_MAX),
  ]),
];

/** Names of the vocabulary that no call has a say in. */
export const SITUATION_NAMES: readonly [string, Reader<Situation>][] = [...LIMITS, ...CALLER];

/** Functions of the vocabulary that no call has a say in. */
export const SITUATION_FUNCTIONS: readonly [string, FunctionOf<Situation>][] = [
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
];

/** capable(): over the initial user namespace. */
export function capable(facts: Facts, capability: CapabilityName): boolean {
  return facts.caller.user_ns_initial && nsCapable(facts, capability);
}

/** ns_capable(): over the caller's own user namespace. */
export function nsCapable(facts: Facts, capability: CapabilityName): boolean {
  return ((facts.caller.cap_effective >> CAPABILITIES[capability]) & 1n) === 1n;
}

/**
 * RLIMIT_NPROC of kernel/fork.c copy_process(): the user root of the initial user namespace and tasks with CAP_SYS_RESOURCE
 * or CAP_SYS_ADMIN over it are exempt.
 */
function nprocReached({ facts }: Situation): Truth {
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
