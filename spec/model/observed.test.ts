import { describe, expect, test } from '@jest/globals';
import { callerNamed, nominalFacts } from '../callers.js';
import { hasFeature } from '../features.js';
import { parseKernelVersion } from '../rules/version.js';
import { parseCall } from '../text/parse.js';
import type { CallerFacts } from './facts.js';
import { NEWEST_KERNEL, nominalKernel } from './nominal.js';
import { predict } from './predict.js';

/** The kernels that were asked: Debian's under emulation, and 6.18.44 on a machine. */
const KERNELS = '5.10.262 6.1.192 6.12.117 6.18.44 6.19.14 7.0.13 7.1.13 7.2.13 7.3.4'.split(' ');

/** Kernels in runs of the same answer: `EEXIST, from 7.0 EPERM`. */
function expected(timeline: string): readonly string[] {
  const changes = timeline.split(', ').map((part) => {
    const [, since = '0.0', outcome = part] = /^from (\S+) (\S+)$/.exec(part) ?? [];
    return { since: parseFloat(since), outcome: outcome === 'ok' ? 'success' : outcome };
  });
  // All that were asked are of lines that compare as decimals: 5.10 is the first of them, and 6.18 and 6.19 follow 6.12.
  return KERNELS.map((kernel, index) => {
    const line = index === 0 ? 5 : parseFloat(kernel);
    return changes.filter(({ since }) => since <= line).at(-1)?.outcome ?? '?';
  });
}

const THREAD = 'CLONE_VM|CLONE_SIGHAND|CLONE_THREAD';
const AUTOKILL = 'CLONE_PIDFD_AUTOKILL|CLONE_PIDFD|CLONE_AUTOREAP';
const USERPID = 'CLONE_NEWUSER|CLONE_NEWPID';
const NESTED_INIT = 'userns+pidns-init';

const OBSERVED: readonly (readonly [caller: string, call: string, answers: string])[] = [
  ['root', 'clone(0x40)', 'ok'],
  ['root', 'clone(0x41)', 'ok, from 7.1 EINVAL'],
  ['root', 'clone(0xff)', 'ok, from 7.1 EINVAL'],
  ['root', 'clone(CLONE_NEWNS|CLONE_FS|0x41)', 'EINVAL'],
  ['root', 'clone(CLONE_PIDFD|CLONE_PARENT_SETTID, parent_tid=&a)', 'EINVAL'],
  ['root', 'clone3({exit_signal=65, set_tid=0x8, set_tid_size=1})', 'EINVAL, from 7.1 EFAULT'],
  ['root', 'clone3({exit_signal=256, set_tid=0x8, set_tid_size=1})', 'EINVAL'],
  ['root', 'clone3({flags=CLONE_AUTOREAP})', 'EINVAL, from 7.1 ok'],
  ['root', 'clone3({flags=CLONE_AUTOREAP, exit_signal=SIGCHLD})', 'EINVAL'],
  ['root', 'clone3({flags=CLONE_AUTOREAP|CLONE_PARENT})', 'EINVAL'],
  ['root', `clone3({flags=CLONE_AUTOREAP|${THREAD}})`, 'EINVAL'],
  ['root', 'clone3({flags=CLONE_NNP, exit_signal=SIGCHLD})', 'EINVAL, from 7.1 ok'],
  ['root', `clone3({flags=CLONE_NNP|${THREAD}})`, 'EINVAL'],
  ['root', 'clone3({flags=CLONE_PIDFD_AUTOKILL})', 'EINVAL'],
  ['root', 'clone3({flags=CLONE_PIDFD_AUTOKILL|CLONE_PIDFD, pidfd=&a})', 'EINVAL'],
  ['root', 'clone3({flags=CLONE_PIDFD_AUTOKILL|CLONE_AUTOREAP})', 'EINVAL'],
  ['root', `clone3({flags=${AUTOKILL}, pidfd=&a})`, 'EINVAL, from 7.1 ok'],
  ['root', `clone3({flags=${AUTOKILL}|CLONE_NNP, pidfd=&a})`, 'EINVAL, from 7.1 ok'],
  ['root', 'clone3({flags=CLONE_EMPTY_MNTNS, exit_signal=SIGCHLD})', 'EINVAL, from 7.1 ok'],
  ['root', 'clone3({flags=CLONE_EMPTY_MNTNS|CLONE_NEWNS, exit_signal=SIGCHLD})', 'EINVAL, from 7.1 ok'],
  ['root', 'clone3({flags=CLONE_EMPTY_MNTNS|CLONE_FS, exit_signal=SIGCHLD})', 'EINVAL'],
  ['root', 'clone3({flags=1<<38, exit_signal=SIGCHLD})', 'EINVAL'],
  ['root', 'clone(1<<34|SIGCHLD)', 'ok'],
  ['root', 'clone(1<<37|CLONE_FS|SIGCHLD)', 'ok'],
  ['root', 'clone3({stack=0x7fffffffe000, stack_size=0x1001, exit_signal=SIGCHLD})', 'EINVAL'],
  ['root', 'clone(CLONE_SETTLS|SIGCHLD, tls=0x7fffffffefff)', 'ok'],
  ['root', 'clone(CLONE_SETTLS|SIGCHLD, tls=0x7ffffffff000)', 'EPERM'],
  ['user', `clone3({flags=${AUTOKILL}, pidfd=&a})`, 'EINVAL, from 7.1 EPERM'],
  ['user', `clone3({flags=${AUTOKILL}|CLONE_NNP, pidfd=&a})`, 'EINVAL, from 7.1 ok'],
  ['user', 'clone3({flags=CLONE_PIDFD_AUTOKILL|CLONE_PIDFD, pidfd=&a})', 'EINVAL'],
  ['user', `clone3({flags=${AUTOKILL}|CLONE_NEWIPC, pidfd=&a})`, 'EINVAL, from 7.1 EPERM'],
  ['user', 'clone3({flags=CLONE_EMPTY_MNTNS, exit_signal=SIGCHLD})', 'EINVAL, from 7.1 EPERM'],
  ['user', 'clone3({flags=CLONE_EMPTY_MNTNS|CLONE_FS, exit_signal=SIGCHLD})', 'EINVAL'],
  ['user', 'clone3({flags=CLONE_EMPTY_MNTNS|CLONE_NEWUSER, exit_signal=SIGCHLD})', 'EINVAL, from 7.1 ok'],
  ['user', `clone3({flags=${USERPID}, set_tid=[5, 300]})`, 'EINVAL, from 7.1 EPERM'],
  ['user', `clone3({flags=${USERPID}, set_tid=[5]})`, 'EINVAL'],
  ['user', `clone3({flags=${USERPID}, set_tid=[1, 300]})`, 'EPERM'],
  ['user', `clone3({flags=${USERPID}, set_tid=[0, 300]})`, 'EINVAL'],
  ['user', `clone3({flags=${USERPID}, set_tid=[1, 0]})`, 'EINVAL'],
  ['user', `clone3({flags=${USERPID}, set_tid=[5, -1]})`, 'EINVAL'],
  ['user', 'clone3({set_tid=[self]})', 'EPERM'],
  ['user', 'clone3({set_tid=[-1]})', 'EINVAL'],
  ['user', 'clone3({set_tid=[1, 1]})', 'EINVAL'],
  ['after-unshare-pid', 'clone3({set_tid=[5, 1]})', 'EINVAL'],
  ['after-unshare-pid', 'clone3({set_tid=[5]})', 'EINVAL'],
  ['after-unshare-pid', 'clone3({set_tid=[1, 1]})', 'EEXIST'],
  ['after-unshare-pid', 'clone(CLONE_PIDFD|SIGCHLD, parent_tid=unmapped)', 'EFAULT'],
  ['after-unshare-pid', 'clone(SIGCHLD)', 'ok'],
  ['dead-pidns', 'clone(SIGCHLD)', 'ENOMEM'],
  ['dead-pidns', 'clone3({set_tid=[1]})', 'ENOMEM'],
  ['dead-pidns', 'clone3({set_tid=[5]})', 'ENOMEM'],
  ['dead-pidns', 'clone3({set_tid=[1, 1]})', 'EEXIST'],
  [NESTED_INIT, 'clone3({set_tid=[1, 300]})', 'EEXIST, from 7.0 EPERM'],
  [NESTED_INIT, 'clone3({set_tid=[1, 0]})', 'EEXIST, from 7.0 EINVAL'],
  [NESTED_INIT, 'clone3({set_tid=[1]})', 'EEXIST'],
  [NESTED_INIT, 'clone3({set_tid=[4194304]})', 'EINVAL'],
  ['user+sysctl', `clone(CLONE_NEWUSER|CLONE_THREAD)`, 'EPERM'],
  ['user+sysctl', 'clone(CLONE_NEWUSER|CLONE_NEWNS|CLONE_FS)', 'EINVAL'],
  ['user+sysctl', 'clone(CLONE_NEWUSER|0x41)', 'EPERM, from 7.1 EINVAL'],
  ['user+sysctl', 'clone3({flags=CLONE_NEWUSER|CLONE_AUTOREAP, exit_signal=SIGCHLD})', 'EINVAL, from 7.1 EPERM'],
  ['user+sysctl', 'clone(CLONE_NEWUSER|CLONE_PIDFD|CLONE_DETACHED)', 'EPERM'],
];

