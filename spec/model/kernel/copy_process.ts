import type { Clone3Call, CloneCall, ForkCall } from '../call.js';
import { asks, kargsOf, type Kargs } from '../kargs.js';
import { knownArgsSize } from '../kernel-limits.js';
import { copy_namespaces } from './copy_namespaces.js';
import { FLAG } from './flag-bits.js';
import type { Kernel } from './kernel.js';
import { ptrace_init_task } from './ptrace.js';
import { IoContext, Memory, PLAIN_MAPPING, SemaphoreUndo, type FileTable, type SignalHandlers } from './resources.js';
import { Task, ThreadGroup, type Own } from './task.js';

/**
 * kernel/fork.c copy_process() and kernel_clone(), for a call that no rule refuses: one line a resource, shared or copied.
 *
 * @param number - the scenario's number of the child
 */
export function copy_process(k: Kernel, parent: Task, call: CloneCall | Clone3Call | ForkCall, number: number): Task {
  const kargs = kargsOf(call, k.facts.kernel, knownArgsSize(k.facts.kernel));
  const has = (mask: number): boolean => (kargs.lo & mask) === mask;

  const handlers = copy_sighand(k, parent, kargs);
  const namespaces = copy_namespaces(k, parent, kargs);
  const child = new Task(
    number,
    copy_mm(k, parent, has(FLAG.VM)),
    copy_files(k, parent, has(FLAG.FILES)),
    k.shares(has(FLAG.FS), 'effects/fs-shared', 'effects/fs-copied') ? parent.fs : parent.fs.copy(),
    handlers,
    copy_semundo(k, parent, has(FLAG.SYSVSEM)),
    copy_io(k, parent, has(FLAG.IO)),
    namespaces,
    namespaces.pid_for_children,
    copy_signal(k, parent, kargs),
    copy_blocked(k, parent, handlers),
    dup_task_struct(k, parent, kargs),
  );
  if (asks(kargs, 'CLONE_EMPTY_MNTNS') && k.holds('effects/empty-mntns')) child.fs.root = 'empty';
  child.execs = parent.execs;
  if (has(FLAG.THREAD) && !k.holds('effects/thread-parent-is-callers-parent')) child.parentOfItsOwn = parent;
  if (parent.pending.size > 0 && !k.holds('effects/pending-empty'))
    for (const signal of parent.pending) child.pending.add(signal);
  if (!has(FLAG.THREAD) && parent.group.pending.size > 0 && !k.holds('effects/pending-empty'))
    for (const signal of parent.group.pending) child.group.pending.add(signal);
  if (parent.robustList && !k.holds('effects/robust-list-empty')) child.robustList = true;
  if (parent.pdeathSignal !== 0 && !k.holds('effects/pdeathsig-cleared')) child.pdeathSignal = parent.pdeathSignal;
  child.namedIn = parent.pidNs;
  k.tasks.set(number, child);
  if (child.pidNs.init === undefined && child.pidNs !== k.first.pidNs) child.pidNs.init = child;
  choose_tids(k, child, kargs);
  store_tids(k, parent, child, kargs);
  ptrace_init_task(k, parent, child, kargs);
  return child;
}

function copy_mm(k: Kernel, parent: Task, flag: boolean): Memory {
  const { memory } = parent;
  if (k.shares(flag, 'effects/vm-shared', 'effects/vm-copied')) {
    memory.users++;
    return memory;
  }
  return dup_mm(k, memory);
}

/** mm/mmap.c dup_mmap(): a copy, less what madvise(2) and mlock(2) said of single mappings. */
function dup_mm(k: Kernel, { words, pages }: Memory): Memory {
  const copies = [...pages]
    .filter(([, { dontfork }]) => !dontfork || !k.holds('effects/dontfork'))
    .map(([page, mapping]) => {
      const word = mapping.wipeonfork && k.holds('effects/wipeonfork') ? PLAIN_MAPPING.word : mapping.word;
      const locked = mapping.locked && !k.holds('effects/memory-locks-not-inherited');
      return [page, { ...mapping, word, locked }] as const;
    });
  return new Memory(new Map(words), new Map(copies));
}

