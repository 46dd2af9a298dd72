import type { CallerFacts, Facts, KnownTids, PidNsOwner } from '../facts.js';
import { ALL_CAPABILITIES } from '../nominal.js';
import type { Kernel } from './kernel.js';
import type { PidNamespace } from './resources.js';
import type { Task } from './task.js';

/** Capabilities in a task's own user namespace. */
export function capabilitiesOf(k: Kernel, task: Task): bigint {
  if (task.own.lostCapabilities) return 0n;
  return task.namespaces.user === k.first.namespaces.user ? k.facts.caller.cap_effective : ALL_CAPABILITIES;
}

const CAPABILITY = { SYS_CHROOT: 18, SYS_ADMIN: 21, SYS_NICE: 23, IPC_LOCK: 14 } as const;

/** Says whether a task has a capability in its own user namespace. */
export function capable(k: Kernel, task: Task, name: keyof typeof CAPABILITY): boolean {
  return ((capabilitiesOf(k, task) >> BigInt(CAPABILITY[name])) & 1n) === 1n;
}

/** The facts of a task of a scenario, from those of its first task. */
export function factsOf(k: Kernel, task: Task): Facts {
  const base = k.facts.caller;
  const { namespaces, own, pidNs } = task;
  const inNewUserNs = namespaces.user !== k.first.namespaces.user;
  const made = pidNs.chain().slice(0, -1);
  const caller: CallerFacts = {
    ...base,
    cap_effective: capabilitiesOf(k, task),
    no_new_privs: own.noNewPrivs,
    chrooted: task.fs.root === 'root' ? base.chrooted : true,
    sched_policy: own.policy,
    sched_reset_on_fork: own.resetOnFork,
    pid_ns_level: deeper(base.pid_ns_level, made.length),
    pid_ns_level_most: deeper(base.pid_ns_level_most, made.length),
    pid_ns_owners: [
      ...made.map((ns) => ownerOf(task, ns)),
      ...base.pid_ns_owners.map((owner) => (inNewUserNs && owner !== null ? 'outer' : owner)),
    ],
    pid_ns_owner_is_ancestor: made.length > 0 ? true : base.pid_ns_owner_is_ancestor,
    pid_ns_init: pidNs.init?.group === task.group,
    pid_ns_for_children: forChildren(task),
    time_ns_for_children: namespaces.time === namespaces.time_for_children ? 'same' : 'other',
    tids: made.length > 0 ? [] : base.tids,
    known_tids: made.map((ns) => knownTids(k, ns)),
    ...(inNewUserNs && {
      user_ns_initial: false,
      euid_mapped: false,
      egid_mapped: false,
      user_ns_level: deeper(base.user_ns_level, depthOf(k, task)),
      user_ns_level_most: deeper(base.user_ns_level_most, depthOf(k, task)),
    }),
    // The structure of a group that was made with CLONE_AUTOREAP says so to later calls.
    autoreap: task.group === k.first.group ? base.autoreap : task.group.autoreap,
  };
  return { kernel: k.facts.kernel, caller };
}

function deeper(level: number | null | undefined, levels: number): number | null {
  return level === null || level === undefined ? null : level + levels;
}

function depthOf(k: Kernel, { namespaces }: Task): number {
  let depth = 0;
  for (let ns = namespaces.user; ns !== k.first.namespaces.user && ns.parent !== undefined; ns = ns.parent) depth++;
  return depth;
}

function ownerOf({ namespaces: { user } }: Task, { owner }: PidNamespace): PidNsOwner {
  if (owner === user) return 'own';
  return owner.isAround(user) ? 'outer' : 'inner';
}

function forChildren({ namespaces: { pid_for_children: ns }, pidNs }: Task): CallerFacts['pid_ns_for_children'] {
  if (ns === pidNs) return ns.dead ? 'dead' : 'same';
  if (ns.dead) return 'dead';
  return ns.init === undefined ? 'empty' : 'living';
}

/** TIDs of a namespace that the scenario made: those that were asked for, and the few lowest, which the kernel picks. */
function knownTids(k: Kernel, ns: PidNamespace): KnownTids {
  const inside = [...k.tasks.values()].filter(
    ({ pidNs, alive, group }) => ns.contains(pidNs) && (alive || group.state !== 'reaped'),
  );
  return { used: inside.flatMap((task) => task.chosenTids.get(ns) ?? []), picked: k.clones + 1 };
}
