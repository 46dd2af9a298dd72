import { hasFeature } from '../../features.js';
import { asks, type Kargs } from '../kargs.js';
import { FLAG } from './flag-bits.js';
import type { Kernel } from './kernel.js';
import type { Namespaces } from './resources.js';
import type { Task } from './task.js';

/** kernel/nsproxy.c copy_namespaces(), and the user namespace of kernel/cred.c copy_creds(). */
export function copy_namespaces(k: Kernel, parent: Task, kargs: Kargs): Namespaces {
  const { lo } = kargs;
  const old = parent.namespaces;
  const isNew = (flag: number, withFlag: string, without: string): boolean =>
    (lo & flag) !== 0 ? k.holds(withFlag) : !k.holds(without);
  const time = (lo & FLAG.NEWTIME) !== 0 && k.holds('effects/newtime') ? k.newNamespace('time') : old.time_for_children;
  const user = isNew(FLAG.NEWUSER, 'effects/newuser', 'effects/no-newuser') ? k.newUser(old.user) : old.user;
  const empty = asks(kargs, 'CLONE_EMPTY_MNTNS');
  return {
    uts: isNew(FLAG.NEWUTS, 'effects/newuts', 'effects/no-newuts') ? k.newUts(old.uts.hostname, user) : old.uts,
    ipc: isNew(FLAG.NEWIPC, 'effects/newipc', 'effects/no-newipc') ? k.newIpc() : old.ipc,
    mnt: empty || isNew(FLAG.NEWNS, 'effects/newns', 'effects/no-newns') ? k.newNamespace('mnt') : old.mnt,
    net: isNew(FLAG.NEWNET, 'effects/newnet', 'effects/no-newnet') ? k.newNamespace('net') : old.net,
    cgroup: isNew(FLAG.NEWCGROUP, 'effects/newcgroup', 'effects/no-newcgroup')
      ? k.newCgroup(parent.own.cgroup)
      : old.cgroup,
    user,
    // timens_on_fork(): since 6.2 a child that shares the memory keeps its own and hands the new one to its children.
    time: (lo & FLAG.VM) === 0 || !hasFeature(k.facts.kernel, 'timens_any_vm') ? time : old.time,
    time_for_children: time,
    pid_for_children: isNew(FLAG.NEWPID, 'effects/newpid', 'effects/no-newpid')
      ? k.newPidNs(old.pid_for_children, user)
      : old.pid_for_children,
  };
}

const SUPPORTED =
  FLAG.NEWUTS |
  FLAG.NEWIPC |
  FLAG.NEWNS |
  FLAG.NEWNET |
  FLAG.NEWCGROUP |
  FLAG.NEWPID |
  FLAG.FILES |
  FLAG.FS |
  FLAG.SYSVSEM;

/** Says whether the model knows what unshare(2) of these flags comes to. */
export function canUnshare(flags: bigint): boolean {
  return (Number(flags) & ~SUPPORTED) === 0;
}

/** kernel/fork.c ksys_unshare(), for flags that it knows and a caller that may. */
export function unshare(k: Kernel, task: Task, flags: number): void {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const old = task.namespaces;
  if (has(FLAG.FS | FLAG.NEWNS)) task.fs = task.fs.copy();
  if (has(FLAG.FILES) && task.files.users > 1) {
    task.files.users--;
    task.files = task.files.copy();
  }
  task.namespaces = {
    ...old,
    ...(has(FLAG.NEWUTS) && { uts: k.newUts(old.uts.hostname, old.user) }),
    ...(has(FLAG.NEWIPC) && { ipc: k.newIpc() }),
    ...(has(FLAG.NEWNS) && { mnt: k.newNamespace('mnt') }),
    ...(has(FLAG.NEWNET) && { net: k.newNamespace('net') }),
    ...(has(FLAG.NEWCGROUP) && { cgroup: k.newCgroup(task.own.cgroup) }),
    ...(has(FLAG.NEWPID) && { pid_for_children: k.newPidNs(old.pid_for_children, old.user) }),
  };
}
