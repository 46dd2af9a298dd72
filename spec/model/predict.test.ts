import { describe, expect, test } from '@jest/globals';
import { callerNamed, nominalFacts } from '../callers.js';
import { compareVersions, parseKernelVersion, type KernelVersion } from '../rules/version.js';
import { parseCall } from '../text/parse.js';
import type { CallerFacts, KernelFacts } from './facts.js';
import { nominalKernel } from './nominal.js';
import { predict, type Prediction } from './predict.js';

/** Releases on both sides of every change that a case below names. */
const RELEASES =
  '4.4 4.5 4.6 4.8 4.9 4.13 4.14 5.1 5.2 5.3 5.4 5.5 5.6 5.7 5.8 5.9 5.10 5.13 5.14 5.15 5.16 5.17 6.1 6.2 6.3 6.8 6.9 6.12 6.13 6.14 6.19 7.0 7.1 7.3'.split(
    ' ',
  );

interface Case {
  readonly caller?: string;
  readonly kernel?: Partial<KernelFacts>;
  readonly facts?: Partial<CallerFacts>;
}

function version(text: string): KernelVersion {
  return parseKernelVersion(text) ?? [0, 0, 0];
}

function at(release: string, call: string, { caller = 'root', kernel: other, facts }: Case = {}): Prediction {
  const kernel = { ...nominalKernel(version(release)), ...other };
  const self = { ...nominalFacts(callerNamed(caller), kernel), ...facts };
  return predict({ kernel, caller: self }, parseCall(call).call);
}

/**
 * Holds a call to its answers: `EINVAL` on every release; `from 5.2 EINVAL, from 6.9 ok` from the first release named on. Several
 * answers, as in `EPERM/ok`, are all that are allowed.
 */
function check(caller: string, call: string, answers: string, more: Case = {}): void {
  const changes = answers.split(', ').map((part) => {
    const [, since = '0.0', answer = part] = /^from (\S+) (\S+)$/.exec(part) ?? [];
    return { since: version(since), answer: answer.replace('ok', 'success') };
  });
  const wanted = RELEASES.map((release) => ({
    release,
    answer: changes.filter(({ since }) => compareVersions(since, version(release)) <= 0).at(-1)?.answer,
  })).filter(({ answer }) => answer !== undefined);
  const found = wanted.map(({ release }) => ({
    release,
    answer: at(release, call, { caller, ...more }).allowed.join('/'),
  }));
  expect(found).toEqual(wanted);
}

type Row = readonly [caller: string, call: string, answers: string];
const THREAD = 'CLONE_VM|CLONE_SIGHAND|CLONE_THREAD';

