import type { Clone3Call, CloneCall, ForkCall } from '../call.js';
import { kargsOf, type Kargs } from '../kargs.js';
import { knownArgsSize } from '../kernel-limits.js';
import type { Kernel } from './kernel.js';
import type { SignalHandlers } from './resources.js';
import { IoContext, SemaphoreUndo, type FileTable, type Namespaces } from './resources.js';
import { Task, ThreadGroup } from './task.js';

const FLAG = {
  NEWTIME: 0x80,
  VM: 0x100,
  FS: 0x200,
  FILES: 0x400,
  SIGHAND: 0x800,
  PIDFD: 0x1000,
  VFORK: 0x4000,
  PARENT: 0x8000,
  THREAD: 0x1_0000,
  NEWNS: 0x2_0000,
  SYSVSEM: 0x4_0000,
  SETTLS: 0x8_0000,
  PARENT_SETTID: 0x10_0000,
  CHILD_CLEARTID: 0x20_0000,
  CHILD_SETTID: 0x100_0000,
  NEWCGROUP: 0x200_0000,
  NEWUTS: 0x400_0000,
  NEWIPC: 0x800_0000,
  NEWUSER: 0x1000_0000,
  NEWPID: 0x2000_0000,
  NEWNET: 0x4000_0000,
  IO: -0x8000_0000,
} as const;
/** CLONE_CLEAR_SIGHAND, in the upper half. */
const CLEAR_SIGHAND = 1;
const SIGCHLD = 17;

/**
 * kernel/fork.c copy_process() and kernel_clone(), for a call that no rule refuses: one line a resource, shared or copied.
 *
 * @param number - the scenario's number of the child
 */
export function copy_process(k: Kernel, parent: Task, call: CloneCall | Clone3Call | ForkCall, number: number): Task {
  const kargs = kargsOf(call, k.facts.kernel, knownArgsSize(k.facts.kernel));
  const has = (mask: number): boolean => (kargs.lo & mask) === mask;

  const handlers = copy_sighand(k, parent, kargs);
  const memory = k.shares(has(FLAG.VM), 'effects/vm-shared', 'effects/vm-copied')
    ? parent.memory
    : parent.memory.copy();
  if (memory === parent.memory) memory.users++;
  const namespaces = copy_namespaces(k, parent, kargs);
  const child = new Task(
    number,
    memory,
    copy_files(k, parent, has(FLAG.FILES)),
    k.shares(has(FLAG.FS), 'effects/fs-shared', 'effects/fs-copied') ? parent.fs : parent.fs.copy(),
    handlers,
    copy_semundo(k, parent, has(FLAG.SYSVSEM)),
    copy_io(k, parent, has(FLAG.IO)),
    namespaces,
    namespaces.pid_for_children,
    copy_signal(k, parent, kargs),
    copy_blocked(k, parent, handlers),
    sas_ss_reset(k, parent, kargs),
    copy_tls(k, parent, kargs),
    k.holds('effects/nnp-inherited') ? parent.noNewPrivs : false,
  );
  if (has(FLAG.THREAD) && !k.holds('effects/thread-parent-is-callers-parent')) child.parentOfItsOwn = parent;
  if (!k.holds('effects/pending-empty')) for (const signal of parent.pending) child.pending.add(signal);
  if (!has(FLAG.THREAD) && !k.holds('effects/pending-empty'))
    for (const signal of parent.group.pending) child.group.pending.add(signal);
  child.namedIn = parent.pidNs;
  k.tasks.set(number, child);
  if (child.pidNs !== parent.namespaces.pid_for_children) child.pidNs.init = child;
  store_tids(k, parent, child, kargs);
  return child;
}

function copy_files(k: Kernel, parent: Task, flag: boolean): FileTable {
  if (k.shares(flag, 'effects/files-shared', 'effects/files-copied')) return parent.files;
  const files = parent.files.copy();
  if (!k.holds('effects/file-offset-shared')) {
    for (const [fd, { file, cloexec }] of files.descriptors) files.descriptors.set(fd, { file: { ...file }, cloexec });
  }
  return files;
}

function copy_sighand(k: Kernel, parent: Task, kargs: Kargs): SignalHandlers {
  if (k.shares((kargs.lo & FLAG.SIGHAND) !== 0, 'effects/sighand-shared', 'effects/sighand-copied'))
    return parent.handlers;
  const handlers = parent.handlers.copy();
  const clear =
    (kargs.hi & CLEAR_SIGHAND) !== 0 ? k.holds('effects/clear-sighand') : !k.holds('effects/handlers-inherited');
  for (const [signal, action] of handlers.actions) {
    if (action === 'handler' && clear) handlers.actions.delete(signal);
    if (action === 'ignore' && (kargs.hi & CLEAR_SIGHAND) !== 0 && !k.holds('effects/clear-sighand-keeps-ignored'))
      handlers.actions.delete(signal);
  }
  return handlers;
}

/** Thread group, parent and exit signal. */
function copy_signal(k: Kernel, parent: Task, { lo, exit_signal }: Kargs): ThreadGroup {
  if (k.shares((lo & FLAG.THREAD) !== 0, 'effects/thread-group-shared', 'effects/thread-group-new'))
    return parent.group;
  const sibling =
    (lo & FLAG.PARENT) !== 0 ? k.holds('effects/parent-is-callers-parent') : !k.holds('effects/parent-is-caller');
  const session = k.holds('effects/session-inherited') ? parent.group.session : undefined;
  const group = new ThreadGroup(
    sibling ? parent.group.parent : parent,
    (lo & FLAG.PARENT) !== 0 ? parent.group.exitSignal : Number(exit_signal),
    session,
  );
  if (!k.holds('effects/session-inherited')) group.ownSession = true;
  else group.ownSession = parent.group.ownSession;
  if ((lo & FLAG.PARENT) !== 0 && !k.holds('effects/exit-signal-to-group')) group.signalled = parent;
  return group;
}