/**
 * What is allowed on each kernel; `+sysctl` stands for Debian's kernel.unprivileged_userns_clone being 0.
 *
 * @param host - facts of the initial namespaces, as long as new ones take them over
 */
function predicted(caller: string, call: string, host: Partial<CallerFacts> = {}): readonly (readonly string[])[] {
  return KERNELS.map((text) => {
    const kernel = {
      ...nominalKernel(parseKernelVersion(text) ?? NEWEST_KERNEL),
      unprivileged_userns_clone: caller.endsWith('+sysctl') ? 0 : 1,
    };
    const facts = nominalFacts(callerNamed(caller.replace('+sysctl', '')), kernel);
    const own = hasFeature(kernel, 'pid_max_per_namespace') ? {} : host;
    return predict({ kernel, caller: { ...facts, ...own } }, parseCall(call).call).allowed;
  });
}

describe('what kernels from 5.10 to 7.3 answered is the one answer that is allowed', () => {
  test.each(OBSERVED)('%s: %s: %s', (caller, call, answers) => {
    expect(predicted(caller, call)).toEqual(expected(answers).map((answer) => [answer]));
  });

  // A number of an outer namespace may be taken on one machine and free on another.
  test.each([
    [NESTED_INIT, 'clone3({set_tid=[700000, 300]})', 'EINVAL, from 6.18 EPERM'],
    [NESTED_INIT, 'clone3({set_tid=[4000000]})', 'EINVAL, from 6.18 ok'],
    // 6.12.0 and 6.12.1 were one byte stricter.
    ['root', 'clone3({stack=0x7fffffffe000, stack_size=0x1000, exit_signal=SIGCHLD})', 'ok'],
  ])('%s: %s: %s is among what is', (caller, call, answers) => {
    const allowed = predicted(caller, call, { pid_max: 32_768 });
    expected(answers).forEach((answer, index) => {
      expect(allowed[index]).toContain(answer);
    });
  });
});