describe('no privilege beats every rule about namespaces and all that comes later', () => {
  test.each<Row>([
    ['user', 'clone(CLONE_NEWIPC|CLONE_SYSVSEM)', 'EPERM'],
    ['root', 'clone(CLONE_NEWIPC|CLONE_SYSVSEM)', 'EINVAL'],
    ['user', 'clone(CLONE_NEWUTS|CLONE_PIDFD, parent_tid=unmapped)', 'EPERM'],
    ['root', 'clone(CLONE_NEWUTS|CLONE_PIDFD, parent_tid=unmapped)', 'ok, from 5.2 EFAULT'],
    ['user', 'clone3({flags=CLONE_NEWUTS, set_tid=[0]})', 'from 5.5 EPERM'],
    ['root', 'clone3({flags=CLONE_NEWUTS, set_tid=[0]})', 'from 5.5 EINVAL'],
    ['user', 'clone3({flags=CLONE_NEWUTS|CLONE_INTO_CGROUP, cgroup=99})', 'from 5.7 EPERM'],
    ['root', 'clone3({flags=CLONE_NEWUTS|CLONE_INTO_CGROUP, cgroup=99})', 'from 5.7 EBADF'],
    ['user', 'clone(CLONE_NEWUTS|CLONE_THREAD)', 'EINVAL'],
    ['root-no-caps', 'clone(CLONE_NEWNET)', 'EPERM'],
    ['sys-admin', 'clone(CLONE_NEWNET)', 'ok'],
    ['userns-root', 'clone(CLONE_NEWNET)', 'ok'],
    ['user', 'clone(CLONE_NEWCGROUP)', 'ok, from 4.6 EPERM'],
  ])('%s: %s: %s', (caller, call, answers) => {
    check(caller, call, answers);
  });

  test('and a namespace that the kernel was not built with', () => {
    const { config } = nominalKernel([6, 12, 0]);
    const without = { kernel: { config: { ...config, uts_ns: false } } };
    check('user', 'clone(CLONE_NEWUTS)', 'EPERM', without);
    check('root', 'clone(CLONE_NEWUTS)', 'EINVAL', without);
  });

  test('but a new user namespace gives the privilege', () => {
    check('user', 'clone(CLONE_NEWUSER|CLONE_NEWUTS)', 'ok');
    check('user', 'clone(CLONE_NEWUSER|CLONE_NEWIPC|CLONE_SYSVSEM)', 'EINVAL');
  });

  test('unless it is refused itself, which comes first', () => {
    check('chroot', 'clone(CLONE_NEWUSER|CLONE_NEWIPC|CLONE_SYSVSEM)', 'EPERM');
    check('userns-no-uid-map', 'clone(CLONE_NEWUSER|CLONE_NEWIPC|CLONE_SYSVSEM)', 'EPERM');
    check('max-all', 'clone(CLONE_NEWUSER|CLONE_NEWIPC|CLONE_SYSVSEM)', 'from 4.9 ENOSPC');
    check('userns-deepest', 'clone(CLONE_NEWUSER|CLONE_NEWIPC|CLONE_SYSVSEM)', 'EUSERS, from 4.9 ENOSPC');
  });
});

describe('RLIMIT_NPROC', () => {
  const LIMIT = { facts: { rlimit_nproc: 0, nproc_count: 1 } };

  test('was checked before a new user namespace, and since 5.17 after it', () => {
    check('chroot+user', 'clone(CLONE_NEWUSER)', 'EAGAIN, from 5.17 EPERM', LIMIT);
  });

  test.each([
    ['5.15.24', 'EAGAIN'],
    ['5.15.25', 'EPERM'],
    ['5.16.10', 'EAGAIN'],
    ['5.16.11', 'EPERM'],
  ])('and so in the stable release %s: %s', (release, answer) => {
    expect(at(release, 'clone(CLONE_NEWUSER)', { caller: 'chroot+user', ...LIMIT }).outcome).toBe(answer);
  });

  test.each<Row>([
    ['nproc', 'clone(SIGCHLD)', 'EAGAIN, from 5.14 ok, from 5.17 EAGAIN'],
    ['nproc', 'fork()', 'EAGAIN, from 5.14 ok, from 5.17 EAGAIN'],
    ['nproc', `clone(${THREAD})`, 'EAGAIN, from 5.14 ok, from 5.17 EAGAIN'],
    ['nproc-one-left', 'clone(SIGCHLD)', 'ok'],
    ['nproc-root', 'clone(SIGCHLD)', 'ok'],
    ['nproc', 'clone(CLONE_THREAD)', 'EINVAL'],
    ['nproc', 'clone(CLONE_NEWUTS)', 'EAGAIN, from 5.14 EPERM, from 5.17 EAGAIN'],
  ])('%s: %s: %s', (caller, call, answers) => {
    check(caller, call, answers);
  });

  test('let one task more through from 5.14 until it was mended', () => {
    const outcome = (release: string): string => at(release, 'fork()', { caller: 'nproc' }).outcome;
    expect(['5.15.24', '5.15.25', '5.16.10', '5.16.11'].map(outcome)).toEqual([
      'success',
      'EAGAIN',
      'success',
      'EAGAIN',
    ]);
  });

  test('does not bind whoever may exceed it, in the initial user namespace alone', () => {
    check('user', 'fork()', 'ok', { facts: { rlimit_nproc: 0, cap_effective: 1n << 24n } });
    check('userns-root', 'fork()', 'EAGAIN', { facts: { rlimit_nproc: 0 } });
  });
});