function copy_blocked(k: Kernel, parent: Task, handlers: SignalHandlers): { mask: bigint } {
  if (handlers === parent.handlers && !k.holds('effects/sigmask-apart')) return parent.blocked;
  return { mask: k.holds('effects/sigmask-inherited') ? parent.blocked.mask : 0n };
}

/** Whether the child has the caller's alternate stack. */
function sas_ss_reset(k: Kernel, parent: Task, { lo }: Kargs): boolean {
  const reset =
    (lo & (FLAG.VM | FLAG.VFORK)) === FLAG.VM ? k.holds('effects/altstack-reset') : !k.holds('effects/altstack-kept');
  return parent.altstack && !reset;
}

function copy_tls(k: Kernel, parent: Task, { lo, tls }: Kargs): Task['tls'] {
  const set = (lo & FLAG.SETTLS) !== 0 ? k.holds('effects/settls') : tls !== 0n && !k.holds('effects/tls-inherited');
  return set ? Number(tls) : parent.tls;
}

function copy_semundo(k: Kernel, parent: Task, flag: boolean): SemaphoreUndo | undefined {
  if (!k.shares(flag, 'effects/semundo-shared', 'effects/semundo-apart')) return undefined;
  parent.undo ??= new SemaphoreUndo();
  parent.undo.users++;
  return parent.undo;
}

function copy_io(k: Kernel, parent: Task, flag: boolean): IoContext | undefined {
  if (parent.io === undefined) return undefined;
  return k.shares(flag, 'effects/io-shared', 'effects/io-copied') ? parent.io : new IoContext(parent.io.priority);
}

function copy_namespaces(k: Kernel, parent: Task, { lo }: Kargs): Namespaces {
  const old = parent.namespaces;
  const isNew = (flag: number, withFlag: string, without: string): boolean =>
    (lo & flag) !== 0 ? k.holds(withFlag) : !k.holds(without);
  const time = (lo & FLAG.NEWTIME) !== 0 && k.holds('effects/newtime') ? k.newNamespace('time') : old.time_for_children;
  const user = isNew(FLAG.NEWUSER, 'effects/newuser', 'effects/no-newuser') ? k.newNamespace('user') : old.user;
  return {
    uts: isNew(FLAG.NEWUTS, 'effects/newuts', 'effects/no-newuts') ? k.newUts(old.uts.hostname, user) : old.uts,
    ipc: isNew(FLAG.NEWIPC, 'effects/newipc', 'effects/no-newipc') ? k.newIpc() : old.ipc,
    mnt: isNew(FLAG.NEWNS, 'effects/newns', 'effects/no-newns') ? k.newNamespace('mnt') : old.mnt,
    net: isNew(FLAG.NEWNET, 'effects/newnet', 'effects/no-newnet') ? k.newNamespace('net') : old.net,
    cgroup: isNew(FLAG.NEWCGROUP, 'effects/newcgroup', 'effects/no-newcgroup') ? k.newNamespace('cgroup') : old.cgroup,
    user,
    // timens_on_fork(): a child that shares the memory keeps its own and hands the new one to its children.
    time: (lo & FLAG.VM) === 0 ? time : old.time,
    time_for_children: time,
    pid_for_children: isNew(FLAG.NEWPID, 'effects/newpid', 'effects/no-newpid')
      ? k.newPidNs(old.pid_for_children)
      : old.pid_for_children,
  };
}

/** put_user() of TIDs and pidfd, and what mm_release() is to do. */
function store_tids(k: Kernel, parent: Task, child: Task, kargs: Kargs): void {
  const { lo, parent_tid, child_tid, pidfd } = kargs;
  const has = (mask: number): boolean => (lo & mask) !== 0;
  const wantsParentTid = has(FLAG.PARENT_SETTID)
    ? k.holds('effects/parent-settid')
    : parent_tid !== 0n && !has(FLAG.PIDFD) && !k.holds('effects/no-parent-settid');
  if (wantsParentTid && parent_tid !== 0n) {
    const tid = child.tidFrom(parent.pidNs);
    k.memoryAt(parent, parent_tid).set(parent_tid, tid);
    if (!k.holds('effects/parent-settid-after-copy')) k.memoryAt(child, parent_tid).set(parent_tid, tid);
  }
  const wantsChildTid = has(FLAG.CHILD_SETTID)
    ? k.holds('effects/child-settid')
    : child_tid !== 0n && !k.holds('effects/no-child-settid');
  if (wantsChildTid && child_tid !== 0n) k.memoryAt(child, child_tid).set(child_tid, child.tidFrom(child.pidNs));
  const clears = has(FLAG.CHILD_CLEARTID) || (child_tid !== 0n && !k.holds('effects/no-cleartid'));
  if (clears && child_tid !== 0n) child.clearChildTid = child_tid;
  if (has(FLAG.PIDFD)) {
    const fd = parent.files.lowestFree();
    const descriptor = { file: { kind: 'pidfd', offset: 0, process: child }, cloexec: true } as const;
    if (k.holds('effects/pidfd-refers-to-child')) parent.files.descriptors.set(fd, descriptor);
    k.memoryAt(parent, pidfd).set(pidfd, fd);
    if (!k.holds('effects/pidfd-not-in-child')) child.files.descriptors.set(fd, descriptor);
  }
}

/** SIGCHLD, for those who read exit signals. */
export { SIGCHLD };
