import { compareVersions } from '../../rules/version.js';
import { SIGCHLD, SIGKILL } from './flag-bits.js';
import type { Kernel } from './kernel.js';
import { exit_ptrace } from './ptrace.js';
import type { FileTable } from './resources.js';
import { send_signal } from './signals.js';
import type { Task, ThreadGroup } from './task.js';

/** kernel/exit.c do_exit(): what a task lets go of. */
export function do_exit(k: Kernel, task: Task, code: number): void {
  if (!task.alive) return;
  const { group } = task;
  release(k, task);
  const hadStatus = group.status;
  if (task.isLeader) group.status = code;
  else if (group.alive.length === 0 && code !== hadStatus) synchronize_group_exit(k, group, code);
  forget_original_parent(k, task);
  if (group.alive.length === 0) exit_notify(k, group);
  else if (!k.holds('effects/exit-ends-one-thread')) do_group_exit(k, task, code);
  else if (!task.isLeader && !k.holds('effects/thread-sends-no-signal')) group.pending.add(SIGCHLD);
}

/**
 * kernel/exit.c synchronize_group_exit(): a process whose leader ended first has the status of its last thread. 5.10 does not have it and
 * 6.1 has; in between nothing is claimed.
 */
function synchronize_group_exit(k: Kernel, group: ThreadGroup, code: number): void {
  const { version } = k.facts.kernel;
  if (compareVersions(version, [6, 1, 0]) >= 0) group.status = code;
  else if (compareVersions(version, [5, 11, 0]) >= 0) k.fog = 'a process ended after its leader';
}

/** kernel/exit.c do_group_exit(): every thread ends. */
export function do_group_exit(k: Kernel, task: Task, code: number): void {
  const { group } = task;
  if (group.alive.length > 1 && !k.holds('effects/exit-group-ends-threads')) {
    do_exit(k, task, code);
    return;
  }
  const ending = group.alive;
  for (const thread of ending) kill_asleep(k, thread);
  for (const thread of ending) release(k, thread);
  group.status = code;
  for (const thread of ending) forget_original_parent(k, thread);
  exit_notify(k, group);
}

/** SIGKILL reaches a task that may sleep. One that was woken a moment ago may be back from its call before that. */
export function kill_asleep(k: Kernel, { waiting }: Task): void {
  if (waiting === undefined) return;
  const wasWoken = waiting.kind === 'interrupted' || (waiting.kind !== 'wait' && waiting.over === true);
  k.cutShort.set(waiting.step, wasWoken ? 'in a race' : 'asleep');
}

/** Memory, semaphores, files: exit_mm(), exit_sem(), exit_files(). */
export function release(k: Kernel, task: Task): void {
  if (task.tracer !== undefined) k.fog = 'a traced task ended';
  task.alive = false;
  task.waiting = undefined;
  exit_ptrace(k, task);
  mm_release(k, task);
  task.memory.users--;
  exit_sem(task);
  exit_files(k, task.files);
  task.handlers.users--;
}

/** ipc/sem.c exit_sem(): the last task of a list applies it. */
export function exit_sem(task: Task): void {
  const { undo } = task;
  if (undo === undefined) return;
  task.undo = undefined;
  const { ipc } = task.namespaces;
  if (--undo.users === 0 && ipc.semaphore !== undefined) ipc.semaphore = Math.max(0, ipc.semaphore + undo.adjustment);
}

/** fs/file.c exit_files(): locks belong to the table, and end with its last user. */
export function exit_files(k: Kernel, files: FileTable): void {
  if (--files.users > 0) return;
  for (const { file } of files.descriptors.values()) if (file.lock === files) file.lock = undefined;
  pidfds_closed(k);
}

/** pidfs: a process whose pidfd nobody has open any more is killed, where it was made so. */
export function pidfds_closed(k: Kernel): void {
  const tables = [...k.tasks.values()].map(({ files }) => files).filter(({ users }) => users > 0);
  const open = new Set(tables.flatMap(({ descriptors }) => [...descriptors.values()].map(({ file }) => file)));
  for (const file of k.autokill) {
    if (open.has(file)) continue;
    k.autokill.delete(file);
    const process = file.process;
    if (process?.group.state === 'running' && k.holds('effects/pidfd-autokill')) do_group_exit(k, process, SIGKILL);
  }
}

/**
 * kernel/fork.c mm_release(), at exit and at execve: the TID word, its futex, and the parent that vfork suspended.
 *
 * @param parent - `parent sleeps on` in a kernel that forgets it
 */