describe('SCHED_DEADLINE', () => {
  test.each<Row>([
    ['deadline', 'clone(SIGCHLD)', 'EAGAIN'],
    ['deadline-reset', 'clone(SIGCHLD)', 'ok'],
    ['deadline', 'clone(CLONE_NEWIPC|CLONE_SYSVSEM)', 'EAGAIN'],
    ['chroot+deadline', 'clone(CLONE_NEWUSER)', 'EPERM'],
    ['deadline', 'clone(CLONE_FS|CLONE_NEWNS)', 'EINVAL'],
  ])('%s: %s: %s', (caller, call, answers) => {
    check(caller, call, answers);
  });
});

describe('TLS beats set_tid beats the pidfd beats the cgroup', () => {
  test.each<Row>([
    ['root', 'clone3({flags=CLONE_SETTLS, tls=-1, set_tid=[0]})', 'from 5.5 EPERM'],
    ['root', 'clone3({flags=CLONE_PIDFD, pidfd=unmapped, set_tid=[0]})', 'from 5.5 EINVAL'],
    ['root', 'clone3({flags=CLONE_PIDFD, pidfd=unmapped, set_tid=[self]})', 'from 5.5 EEXIST'],
    ['user', 'clone3({flags=CLONE_PIDFD, pidfd=unmapped, set_tid=[free]})', 'from 5.5 EPERM'],
    ['root', 'clone3({flags=CLONE_PIDFD|CLONE_INTO_CGROUP, pidfd=unmapped, cgroup=99})', 'from 5.7 EFAULT'],
    ['nofile', 'clone3({flags=CLONE_PIDFD|CLONE_INTO_CGROUP, pidfd=unmapped, cgroup=99})', 'from 5.7 EMFILE'],
    ['pids-max', 'clone3({flags=CLONE_INTO_CGROUP, cgroup=99})', 'from 5.7 EBADF'],
    ['pids-max', 'clone(CLONE_PIDFD, parent_tid=unmapped)', 'EAGAIN, from 5.2 EFAULT'],
    ['root', 'clone(CLONE_NEWIPC|CLONE_SYSVSEM|CLONE_SETTLS, tls=-1)', 'EINVAL'],
  ])('%s: %s: %s', (caller, call, answers) => {
    check(caller, call, answers);
  });
});

