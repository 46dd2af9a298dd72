import { SIGCHLD } from './copy_process.js';
import type { Kernel } from './kernel.js';
import type { Task, ThreadGroup } from './task.js';

/** kernel/exit.c do_exit(): what a task lets go of. */
export function do_exit(k: Kernel, task: Task, code: number): void {
  if (!task.alive) return;
  task.alive = false;
  task.waiting = undefined;
  mm_release(k, task);
  if (task.undo !== undefined && --task.undo.users === 0 && task.namespaces.ipc.semaphore !== undefined) {
    task.namespaces.ipc.semaphore += task.undo.adjustment;
  }
  const { group } = task;
  if (group.leader === task) group.status = code;
  if (group.alive.length === 0) exit_notify(k, group);
  else if (!k.holds('effects/exit-ends-one-thread')) do_group_exit(k, task, code);
  else if (group.leader !== task && !k.holds('effects/thread-sends-no-signal')) group.pending.add(SIGCHLD);
}

/** kernel/exit.c do_group_exit(): every thread ends. */
export function do_group_exit(k: Kernel, task: Task, code: number): void {
  const { group } = task;
  if (group.alive.length > 1 && !k.holds('effects/exit-group-ends-threads')) {
    do_exit(k, task, code);
    return;
  }
  for (const thread of group.alive) {
    thread.alive = false;
    if (thread.waiting !== undefined) k.cutShort.add(thread.waiting.step);
    thread.waiting = undefined;
    mm_release(k, thread);
    if (thread.undo !== undefined && --thread.undo.users === 0 && thread.namespaces.ipc.semaphore !== undefined) {
      thread.namespaces.ipc.semaphore += thread.undo.adjustment;
    }
  }
  group.status = code;
  exit_notify(k, group);
}

/** kernel/fork.c mm_release(): the TID word, its futex, and the parent that vfork suspended. */
function mm_release(k: Kernel, task: Task): void {
  const { memory, clearChildTid: address, vforkParent } = task;
  const shared = memory.users > 1;
  if (address !== undefined) {
    const clears = shared ? k.holds('effects/child-cleartid') : !k.holds('effects/cleartid-needs-sharer');
    if (clears) {
      k.memoryAt(task, address).set(address, 0);
      if (k.holds('effects/cleartid-wakes')) wake(k, task, address);
    }
  }
  memory.users--;
  if (vforkParent?.waiting?.kind === 'vfork' && k.holds('effects/vfork-resumes'))
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

/** kernel/exit.c exit_notify() and kernel/signal.c do_notify_parent(): the process is a zombie, and its parent hears of it. */
function exit_notify(k: Kernel, group: ThreadGroup): void {
  group.state = 'zombie';
  for (const { group: other } of k.tasks.values()) {
    if (other !== group && other.parent?.group === group) {
      other.parent = undefined;
      other.exitSignal = SIGCHLD;
    }
  }
  const leader = group.leader;
  if (leader !== undefined && leader.pidNs.init === leader) zap_pid_ns_processes(k, leader);
  const { parent } = group;
  const recipient = group.signalled ?? parent;
  if (parent === undefined && group.signalled === undefined) return;
  let signal = group.exitSignal;
  if (signal === 0 && !k.holds('effects/no-exit-signal')) signal = SIGCHLD;
  if (signal !== 0 && signal !== SIGCHLD && !k.holds('effects/exit-signal-sent')) signal = SIGCHLD;
  if (signal === SIGCHLD && parent?.handlers.actions.get(SIGCHLD) === 'ignore') group.state = 'reaped';
  else if (signal > 0 && signal <= 64 && recipient?.group.alive.length !== 0) recipient?.group.pending.add(signal);
}

/** kernel/pid_namespace.c zap_pid_ns_processes(): with the init of a namespace everything in it ends. */
function zap_pid_ns_processes(k: Kernel, init: Task): void {
  // It lets its children reap themselves; where handlers are shared, those of the sharers too.
  init.handlers.actions.set(SIGCHLD, 'ignore');
  for (const task of k.tasks.values()) {
    if (task !== init && task.alive && init.pidNs.contains(task.pidNs)) {
      const SIGKILL = 9;
      do_group_exit(k, task, SIGKILL);
      task.group.state = 'reaped';
    }
  }
}
