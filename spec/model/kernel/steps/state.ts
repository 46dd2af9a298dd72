import type { OperationOf, Step, StepResult } from '../../../scenario/scenario.js';
import { exit_sem } from '../exit.js';
import { canUnshare, unshare } from '../copy_namespaces.js';
import { FLAG } from '../flag-bits.js';
import { capable } from '../facts-of.js';
import type { Kernel } from '../kernel.js';
import { IoContext, SemaphoreUndo } from '../resources.js';
import type { Task } from '../task.js';
import { OPEN, failed, returned } from './results.js';

/** Namespaces and what is seen in them. */
export function namespaceSteps(k: Kernel, task: Task, step: Step): StepResult | undefined {
  const { namespaces } = task;
  switch (step.op) {
    case 'ns':
      if (task.fs.root === 'empty') return OPEN;
      if (step.kind === 'pid_for_children') return pidForChildren(task);
      return returned({ symbol: (step.kind === 'pid' ? task.pidNs : namespaces[step.kind]).symbol });
    case 'unshare':
      return unshareStep(k, task, step);
    case 'setns':
      return setns(k, task, step);
    case 'hostname':
      return returned(namespaces.uts.hostname);
    case 'sethostname':
      // The capability counts in the user namespace that owns the UTS namespace.
      if (namespaces.uts.owner !== namespaces.user || !capable(k, task, 'SYS_ADMIN')) return failed('EPERM');
      namespaces.uts.hostname = step.n;
      return returned(0);
    case 'cgroup':
      if (task.fs.root === 'empty') return OPEN;
      return cgroupPath(k, task);
    default:
      return semaphore(k, task, step);
  }
}

/** kernel/cgroup/namespace.c: 2 for the root of the namespace, 1 for the fixture's path in it. */
function cgroupPath(k: Kernel, { own, namespaces: { cgroup } }: Task): StepResult {
  if (cgroup === k.first.namespaces.cgroup)
    return own.cgroup === 'fixture' ? returned(1) : returned({ symbol: 'cgroup:initial' });
  if (cgroup.root === own.cgroup) return returned(2);
  return own.cgroup === 'fixture' ? returned(1) : OPEN;
}

/** kernel/pid_namespace.c pidns_for_children_get(): one that has had no task yet has no name. */
function pidForChildren({ namespaces: { pid_for_children: ns }, pidNs }: Task): StepResult {
  if (ns === pidNs || ns.init?.alive === true) return returned({ symbol: ns.symbol });
  return ns.init === undefined ? failed('ENOENT') : OPEN;
}

function unshareStep(k: Kernel, task: Task, { flags }: OperationOf<'unshare'>): StepResult {
  const word = Number(flags);
  const needsRight = (word & ~(FLAG.FILES | FLAG.FS | FLAG.SYSVSEM)) !== 0;
  if (!canUnshare(flags)) {
    k.fog = 'something was unshared that the model has no part of';
    return OPEN;
  }
  if (needsRight && !capable(k, task, 'SYS_ADMIN')) return failed('EPERM');
  if ((word & (FLAG.NEWIPC | FLAG.SYSVSEM)) !== 0) exit_sem(task);
  unshare(k, task, word);
  return returned(0);
}

function setns(k: Kernel, task: Task, { who, kind }: OperationOf<'setns'>): StepResult {
  const target = k.tasks.get(who);
  if (target === undefined) return { kind: 'absent' };
  const user = k.first.namespaces.user;
  // In the initial user namespace a capability counts for all of them.
  const isPlain =
    k.facts.caller.user_ns_initial && (kind === 'uts' || kind === 'ipc' || kind === 'net' || kind === 'cgroup');
  if (
    !isPlain ||
    !target.alive ||
    task.namespaces.user !== user ||
    target.namespaces.user !== user ||
    task.fs.root !== 'root'
  ) {
    k.fog = 'a namespace was entered that the model has no rule for';
    return OPEN;
  }
  if (!capable(k, task, 'SYS_ADMIN')) return failed('EPERM');
  if (kind === 'ipc') exit_sem(task);
  task.namespaces = { ...task.namespaces, [kind]: target.namespaces[kind] };
  return returned(0);
}