describe('the structure is read before any flag is looked at', () => {
  test.each<Row>([
    ['root', 'clone3({flags=CLONE_NEWNS|CLONE_FS, set_tid=0x8, set_tid_size=1})', 'from 5.5 EFAULT'],
    ['root', 'clone3({flags=1<<63, set_tid=0x8, set_tid_size=1})', 'from 5.5 EFAULT'],
    ['root', 'clone3({set_tid=0x8, set_tid_size=33})', 'from 5.5 EINVAL'],
    ['root', 'clone3({flags=CLONE_INTO_CGROUP, set_tid=0x8, set_tid_size=1}, 80)', 'from 5.7 EINVAL'],
    ['root', 'clone3({set_tid=0x8, set_tid_size=1}, 64)', 'from 5.3 ok'],
    ['root', 'clone3({set_tid=0x8, set_tid_size=1}, 72)', 'from 5.3 E2BIG, from 5.5 EINVAL'],
    ['root', 'clone3({set_tid=0x8, set_tid_size=0x100000000}, 76)', 'from 5.3 E2BIG, from 5.5 EINVAL'],
    ['root', 'clone3({}, 63)', 'ENOSYS, from 5.3 EINVAL'],
    ['root', 'clone3({}, 64)', 'ENOSYS, from 5.3 ok'],
    ['root', 'clone3({}, 4096)', 'ENOSYS, from 5.3 ok'],
    ['root', 'clone3({}, 4097)', 'ENOSYS, from 5.3 E2BIG'],
    ['root', 'clone3({tail=[88]=1}, 96)', 'ENOSYS, from 5.3 E2BIG'],
    ['root', 'clone3({tail=[89]=1, readable=90}, 96)', 'ENOSYS, from 5.3 E2BIG'],
    ['root', 'clone3({tail=[90]=1, readable=90}, 96)', 'ENOSYS, from 5.3 EFAULT'],
    ['root', 'clone3({readable=63}, 64)', 'ENOSYS, from 5.3 EFAULT'],
    ['root', 'clone3({readable=64}, 64)', 'ENOSYS, from 5.3 ok'],
    ['root', 'clone3(NULL, 4097)', 'ENOSYS, from 5.3 E2BIG'],
    ['root', 'clone3(NULL, 63)', 'ENOSYS, from 5.3 EINVAL'],
    ['root', 'clone3(NULL, 88)', 'ENOSYS, from 5.3 EFAULT'],
    ['root', 'clone3({cgroup=3}, 88)', 'ENOSYS, from 5.3 E2BIG, from 5.7 ok'],
    ['root', 'clone3({flags=CLONE_CLEAR_SIGHAND})', 'ENOSYS, from 5.3 EINVAL, from 5.5 ok'],
    ['root', 'clone3({stack_size=0x1000})', 'ENOSYS, from 5.3 ok, from 5.4 EINVAL'],
    ['container', 'clone3({}, 0)', 'ENOSYS'],
  ])('%s: %s: %s', (caller, call, answers) => {
    check(caller, call, answers);
  });

  test('and may be as long as a page of the machine', () => {
    expect(at('6.12', 'clone3({}, 65536)', { kernel: { page_size: 65_536 } }).outcome).toBe('success');
    expect(at('6.12', 'clone3({}, 65537)', { kernel: { page_size: 65_536 } }).outcome).toBe('E2BIG');
  });
});

