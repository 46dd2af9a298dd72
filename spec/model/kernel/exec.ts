import { hasFeature } from '../../features.js';
import { exit_files, forget_original_parent, kill_asleep, mm_release, pidfds_closed, release } from './exit.js';
import { SIGCHLD } from './flag-bits.js';
import type { Kernel } from './kernel.js';
import { Memory } from './resources.js';
import type { Task } from './task.js';

/** fs/exec.c begin_new_exec(): what a task keeps and what it lets go of when it executes a program. */
export function begin_new_exec(k: Kernel, task: Task): void {
  if (task.tracer !== undefined) k.fog = 'a traced task executed a program';
  de_thread(k, task);
  unshare_files(k, task);
  exec_mmap(k, task);
  if (hasFeature(k.facts.kernel, 'timens_any_vm')) exec_task_namespaces(k, task);
  unshare_sighand(k, task);
  task.execs++;
  task.own.altstack = false;
  // riscv's start_thread() leaves the thread pointer as it was.
  if (k.facts.kernel.arch !== 'riscv64') task.own.tls = 0;
  task.group.timers.clear();
  // commit_creds(): capabilities come anew, from a user id that has no name here.
  if (task.namespaces.user !== k.first.namespaces.user) task.own.lostCapabilities = true;
}

/** The other threads end; one that was not the leader takes the leader's place and TID. */
function de_thread(k: Kernel, task: Task): void {
  const { group } = task;
  const others = group.alive.filter((thread) => thread !== task);
  if (others.length > 0 && k.holds('effects/exec-ends-threads')) {
    for (const thread of others) {
      kill_asleep(k, thread);
      release(k, thread);
      forget_original_parent(k, thread);
    }
  }
  const { leader } = group;
  if (leader !== undefined && leader !== task && k.holds('effects/exec-takes-leader-tid')) {
    task.identity = leader.identity;
    group.leader = task;
    group.replaced.add(leader);
  }
  if (group.exitSignal !== SIGCHLD && k.holds('effects/exec-exit-signal')) group.exitSignal = SIGCHLD;
}

function unshare_files(k: Kernel, task: Task): void {
  const { files } = task;
  if (files.users > 1 && k.holds('effects/exec-unshares-files')) {
    task.files = files.copy();
    exit_files(k, files);
  }
  for (const [fd, { file, cloexec }] of task.files.descriptors) {
    if (!cloexec) continue;
    task.files.descriptors.delete(fd);
    if (file.lock === task.files) file.lock = undefined;
  }
  pidfds_closed(k);
}

function exec_mmap(k: Kernel, task: Task): void {
  const { memory, vforkParent } = task;
  const keepsAsleep = vforkParent !== undefined && !k.holds('effects/vfork-resumes-at-exec');
  mm_release(k, task, keepsAsleep ? 'parent sleeps on' : 'parent resumes');
  if (memory.users > 1 && !k.holds('effects/exec-own-memory')) return;
  memory.users--;
  task.memory = new Memory(new Map(), new Map());
}

/** kernel/nsproxy.c: the time namespace for children becomes its own. */
function exec_task_namespaces(k: Kernel, task: Task): void {
  const { time, time_for_children } = task.namespaces;
  if (time !== time_for_children && k.holds('effects/exec-enters-time-namespace'))
    task.namespaces = { ...task.namespaces, time: time_for_children };
}

/** The table of handlers is its own; handlers are gone, what is ignored stays ignored. */
function unshare_sighand(k: Kernel, task: Task): void {
  const { handlers } = task;
  if (handlers.users > 1 && k.holds('effects/exec-unshares-handlers')) {
    handlers.users--;
    task.handlers = handlers.copy();
  }
  for (const [signal, action] of task.handlers.actions)
    if (action === 'handler' && k.holds('effects/exec-resets-handlers')) task.handlers.actions.delete(signal);
}
