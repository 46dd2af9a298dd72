import { describe, expect, test } from '@jest/globals';
import { ERROR_CLAUSES } from './clauses.js';
import { CALLERS, callerNamed, nominalFacts, parseCallers, type NamedCaller } from './callers.js';
import { isAttribute } from './model/attributes.js';
import type { CallerFacts } from './model/facts.js';
import { ALL_CAPABILITIES, NEWEST_KERNEL, ROOT, nominalKernel } from './model/nominal.js';

const NEWEST = nominalKernel(NEWEST_KERNEL);

describe('the callers of the file', () => {
  test('have names of their own', () => {
    expect(new Set(CALLERS.map(({ name }) => name)).size).toBe(CALLERS.length);
  });

  test('are made of attributes that there are', () => {
    expect(CALLERS.flatMap(({ attributes }) => attributes).filter((attribute) => !isAttribute(attribute))).toEqual([]);
  });

  test('are told apart by their attributes', () => {
    expect(new Set(CALLERS.map(({ attributes }) => attributes.join('+'))).size).toBe(CALLERS.length);
  });

  test('are found by their names', () => {
    for (const caller of CALLERS) expect(callerNamed(caller.name)).toBe(caller);
  });

  test('include every one that an example of a clause asks for', () => {
    const wanted = ERROR_CLAUSES.clauses.flatMap(({ example }) => example?.caller ?? []);
    expect(wanted.filter((name) => !CALLERS.some((caller) => caller.name === name))).toEqual([]);
  });
});

describe('attributes joined with + are a caller too', () => {
  test('entered in the order in which they are written', () => {
    expect(callerNamed('chroot+user+nproc=3')).toEqual({
      name: 'chroot+user+nproc=3',
      attributes: ['chroot', 'user', 'nproc=3'],
    });
  });

  test.each([
    ['rot', 'unknown caller rot', 'did you mean root?'],
    ['userns-rot', 'unknown caller userns-rot', 'did you mean userns-root?'],
    ['nobody', 'unknown caller nobody', 'it is one of root, user, '],
    ['', 'unknown caller ', 'it is one of root, user, '],
    ['chroot+usr', 'unknown attribute usr', 'did you mean user?'],
    ['chroot+root', 'unknown attribute root', 'did you mean chroot?'],
    ['nprc=3', 'unknown attribute nprc=3', 'did you mean nproc=N?'],
    ['user+max-socks=0', 'unknown attribute max-socks=0', 'max-KIND=N'],
  ])('%s is none', (text, what, hint) => {
    expect(() => callerNamed(text)).toThrow(
      expect.objectContaining({ what, hint: expect.stringContaining(hint) as unknown }),
    );
  });
});

/** What becomes of root's facts, and nothing else, when a caller's attributes are entered where nothing is in the way. */
const DIFFERENCE: Readonly<Record<string, Partial<CallerFacts>>> = {
  root: {},
  user: { uid: 1000, euid: 1000, gid: 1000, egid: 1000, kuid: 1000, cap_effective: 0n },
  'root-no-caps': { cap_effective: 0n },
  'checkpoint-restore': { cap_effective: 1n << 40n },
  'sys-admin': { cap_effective: 1n << 21n },
  'no-new-privs': { no_new_privs: true },
  'userns-root': { kuid: 1000, user_ns_initial: false, user_ns_level: 1, pid_ns_owners: ['outer'] },
  'userns-pidns-root': {
    kuid: 1000,
    user_ns_initial: false,
    user_ns_level: 1,
    pid_ns_level: 1,
    pid_ns_owners: ['own', 'outer'],
    tids: [2, 1000],
  },
  'userns-unmapped': {
    ...{ uid: 65534, euid: 65534, gid: 65534, egid: 65534, kuid: 1000, euid_mapped: false, egid_mapped: false },
    ...{ user_ns_initial: false, user_ns_level: 1, pid_ns_owners: ['outer'] },
  },
  'userns-no-uid-map': {
    ...{ uid: 65534, euid: 65534, euid_mapped: false },
    ...{ user_ns_initial: false, user_ns_level: 1, pid_ns_owners: ['outer'] },
  },
  'userns-no-gid-map': {
    ...{ gid: 65534, egid: 65534, kuid: 1000, egid_mapped: false },
    ...{ user_ns_initial: false, user_ns_level: 1, pid_ns_owners: ['outer'] },
  },
  'userns-deepest': { kuid: 1000, user_ns_initial: false, user_ns_level: 33, pid_ns_owners: ['outer'] },
  pidns: { pid_ns_level: 1, pid_ns_owners: ['own', 'own'], tids: [2, 1000] },
  'pidns-init': { pid_ns_level: 1, pid_ns_owners: ['own', 'own'], tids: [1, 1000], pid_ns_init: true },
  'pidns-deepest': {
    pid_ns_level: 32,
    pid_ns_owners: Array.from({ length: 33 }, () => 'own' as const),
    tids: [...Array.from({ length: 32 }, () => 2), 1000],
  },
  'pidns-foreign': {
    pid_ns_level: 1,
    pid_ns_owners: ['inner', 'own'],
    tids: [2, 1000],
    pid_ns_owner_is_ancestor: false,
  },
  'after-unshare-pid': { pid_ns_for_children: 'empty' },
  'dead-pidns': { pid_ns_for_children: 'dead' },
  'after-unshare-time': { time_ns_for_children: 'other' },
  chroot: { chrooted: true },
  nproc: { ...{ uid: 1000, euid: 1000, gid: 1000, egid: 1000, kuid: 1000, cap_effective: 0n }, rlimit_nproc: 2 },
  'nproc-root': { rlimit_nproc: 2 },
  threads: { threads: 2 },
  deadline: { sched_policy: 6 },
  'deadline-reset': { sched_policy: 6, sched_reset_on_fork: true },
  nofile: { fd_room: false },
  'pids-max': { pids_limit_reached: true },
  autoreap: { autoreap: true },
  container: { no_new_privs: true, seccomp_filter: 'container' },
};