describe('what releases changed', () => {
  test.each<Row>([
    ['root', 'clone(CLONE_PIDFD, parent_tid=unmapped)', 'ok, from 5.2 EFAULT'],
    ['root', 'clone(CLONE_PIDFD|CLONE_DETACHED, parent_tid=&a)', 'ok, from 5.2 EINVAL'],
    ['root', 'clone(CLONE_DETACHED)', 'ok'],
    ['root', `clone(${THREAD}|CLONE_PIDFD, parent_tid=&a)`, 'ok, from 5.2 EINVAL, from 6.9 ok'],
    ['root', 'clone(0x41)', 'ok, from 7.1 EINVAL'],
    ['root', 'clone3({exit_signal=65})', 'from 5.3 EINVAL'],
    ['root', 'clone3({flags=CLONE_NEWTIME})', 'from 5.3 EINVAL, from 6.3 ok'],
    ['user', 'clone3({flags=CLONE_NEWTIME})', 'from 5.3 EINVAL, from 6.3 EPERM'],
    ['root', 'clone(0x80)', 'ok, from 7.1 EINVAL'],
    ['after-unshare-time', 'clone(CLONE_VM)', 'ok, from 5.6 EINVAL, from 6.2 ok'],
    ['after-unshare-time', 'clone(SIGCHLD)', 'ok'],
    [
      'root',
      'clone3({flags=CLONE_PIDFD|CLONE_PARENT_SETTID, pidfd=&a, parent_tid=&a})',
      'from 5.3 ok, from 5.9 EINVAL',
    ],
    ['root', 'clone3({flags=CLONE_PIDFD|CLONE_PARENT_SETTID})', 'from 5.3 EFAULT, from 5.9 EINVAL'],
    ['root', 'clone3({flags=CLONE_PIDFD|CLONE_PARENT_SETTID, pidfd=&a, parent_tid=&b})', 'from 5.3 ok'],
    ['checkpoint-restore', 'clone3({set_tid=[free]})', 'from 5.5 EPERM, from 5.9 ok'],
    ['sys-admin', 'clone3({set_tid=[free]})', 'from 5.5 ok'],
    ['pidns-deepest', 'clone(CLONE_NEWPID)', 'EINVAL, from 4.9 ENOSPC'],
    ['pidns-foreign', 'clone(CLONE_NEWPID)', 'ok, from 4.14 EINVAL'],
    ['max-mnt', 'clone(CLONE_NEWNS)', 'ok, from 4.9 ENOSPC'],
    ['root', 'clone(1<<34|SIGCHLD)', 'ok'],
    ['root', 'clone3({flags=CLONE_AUTOREAP})', 'from 5.3 EINVAL, from 7.1 ok'],
  ])('%s: %s: %s', (caller, call, answers) => {
    check(caller, call, answers);
  });

  test.each([
    ['5.10.174', 'EINVAL'],
    ['5.10.223', 'success'],
    ['5.15.24', 'EINVAL'],
    ['5.15.103', 'success'],
    ['6.0.19', 'EINVAL'],
    ['6.1.192', 'success'],
  ])('and stable releases took over, CLONE_NEWTIME in clone3 on %s: %s', (release, answer) => {
    expect(at(release, 'clone3({flags=CLONE_NEWTIME})').outcome).toBe(answer);
  });

  test('while what is found by trying counts as there', () => {
    const kernel = { probed: { newtime_in_clone3: true } };
    expect(at('5.10', 'clone3({flags=CLONE_NEWTIME})', { kernel }).judges).toBe('errors/otherwise-accepted');
  });

  test('arm64 wanted aligned stacks up to 4.5', () => {
    check('root', 'clone(SIGCHLD, stack=0x20040008)', 'EINVAL, from 4.6 ok', { kernel: { arch: 'aarch64' } });
    check('root', 'clone(SIGCHLD, stack=0x20040010)', 'ok', { kernel: { arch: 'aarch64' } });
    check('root', 'clone(SIGCHLD, stack=0x20040008)', 'ok');
  });

  test('TLS is looked at on x86 alone, up to the end of user addresses', () => {
    const tls = (value: string): string => `clone(CLONE_SETTLS, tls=${value})`;
    check('root', tls('0x7ffffffff000'), 'EPERM');
    check('root', tls('0x7ffffffff000'), 'ok', { kernel: { la57: true } });
    check('root', tls('0xfffffffffff000'), 'EPERM', { kernel: { la57: true } });
    check('root', tls('-1'), 'ok', { kernel: { arch: 'aarch64' } });
    check('root', tls('unmapped'), 'EFAULT', { kernel: { arch: 'i386' } });
    check('root', 'clone(0, tls=-1)', 'ok');
  });

  test('on i386 a segment descriptor is wanted, which zeroes are not', () => {
    const i386 = { kernel: { arch: 'i386' } } as const;
    check('root', 'clone(CLONE_SETTLS, tls=0x20000200)', 'ok', i386);
    check('root', 'clone(CLONE_SETTLS, tls=readonly)', 'EINVAL', i386);
    check('root', 'clone(CLONE_SETTLS, tls=&a)', 'EINVAL/ok', i386);
    check('root', 'clone(CLONE_SETTLS)', 'EFAULT', i386);
    check('root', 'clone(CLONE_SETTLS, tls=0x1000)', 'EFAULT/EINVAL/ok', i386);
    check('root', 'clone(CLONE_SETTLS|CLONE_PIDFD, tls=readonly, parent_tid=unmapped)', 'EINVAL', i386);
    check('root', 'clone(CLONE_SETTLS, tls=readonly)', 'ok', { kernel: { arch: 'arm' } });
  });

  test.each(['i386', 'arm'] as const)(
    'registers of %s hold 32 bits, so that the rest of an argument is lost',
    (arch) => {
      const kernel = { arch, compat: true };
      check('root', 'clone(0x1000000000000|SIGCHLD)', 'ok', { kernel });
      check('root', 'clone(CLONE_PIDFD, parent_tid=0x100000100)', 'from 5.2 EFAULT', { kernel });
      check('root', 'clone(CLONE_PIDFD, parent_tid=0x120000100)', 'from 5.2 ok', { kernel });
      check('root', 'clone(CLONE_PIDFD, parent_tid=0xfffffff8)', 'from 5.2 EFAULT', { kernel });
      check('root', 'clone3({}, 0x100000058)', 'from 5.7 ok', { kernel });
    },
  );

  test.each(['i386', 'arm'] as const)('fields of clone3 stay whole for a 64-bit kernel behind %s', (arch) => {
    const [compat, native] = [{ kernel: { arch, compat: true } }, { kernel: { arch } }];
    const pidfd = 'clone3({flags=CLONE_PIDFD, pidfd=0x120000100})';
    check('root', pidfd, 'from 5.4 EFAULT', compat);
    check('root', pidfd, 'from 5.4 EFAULT/ok', native);
    check('root', 'clone3({stack=0x100000000, stack_size=0x1000})', 'from 5.4 ok', compat);
    check('root', 'clone3({stack=0x100000000, stack_size=0x1000})', 'from 5.4 EINVAL', native);
    check('root', 'clone3({stack=0xfffff000, stack_size=0x2000})', 'from 5.4 EINVAL', native);
    check('root', 'clone3({stack=0xfffff000, stack_size=0x2000})', 'from 5.4 ok', compat);
  });

  test('a stack behind the end of user addresses was let through where only the sign was tested', () => {
    const call = 'clone3({stack=0x700000000000, stack_size=0x200000000000})';
    check('root', call, 'from 5.4 EINVAL, from 6.8 EINVAL/ok, from 6.12 EINVAL');
    check('root', call, 'from 5.4 ok', { kernel: { la57: true } });
    check('root', 'clone3({stack=&stack, stack_size=-1})', 'from 5.4 EINVAL');
  });
});