function copy_files(k: Kernel, parent: Task, flag: boolean): FileTable {
  if (k.shares(flag, 'effects/files-shared', 'effects/files-copied')) {
    parent.files.users++;
    return parent.files;
  }
  const files = parent.files.copy();
  const locked = [...files.descriptors.values()].filter(({ file }) => file.lock === parent.files);
  if (locked.length > 0 && !k.holds('effects/record-locks-not-inherited'))
    for (const { file } of locked) file.lock = files;
  if (files.descriptors.size > 0 && !k.holds('effects/file-offset-shared')) {
    for (const [fd, { file, cloexec }] of files.descriptors) files.descriptors.set(fd, { file: { ...file }, cloexec });
  }
  return files;
}

function copy_sighand(k: Kernel, parent: Task, kargs: Kargs): SignalHandlers {
  if (k.shares((kargs.lo & FLAG.SIGHAND) !== 0, 'effects/sighand-shared', 'effects/sighand-copied')) {
    parent.handlers.users++;
    return parent.handlers;
  }
  const handlers = parent.handlers.copy();
  const asksToClear = asks(kargs, 'CLONE_CLEAR_SIGHAND');
  for (const [signal, action] of handlers.actions) {
    if (
      action === 'handler' &&
      (asksToClear ? k.holds('effects/clear-sighand') : !k.holds('effects/handlers-inherited'))
    )
      handlers.actions.delete(signal);
    if (action === 'ignore' && asksToClear && !k.holds('effects/clear-sighand-keeps-ignored'))
      handlers.actions.delete(signal);
  }
  return handlers;
}

/** Thread group, parent and exit signal, and what the threads of a process have in common. */
function copy_signal(k: Kernel, parent: Task, kargs: Kargs): ThreadGroup {
  const { lo, exit_signal } = kargs;
  const { group: old } = parent;
  if (k.shares((lo & FLAG.THREAD) !== 0, 'effects/thread-group-shared', 'effects/thread-group-new')) return old;
  const asksForParent = (lo & FLAG.PARENT) !== 0;
  const sibling = asksForParent ? k.holds('effects/parent-is-callers-parent') : !k.holds('effects/parent-is-caller');
  const inherits = k.holds('effects/session-inherited');
  const takesParents = asksForParent && k.holds('effects/parent-is-callers-parent');
  const takesSignal = takesParents && k.holds('effects/parent-takes-exit-signal');
  let signal = takesSignal ? old.exitSignal : Number(exit_signal);
  // Of the legacy bits only CLONE_DETACHED is left without a meaning: once it kept the child's end to itself.
  if ((lo & FLAG.DETACHED) !== 0 && !k.holds('effects/detached-ignored')) signal = -1;
  const group = new ThreadGroup(sibling ? old.parent : parent, signal, inherits ? old.session : undefined);
  group.parentExecs = takesParents ? old.parentExecs : parent.execs;
  group.ownSession = inherits ? old.ownSession : true;
  group.rlimit = old.rlimit === undefined || k.holds('effects/rlimits-copied') ? old.rlimit : undefined;
  if (old.itimer && !k.holds('effects/itimers-not-inherited')) group.itimer = true;
  if (old.timers.size > 0 && !k.holds('effects/posix-timers-not-inherited'))
    for (const timer of old.timers) group.timers.add(timer);
  if (old.subreaper && !k.holds('effects/subreaper-not-inherited')) group.subreaper = true;
  if (asks(kargs, 'CLONE_AUTOREAP') && k.holds('effects/autoreap')) group.autoreap = true;
  if (asksForParent && !k.holds('effects/exit-signal-to-group')) group.signalled = parent;
  return group;
}