export function mm_release(
  k: Kernel,
  task: Task,
  parent: 'parent resumes' | 'parent sleeps on' = 'parent resumes',
): void {
  const { memory, clearChildTid: address, vforkParent } = task;
  if (address !== undefined) {
    const clears = memory.users > 1 ? k.holds('effects/child-cleartid') : !k.holds('effects/cleartid-needs-sharer');
    if (clears) {
      k.memoryAt(task, address).set(address, 0);
      if (k.holds('effects/cleartid-wakes')) wake(k, task, address);
    }
    task.clearChildTid = undefined;
  }
  task.robustList = false;
  if (parent === 'parent sleeps on') return;
  task.vforkParent = undefined;
  if (vforkParent?.waiting?.kind === 'vfork' && vforkParent.waiting.child === task && k.holds('effects/vfork-resumes'))
    vforkParent.waiting = { ...vforkParent.waiting, over: true };
}

/** futex_wake(): the first waiter at the address, in the same memory or in memory that is shared by all. */
function wake(k: Kernel, task: Task, address: bigint): void {
  const words = k.memoryAt(task, address);
  let first: Task | undefined;
  for (const waiter of k.tasks.values()) {
    const { waiting } = waiter;
    if (waiting?.kind !== 'futex' || waiting.at !== address || waiting.over === true) continue;
    if (k.memoryAt(waiter, address) !== words) continue;
    if (first?.waiting === undefined || waiting.step < first.waiting.step) first = waiter;
  }
  if (first?.waiting?.kind === 'futex') first.waiting = { ...first.waiting, over: true };
}

/** kernel/exit.c forget_original_parent(): children go to another thread, to a subreaper, or to the init of the namespace. */
export function forget_original_parent(k: Kernel, father: Task): void {
  const { group } = father;
  const { init } = father.pidNs;
  if (group.alive.length === 0 && init?.group === group && !father.pidNs.dead) zap_pid_ns_processes(k, init);
  const reaper = group.alive[0] ?? find_new_reaper(father);
  for (const { group: other } of k.tasks.values()) {
    if (other === group || other.parent !== father) continue;
    other.parent = reaper;
    for (const thread of other.alive) if (thread.pdeathSignal !== 0) send_signal(k, thread, thread.pdeathSignal, true);
    if (reaper?.group === group) continue;
    other.exitSignal = SIGCHLD;
    // What had ended already is told to the new parent; out of sight it is gone.
    if (other.state === 'zombie') notify_parent(k, other);
  }
}

function find_new_reaper(father: Task): Task | undefined {
  let ancestor = father.group.parent;
  while (ancestor !== undefined && ancestor.pidNs === father.pidNs) {
    const [thread] = ancestor.group.alive;
    if (ancestor.group.subreaper && thread !== undefined) return thread;
    ancestor = ancestor.group.parent;
  }
  return father.pidNs.init?.group.alive[0];
}

/** kernel/exit.c exit_notify(): the process is a zombie, and its parent hears of it. */
function exit_notify(k: Kernel, group: ThreadGroup): void {
  group.state = 'zombie';
  notify_parent(k, group);
}

/** kernel/signal.c do_notify_parent(). */
function notify_parent(k: Kernel, group: ThreadGroup): void {
  const { parent, signalled } = group;
  if (group.autoreap) {
    group.state = 'reaped';
    return;
  }
  const recipient = signalled ?? parent;
  if (recipient === undefined) return;
  const signal = exit_signal(k, group);
  if (signal === SIGCHLD && parent?.handlers.actions.get(SIGCHLD) === 'ignore') group.state = 'reaped';
  else if (signal > 0 && signal <= 64 && recipient.group.alive.length !== 0) send_signal(k, recipient, signal, true);
}

function exit_signal(k: Kernel, group: ThreadGroup): number {
  const { exitSignal, parent } = group;
  if (exitSignal === 0) return k.holds('effects/no-exit-signal') ? 0 : SIGCHLD;
  if (exitSignal === SIGCHLD || !k.holds('effects/exit-signal-sent')) return SIGCHLD;
  // A parent that has executed a program since gets no signal that it does not know of.
  const isOther = parent !== undefined && parent.execs !== group.parentExecs;
  return isOther && k.holds('effects/exec-parent-gets-sigchld') ? SIGCHLD : exitSignal;
}

/** kernel/pid_namespace.c zap_pid_ns_processes(): with the init of a namespace everything in it ends. */
function zap_pid_ns_processes(k: Kernel, init: Task): void {
  init.pidNs.dead = true;
  // It waits until they are reaped, and those that are no children of its own others have to reap.
  const strangers = [...k.tasks.values()].filter(
    ({ group, pidNs, isLeader }) =>
      isLeader &&
      group !== init.group &&
      group.state !== 'reaped' &&
      init.pidNs.contains(pidNs) &&
      (group.parent === undefined || !init.pidNs.contains(group.parent.pidNs)),
  );
  if (strangers.length > 0) k.fog = 'the init of a namespace waits for tasks that others have to reap';
  // It lets its children reap themselves; where handlers are shared, those of the sharers too.
  init.handlers.actions.set(SIGCHLD, 'ignore');
  for (const task of k.tasks.values()) {
    if (task !== init && task.alive && init.pidNs.contains(task.pidNs)) {
      do_group_exit(k, task, SIGKILL);
      task.group.state = 'reaped';
    }
  }
}