describe('namespaces are made in the order mnt, uts, ipc, pid, cgroup, net, time', () => {
  test('and the first whose limit is reached refuses', () => {
    const all =
      'clone3({flags=CLONE_NEWTIME|CLONE_NEWNET|CLONE_NEWCGROUP|CLONE_NEWPID|CLONE_NEWIPC|CLONE_NEWUTS|CLONE_NEWNS})';
    const { outcome, refusals } = at('6.12', all, { caller: 'max-all' });
    expect(outcome).toBe('ENOSPC');
    expect(refusals.map(({ id }) => id.replace(/errors\/new|-limit/g, ''))).toEqual(
      'ns uts ipc pid cgroup net time'.split(' '),
    );
  });

  const BOTH = 'user+userns+unshare-pid+max-all=0';
  test.each<Row>([
    [BOTH, 'clone(CLONE_NEWPID)', 'EINVAL'],
    [BOTH, 'clone(CLONE_NEWPID|CLONE_NEWNS)', 'from 4.9 ENOSPC'],
    [BOTH, 'clone(CLONE_NEWPID|CLONE_NEWUTS)', 'from 4.9 ENOSPC'],
    [BOTH, 'clone(CLONE_NEWPID|CLONE_NEWIPC)', 'from 4.9 ENOSPC'],
    [BOTH, 'clone(CLONE_NEWPID|CLONE_NEWCGROUP)', 'EINVAL'],
    [BOTH, 'clone(CLONE_NEWPID|CLONE_NEWNET)', 'EINVAL'],
  ])('%s: %s: %s', (caller, call, answers) => {
    check(caller, call, answers);
  });

  test('without cgroups a new cgroup namespace and a cgroup to clone into are ignored', () => {
    const { config } = nominalKernel([6, 12, 0]);
    const without = { kernel: { config: { ...config, cgroups: false } } };
    check('max-all', 'clone(CLONE_NEWCGROUP)', 'ok', without);
    check('root', 'clone3({flags=CLONE_INTO_CGROUP, cgroup=99})', 'from 5.7 ok', without);
    check('pids-max', 'fork()', 'ok', without);
  });
});