describe('a caller is root but for what its attributes say', () => {
  test.each(Object.entries(DIFFERENCE))('%s', (name, difference) => {
    expect(nominalFacts(callerNamed(name), NEWEST)).toEqual({ ...ROOT, ...difference });
  });

  test('every kind of namespace has a caller for whom it is used up, and one for whom all are', () => {
    for (const kind of ['user', 'pid', 'uts', 'ipc', 'net', 'mnt', 'cgroup', 'time'] as const) {
      const facts = nominalFacts(callerNamed(`max-${kind}`), NEWEST);
      expect(facts.max_namespaces).toEqual({ ...ROOT.max_namespaces, [kind]: 0 });
      expect(nominalFacts(callerNamed('max-all'), NEWEST).max_namespaces[kind]).toBe(0);
    }
  });

  test('root of a new user namespace has every capability in it', () => {
    expect(nominalFacts(callerNamed('userns-root'), NEWEST).cap_effective).toBe(ALL_CAPABILITIES);
  });

  test('descriptors of cgroups belong to root', () => {
    expect(nominalFacts(callerNamed('cgroups'), NEWEST)).toMatchObject({ cgroup_writable: true });
    expect(nominalFacts(callerNamed('cgroups-user'), NEWEST)).toMatchObject({ cgroup_writable: false });
    expect(nominalFacts(callerNamed('cgroups'), NEWEST).cgroup_fds).toMatchObject({
      10: 'child',
      16: 'busy',
      99: 'closed',
    });
  });

  test('and is so on every kernel for as long as the kernel knows the thing', () => {
    const old = nominalKernel([4, 4, 0]);
    for (const caller of CALLERS) expect(() => nominalFacts(caller, old)).not.toThrow();
    expect(nominalFacts(callerNamed('after-unshare-time'), old)).toEqual(ROOT);
  });
});

/** Attributes that take a privilege which an ordinary user does not have; a user namespace made before them gives it. */
const PRIVILEGED =
  /^(caps=|no-caps|pidns|unshare-|dead-pidns|chroot|deadline|pids-max|cgroups|userns-no-uid-map|autoreap)/;

function needsRoot({ attributes }: NamedCaller): boolean {
  const first = attributes.find((attribute) => PRIVILEGED.test(attribute) || attribute === 'userns');
  // Only root can tell whose tasks count against a limit of more than none, and be a root whom it does not bind.
  return (
    attributes.length === 0 ||
    (first !== undefined && first !== 'userns') ||
    attributes.includes('nproc=1') ||
    (attributes.includes('nproc=0') && !attributes.includes('user'))
  );
}

test('a caller needs root where an attribute does', () => {
  expect(CALLERS.filter((caller) => caller.needsRoot !== needsRoot(caller)).map(({ name }) => name)).toEqual([]);
});

describe('a mistake in the file is pointed at', () => {
  test.each([
    ['{name: Root, what: x, attributes: []}', 'f:2:12: name: '],
    ['{name: x, what: x, attributes: [], needs: rot}', 'f:2:47: needs is "rot"'],
    ['{name: x, what: x}', 'f:2:5: callers.0.attributes is missing'],
    ['{name: x, what: x, atributes: []}', 'f:2:24: unknown field atributes'],
  ])('%s', (text, message) => {
    expect(() => parseCallers(`callers:\n  - ${text}\n`, 'f')).toThrow(message);
  });
});