/** What a task or its process has of its own. */
export function stateSteps(k: Kernel, task: Task, step: Step): StepResult | undefined {
  const { group, own } = task;
  switch (step.op) {
    case 'ioprio_set':
      task.io ??= new IoContext(step.value);
      task.io.priority = step.value;
      return returned(0);
    case 'ioprio':
      return task.io === undefined ? OPEN : returned(task.io.priority);
    case 'nice':
      return returned(own.nice ?? { symbol: 'nice:initial' });
    case 'nice_set': {
      const LOWEST = 19;
      // To go up again takes a right; from where it began nobody knows which way is up.
      if (step.value !== LOWEST && !capable(k, task, 'SYS_NICE')) return fogged(k, 'a nice value was set');
      own.nice = step.value;
      return returned(0);
    }
    case 'sched':
      return returned(own.policy + (own.resetOnFork ? RESET_ON_FORK : 0));
    case 'sched_set': {
      const reset = (step.policy & RESET_ON_FORK) !== 0;
      const policy = step.policy & ~RESET_ON_FORK;
      const isPlain = [own.policy, policy].every((each) => each === SCHED_OTHER || each === SCHED_BATCH);
      if (!isPlain) return fogged(k, 'a scheduling policy was set that the model has no rule for');
      if (own.resetOnFork && !reset && !capable(k, task, 'SYS_NICE')) return failed('EPERM');
      own.policy = policy;
      own.resetOnFork = reset;
      return returned(0);
    }
    case 'personality':
      return returned(own.personality ?? { symbol: 'personality:initial' });
    case 'personality_set': {
      const old = own.personality;
      own.personality = step.value;
      return returned(old ?? { symbol: 'personality:initial' });
    }
    case 'timerslack':
      return returned(own.timerslack ?? { symbol: 'timerslack:initial' });
    case 'timerslack_set':
      own.timerslack = step.value;
      return returned(0);
    case 'subreaper':
      return returned(group.subreaper ? 1 : 0);
    case 'subreaper_set':
      group.subreaper = step.value !== 0;
      return returned(0);
    case 'rlimit':
      return returned(group.rlimit ?? { symbol: 'rlimit:initial' });
    case 'rlimit_set':
      group.rlimit = step.value;
      return returned(0);
    case 'itimer':
      return returned(group.itimer ? 1 : 0);
    case 'itimer_set':
      group.itimer = step.value !== 0;
      return returned(0);
    case 'timer_create': {
      const id = group.timersMade++;
      group.timers.add(id);
      return returned(id);
    }
    case 'timer_there':
      return group.timers.has(step.id) ? returned(0) : failed('EINVAL');
    case 'robust_list':
      return returned(task.robustList ? 1 : 0);
    case 'robust_list_set':
      task.robustList = true;
      return returned(0);
    default:
      return undefined;
  }
}

const RESET_ON_FORK = 0x4000_0000;
const SCHED_OTHER = 0;
const SCHED_BATCH = 3;

function fogged(k: Kernel, why: string): StepResult {
  k.fog = why;
  return OPEN;
}

/** One semaphore set with one semaphore, which lives in the namespace of the task that asked for it first. */
function semaphore(k: Kernel, task: Task, step: Step): StepResult | undefined {
  const { ipc } = task.namespaces;
  switch (step.op) {
    case 'sem_get':
      if (![...k.tasks.values()].some(({ namespaces }) => namespaces.ipc.semaphore !== undefined)) ipc.semaphore = 0;
      return returned({ symbol: 'sem:0' });
    case 'shm_seen':
      return returned(ipc.semaphore === undefined ? 0 : 1);
    case 'sem_set':
    case 'sem_value':
    case 'sem_op':
      break;
    default:
      return undefined;
  }
  if (ipc.semaphore === undefined) return failed('EINVAL');
  if (step.op === 'sem_value') return returned(ipc.semaphore);
  if (step.op === 'sem_set') {
    ipc.semaphore = step.value;
    // SETVAL clears what every task would undo.
    for (const { undo } of k.tasks.values()) if (undo !== undefined) undo.adjustment = 0;
    return returned(0);
  }
  if (ipc.semaphore + step.value < 0) return OPEN;
  ipc.semaphore += step.value;
  if (step.undo === 1) {
    task.undo ??= new SemaphoreUndo();
    task.undo.adjustment -= step.value;
  }
  return returned(0);
}