describe('set_tid is looked at level by level up to 6.19, and since 7.0 whole before any TID is allocated', () => {
  test.each<Row>([
    ['pidns', 'clone3({set_tid=[self, 0]})', 'from 5.5 EEXIST, from 7.0 EINVAL'],
    ['pidns', 'clone3({set_tid=[0, self]})', 'from 5.5 EINVAL'],
    // What kernel.pid_max is outside is not known since each namespace has its own.
    ['pidns', 'clone3({set_tid=[free, self]})', 'from 5.5 EEXIST'],
    ['userns-pidns-root', 'clone3({set_tid=[self, free]})', 'from 5.5 EEXIST, from 7.0 EPERM'],
    ['userns-pidns-root', 'clone3({set_tid=[free, free]})', 'from 5.5 EPERM'],
    ['userns-pidns-root', 'clone3({set_tid=[free]})', 'from 5.5 ok'],
    ['user', 'clone3({flags=CLONE_NEWUSER|CLONE_NEWPID, set_tid=[5, 300]})', 'from 5.5 EINVAL, from 7.1 EPERM'],
    ['user', 'clone3({flags=CLONE_NEWUSER|CLONE_NEWPID, set_tid=[1]})', 'from 5.5 ok'],
    ['root', 'clone3({flags=CLONE_NEWPID, set_tid=[1]})', 'from 5.5 ok'],
    ['root', 'clone3({flags=CLONE_NEWPID, set_tid=[2]})', 'from 5.5 EINVAL'],
    ['root', 'clone3({flags=CLONE_NEWPID, set_tid=[1, free]})', 'from 5.5 ok'],
    ['root', 'clone3({set_tid=[1]})', 'from 5.5 EEXIST'],
    ['root', 'clone3({set_tid=[4194304]})', 'from 5.5 EINVAL'],
    ['root', 'clone3({set_tid=[free, free]})', 'from 5.5 EINVAL'],
    ['pidns', 'clone3({set_tid=[free, free]})', 'from 5.5 ok'],
    // Nobody knows what lies elsewhere than where the array is put.
    ['root', 'clone3({set_tid=&a, set_tid_size=1})', 'from 5.5 EINVAL/EPERM/EEXIST/ok'],
  ])('%s: %s: %s', (caller, call, answers) => {
    check(caller, call, answers);
  });
});

describe('a PID namespace whose init has exited', () => {
  test.each<Row>([
    ['dead-pidns', 'clone(SIGCHLD)', 'ENOMEM'],
    ['dead-pidns', 'fork()', 'ENOMEM'],
    ['dead-pidns', 'clone(CLONE_PIDFD, parent_tid=unmapped)', 'ENOMEM'],
    ['dead-pidns', 'clone(CLONE_SETTLS, tls=-1)', 'EPERM'],
    ['dead-pidns', 'clone3({set_tid=[0]})', 'from 5.5 EINVAL'],
    ['dead-pidns', 'clone(CLONE_NEWPID)', 'EINVAL'],
    ['dead-pidns', `clone(${THREAD})`, 'EINVAL'],
  ])('%s: %s: %s', (caller, call, answers) => {
    check(caller, call, answers);
  });
});