function copy_blocked(k: Kernel, parent: Task, handlers: SignalHandlers): { mask: bigint } {
  if (handlers === parent.handlers && !k.holds('effects/sigmask-apart')) return parent.blocked;
  return { mask: k.holds('effects/sigmask-inherited') ? parent.blocked.mask : 0n };
}

/** dup_task_struct(), sched_fork(), copy_thread(): what is a task's own is inherited, with few exceptions. */
function dup_task_struct(k: Kernel, parent: Task, kargs: Kargs): Own {
  const { own } = parent;
  const asksForNnp = asks(kargs, 'CLONE_NNP');
  const kept = own.noNewPrivs && k.holds('effects/nnp-inherited');
  return {
    altstack: own.altstack && !sas_ss_reset(k, kargs),
    tls: copy_tls(k, parent, kargs),
    noNewPrivs: kept || (asksForNnp && k.holds('effects/nnp-flag')),
    nice: own.nice === undefined || k.holds('effects/nice-inherited') ? own.nice : undefined,
    policy: own.policy === k.facts.caller.sched_policy || k.holds('effects/policy-inherited') ? own.policy : 0,
    resetOnFork: own.resetOnFork && !k.holds('effects/reset-on-fork-cleared'),
    personality:
      own.personality === undefined || k.holds('effects/personality-inherited') ? own.personality : undefined,
    timerslack: own.timerslack === undefined || k.holds('effects/timerslack-inherited') ? own.timerslack : undefined,
    cgroup: cgroup_of(k, parent, kargs),
    lostCapabilities: own.lostCapabilities && (kargs.lo & FLAG.NEWUSER) === 0,
  };
}

function cgroup_of(k: Kernel, { own }: Task, kargs: Kargs): Own['cgroup'] {
  if (asks(kargs, 'CLONE_INTO_CGROUP') && k.holds('effects/into-cgroup')) return 'fixture';
  return own.cgroup === 'initial' || k.holds('effects/cgroup-inherited') ? own.cgroup : 'initial';
}

/** Whether the child begins without the caller's alternate stack. */
function sas_ss_reset(k: Kernel, { lo }: Kargs): boolean {
  return (lo & (FLAG.VM | FLAG.VFORK)) === FLAG.VM
    ? k.holds('effects/altstack-reset')
    : !k.holds('effects/altstack-kept');
}

function copy_tls(k: Kernel, parent: Task, { lo, tls }: Kargs): Own['tls'] {
  const set = (lo & FLAG.SETTLS) !== 0 ? k.holds('effects/settls') : tls !== 0n && !k.holds('effects/tls-inherited');
  return set ? Number(tls) : parent.own.tls;
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

/** kernel/pid.c alloc_pid() with set_tid: the first number is for the innermost namespace. */
function choose_tids(k: Kernel, child: Task, { tids, set_tid_size }: Kargs): void {
  if (set_tid_size === 0n) return;
  const chosen = tids.slice(0, Number(set_tid_size));
  if (!k.holds('effects/set-tid')) chosen.shift();
  for (const [level, ns] of child.pidNs.chain().entries()) {
    const tid = chosen[level];
    if (typeof tid === 'number') child.chosenTids.set(ns, tid);
  }
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
    const autokill = asks(kargs, 'CLONE_PIDFD_AUTOKILL');
    const descriptor = {
      file: { kind: 'pidfd', offset: 0, flags: 0, lock: undefined, process: child, thread: has(FLAG.THREAD), autokill },
      cloexec: k.holds('effects/pidfd-closed-at-exec'),
    } as const;
    if (autokill) k.autokill.add(descriptor.file);
    if (k.holds('effects/pidfd-refers-to-child')) parent.files.descriptors.set(fd, descriptor);
    k.memoryAt(parent, pidfd).set(pidfd, fd);
    if (parent.files !== child.files && !k.holds('effects/pidfd-not-in-child'))
      child.files.descriptors.set(fd, descriptor);
  }
}
