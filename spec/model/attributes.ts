import { hasFeature } from '../features.js';
import { InputError, didYouMean } from '../rules/input-error.js';
import { NAMESPACE_KINDS, type CallerFacts, type KernelFacts, type PidNsOwner } from './facts.js';
import { MAX_PID_NS_LEVEL, pidMaxLimit } from './kernel-limits.js';
import { ALL_CAPABILITIES } from './nominal.js';

type Change = (facts: CallerFacts, kernel: KernelFacts) => CallerFacts;

/** What each attribute of `harness/probe/README.md` makes of a caller. */
const CHANGES: Readonly<Record<string, Change>> = {
  user: (facts) => ({
    ...facts,
    uid: 1000,
    euid: 1000,
    gid: 1000,
    egid: 1000,
    kuid: 1000,
    cap_effective: 0n,
    ...unwritableCgroups(facts),
  }),
  'no-caps': (facts) => ({ ...facts, cap_effective: 0n }),
  'no-new-privs': (facts) => ({ ...facts, no_new_privs: true }),
  userns: (facts) => enterUserNs(facts, 1, { uid: true, gid: true }),
  'userns-unmapped': (facts) => enterUserNs(facts, 1, { uid: false, gid: false }),
  'userns-no-gid-map': (facts) => enterUserNs(facts, 1, { uid: true, gid: false }),
  'userns-no-uid-map': (facts) => enterUserNs(facts, 1, { uid: false, gid: true }),
  'userns-deepest': (facts) => enterUserNs(facts, 33 - (facts.user_ns_level ?? 0), { uid: true, gid: true }),
  pidns: (facts, kernel) => enterPidNs(facts, kernel, 1),
  'pidns-deepest': (facts, kernel) => enterPidNs(facts, kernel, MAX_PID_NS_LEVEL - (facts.pid_ns_level ?? 0)),
  'pidns-foreign': (facts, kernel) => ({ ...enterPidNs(facts, kernel, 1, 'inner'), pid_ns_owner_is_ancestor: false }),
  'pidns-init': (facts, kernel) => ({ ...enterPidNs(facts, kernel, 1), pid_ns_init: true, tids: [1, ...facts.tids] }),
  chroot: (facts) => ({ ...facts, chrooted: true }),
  'seccomp-container': (facts) => ({ ...facts, seccomp_filter: 'container' }),
  'pids-max': (facts) => ({ ...facts, pids_limit_reached: true }),
  cgroups: (facts) => ({
    ...facts,
    cgroup_fds: {
      10: 'child',
      11: 'directory',
      12: 'file',
      13: 'v1',
      14: 'removed',
      15: 'invalid',
      16: 'busy',
      17: 'threaded',
      99: 'closed',
    },
  }),
  'unshare-pid': (facts) => ({ ...facts, pid_ns_for_children: 'empty' }),
  'dead-pidns': (facts) => ({ ...facts, pid_ns_for_children: 'dead' }),
  'unshare-time': (facts, kernel) =>
    hasFeature(kernel, 'newtime') ? { ...facts, time_ns_for_children: 'other' } : facts,
  threads: (facts) => ({ ...facts, threads: 2 }),
  deadline: (facts) => ({ ...facts, sched_policy: 6 }),
  'deadline-reset': (facts) => ({ ...facts, sched_policy: 6, sched_reset_on_fork: true }),
  nofile: (facts) => ({ ...facts, fd_room: false }),
  autoreap: (facts) => ({ ...facts, autoreap: true }),
};

/** Attributes that carry a value. */
const VALUED: readonly {
  readonly pattern: RegExp;
  readonly change: (facts: CallerFacts, value: string, word: string) => CallerFacts;
}[] = [
  {
    pattern: /^caps=(0x[0-9a-fA-F]+|\d+)$/,
    change: (facts, value) => ({ ...facts, cap_effective: facts.cap_effective & BigInt(value) }),
  },
  {
    pattern: /^nproc=(\d+)$/,
    change: (facts, value) => ({ ...facts, rlimit_nproc: (facts.nproc_count ?? 0) + Number(value) }),
  },
  {
    pattern: new RegExp(`^max-(?:${[...NAMESPACE_KINDS, 'all'].join('|')})=(\\d+)$`),
    change: (facts, value, word) => {
      const kind = word.slice('max-'.length, word.indexOf('='));
      const limited = Object.fromEntries(
        NAMESPACE_KINDS.map((name) => [
          name,
          kind === 'all' || kind === name ? Number(value) : facts.max_namespaces[name],
        ]),
      );
      return { ...facts, max_namespaces: { ...facts.max_namespaces, ...limited } };
    },
  },
];

/**
 * The facts about a caller after it has taken on an attribute, where nothing stands in its way.
 *
 * @throws InputError for an attribute that there is not
 */
export function applyAttribute(facts: CallerFacts, attribute: string, kernel: KernelFacts): CallerFacts {
  const change = Object.hasOwn(CHANGES, attribute) ? CHANGES[attribute] : undefined;
  if (change !== undefined) return change(facts, kernel);
  for (const { pattern, change: valued } of VALUED) {
    const value = pattern.exec(attribute)?.[1];
    if (value !== undefined) return valued(facts, value, attribute);
  }
  throw unknownAttribute(attribute);
}

/** What to say of an attribute that there is not. */
export function unknownAttribute(text: string): InputError {
  const known = [...Object.keys(CHANGES), 'caps=N', 'nproc=N', 'max-KIND=N'];
  return new InputError(`unknown attribute ${text}`, didYouMean(text, known));
}

/** Says whether there is such an attribute. */
export function isAttribute(text: string): boolean {
  return Object.hasOwn(CHANGES, text) || VALUED.some(({ pattern }) => pattern.test(text));
}

/** Overflow id: what an id without a mapping is shown as. */
const OVERFLOW_ID = 65534;

function enterUserNs(facts: CallerFacts, levels: number, mapped: { uid: boolean; gid: boolean }): CallerFacts {
  const outer: PidNsOwner = 'outer';
  return {
    ...facts,
    uid: mapped.uid ? 0 : OVERFLOW_ID,
    euid: mapped.uid ? 0 : OVERFLOW_ID,
    gid: mapped.gid ? 0 : OVERFLOW_ID,
    egid: mapped.gid ? 0 : OVERFLOW_ID,
    cap_effective: ALL_CAPABILITIES,
    user_ns_initial: false,
    user_ns_level: facts.user_ns_level === null ? null : facts.user_ns_level + levels,
    user_ns_level_most: null,
    euid_mapped: mapped.uid,
    egid_mapped: mapped.gid,
    pid_ns_owners: facts.pid_ns_owners.map(() => outer),
  };
}

function enterPidNs(facts: CallerFacts, kernel: KernelFacts, levels: number, owner: PidNsOwner = 'own'): CallerFacts {
  return {
    ...facts,
    pid_ns_level: facts.pid_ns_level === null ? null : facts.pid_ns_level + levels,
    pid_ns_level_most: null,
    pid_ns_owners: [...Array.from({ length: levels }, () => owner), ...facts.pid_ns_owners],
    pid_max: hasFeature(kernel, 'pid_max_per_namespace') ? pidMaxLimit(kernel) : facts.pid_max,
    tids: [...Array.from({ length: levels }, () => 2), ...facts.tids],
  };
}

function unwritableCgroups(facts: CallerFacts): Partial<CallerFacts> {
  return facts.cgroup_fds[10] === undefined ? {} : { cgroup_writable: false };
}