describe('what the man page refuses and Linux does not, is accepted', () => {
  test.each([
    'CLONE_NEWPID|CLONE_PARENT',
    'CLONE_NEWUSER|CLONE_PARENT',
    'CLONE_NEWPID|CLONE_VM',
    'CLONE_NEWUSER|CLONE_VM|CLONE_SIGHAND',
    `${THREAD}|CLONE_NEWNS|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWNET|CLONE_NEWCGROUP`,
    'CLONE_VFORK',
    'CLONE_VFORK|CLONE_NEWPID|CLONE_NEWUSER',
    'CLONE_PTRACE|CLONE_UNTRACED',
    'CLONE_CHILD_SETTID|CLONE_CHILD_CLEARTID|CLONE_PARENT_SETTID',
    `${THREAD}|SIGCHLD`,
    'CLONE_PARENT|SIGCHLD',
    'CLONE_VM',
  ])('clone(%s)', (flags) => {
    check('root', `clone(${flags})`, 'ok');
  });

  test('but an init has no siblings', () => {
    check('pidns-init', 'clone(CLONE_NEWPID|CLONE_PARENT)', 'EINVAL');
  });
});

describe('CLONE_PIDFD_AUTOKILL asks for privilege last of the flag rules, and before anything else', () => {
  const AUTOKILL = 'CLONE_PIDFD_AUTOKILL|CLONE_PIDFD|CLONE_AUTOREAP';
  test.each<Row>([
    ['user', `clone3({flags=${AUTOKILL}, pidfd=&a})`, 'from 7.1 EPERM'],
    ['user', `clone3({flags=${AUTOKILL}|CLONE_NNP, pidfd=&a})`, 'from 7.1 ok'],
    ['user', `clone3({flags=${AUTOKILL}|CLONE_NEWUSER, pidfd=&a})`, 'from 7.1 EPERM'],
    ['userns-root', `clone3({flags=${AUTOKILL}, pidfd=&a})`, 'from 7.1 ok'],
    ['user', `clone3({flags=${AUTOKILL}, pidfd=&a, exit_signal=SIGCHLD})`, 'from 7.1 EINVAL'],
    ['nproc', `clone3({flags=${AUTOKILL}, pidfd=&a})`, 'from 7.1 EPERM'],
    ['user', `clone3({flags=${AUTOKILL}, pidfd=unmapped})`, 'from 7.1 EPERM'],
    ['autoreap', 'clone(CLONE_PARENT)', 'from 7.1 EINVAL'],
    ['autoreap', `clone(${THREAD}|CLONE_PARENT)`, 'from 7.1 EINVAL'],
  ])('%s: %s: %s', (caller, call, answers) => {
    check(caller, call, answers);
  });
});

describe('a cgroup to clone into', () => {
  test.each<Row>([
    ['cgroups', 'clone3({flags=CLONE_INTO_CGROUP, cgroup=10})', 'from 5.7 ok'],
    ['cgroups', 'clone3({flags=CLONE_INTO_CGROUP, cgroup=17})', 'from 5.7 ok'],
    ['cgroups', `clone3({flags=CLONE_INTO_CGROUP|${THREAD}, cgroup=17})`, 'from 5.7 EOPNOTSUPP'],
    // Who may not write there is told so before what else is wrong with it.
    ['cgroups-user', 'clone3({flags=CLONE_INTO_CGROUP, cgroup=15})', 'from 5.7 EACCES'],
    ['cgroups-user', 'clone3({flags=CLONE_INTO_CGROUP, cgroup=16})', 'from 5.7 EACCES'],
    ['cgroups-user', 'clone3({flags=CLONE_INTO_CGROUP, cgroup=14})', 'from 5.7 ENOENT'],
    ['cgroups-user', 'clone3({flags=CLONE_INTO_CGROUP, cgroup=12})', 'from 5.7 EBADF'],
    ['cgroups+pids-max', 'clone3({flags=CLONE_INTO_CGROUP, cgroup=16})', 'from 5.7 EBUSY'],
  ])('%s: %s: %s', (caller, call, answers) => {
    check(caller, call, answers);
  });
});
