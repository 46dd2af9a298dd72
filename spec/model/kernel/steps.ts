import { predict } from '../predict.js';
import type { CallerFacts, Facts } from '../facts.js';
import { ALL_CAPABILITIES } from '../nominal.js';
import { DISPOSITIONS } from '../../scenario/words.js';
import type { Operation, Step, StepResult, Value } from '../../scenario/scenario.js';
import type { Clone3Call, CloneCall, ForkCall } from '../call.js';
import { copy_process } from './copy_process.js';
import { do_exit, do_group_exit } from './exit.js';
import type { Kernel } from './kernel.js';
import { ALL_SIGNALS } from './kernel.js';
import { IoContext, SemaphoreUndo } from './resources.js';
import type { Task } from './task.js';
import { deliver_pending, send_signal } from './signals.js';
import { do_wait } from './wait.js';

const OVERFLOW_ID = 65_534;
const CLONE_VFORK = 0x4000n;

const returned = (value: Value): StepResult => ({ kind: 'returned', value });
const failed = (errno: string): StepResult => ({ kind: 'failed', errno });
/** Where the pages of `map` lie, and how far apart. */
const PAGES = 0x2010_0000;
const PAGE_DISTANCE = 0x1_0000;
const OPEN: StepResult = { kind: 'open' };

/**
 * One task performs one operation.
 *
 * @returns undefined where the task sleeps; `task.waiting` then says for what
 */
export function perform(k: Kernel, task: Task, step: Step, index: number): StepResult | undefined {
  switch (step.op) {
    case 'clone':
      return clone(k, task, step, index);
    case 'exit':
      do_exit(k, task, (step.status & 0xff) << 8);
      return { kind: 'gone', how: `exit ${String(step.status)}` };
    case 'exit_group':
      do_group_exit(k, task, (step.status & 0xff) << 8);
      return { kind: 'gone', how: `exit ${String(step.status)}` };
    case 'wait': {
      const who = step.who === 'any' ? 'any' : k.tasks.get(step.who);
      // The step names a task that was never made.
      if (who === undefined) return { kind: 'absent' };
      const result = do_wait(k, task, who, step.options);
      if (result === undefined) task.waiting = { kind: 'wait', who, options: step.options, step: index };
      return result;
    }
    case 'futex_wait': {
      if ((k.memoryAt(task, step.at).get(step.at) ?? 0) === 0) return failed('EAGAIN');
      task.waiting = { kind: 'futex', at: step.at, step: index };
      return undefined;
    }
    case 'kill':
    case 'tgkill':
      return kill(k, task, step);
    default:
      return memory(k, task, step) ?? files(k, task, step) ?? signals(k, task, step) ?? identity(k, task, step) ?? OPEN;
  }
}

/** What a sleeping task's call comes to now; undefined where it sleeps on. */
export function woken(k: Kernel, task: Task): StepResult | undefined {
  const { waiting } = task;
  switch (waiting?.kind) {
    case undefined:
      return undefined;
    case 'vfork':
      return waiting.over === true ? returned(waiting.child.tidFrom(task.pidNs)) : undefined;
    case 'futex':
      return waiting.over === true ? returned(0) : undefined;
    case 'wait':
      return do_wait(k, task, waiting.who, waiting.options);
  }
}

function clone(
  k: Kernel,
  task: Task,
  { call, child }: Extract<Operation, { op: 'clone' }>,
  index: number,
): StepResult | undefined {
  const { allowed, outcome } = predict(factsOf(k, task), call);
  if (allowed.length !== 1) return OPEN;
  if (outcome !== 'success') {
    const address = call.call === 'clone' ? call.parent_tid : call.call === 'clone3' ? call.args.parent_tid : 0n;
    if (address !== 0n && !k.holds('effects/failure-no-trace')) k.memoryAt(task, address).set(address, 1);
    return failed(outcome);
  }
  const made = copy_process(k, task, call, child);
  const value = k.holds('effects/returns-tid') ? made.tidFrom(task.pidNs) : 1;
  const asksToSleep = (flagsOf(call) & CLONE_VFORK) !== 0n;
  const suspends = asksToSleep ? k.holds('effects/vfork-suspends') : !k.holds('effects/no-suspension');
  if (!suspends) return returned(value);
  made.vforkParent = task;
  task.waiting = { kind: 'vfork', child: made, step: index };
  return undefined;
}

function flagsOf(call: CloneCall | Clone3Call | ForkCall): bigint {
  switch (call.call) {
    case 'fork':
      return 0n;
    case 'vfork':
      return CLONE_VFORK;
    case 'clone':
      return call.flags;
    case 'clone3':
      return call.args.flags;
  }
}

/** The facts of a task that a scenario made, from those of its first task. */
function factsOf(k: Kernel, task: Task): Facts {
  const first = k.tasks.get(0);
  if (task === first || first === undefined) return k.facts;
  const base = k.facts.caller;
  const isInit = task.pidNs.init?.group === task.group;
  const inNewUserNs = task.namespaces.user !== first.namespaces.user;
  const caller: CallerFacts = {
    ...base,
    pid_ns_init: isInit || (base.pid_ns_init && task.group === first.group),
    time_ns_for_children: task.namespaces.time === task.namespaces.time_for_children ? 'same' : 'other',
    ...(inNewUserNs && {
      cap_effective: ALL_CAPABILITIES,
      user_ns_initial: false,
      euid_mapped: false,
      egid_mapped: false,
      user_ns_level: base.user_ns_level === null ? null : base.user_ns_level + 1,
    }),
  };
  return { kernel: k.facts.kernel, caller };
}

function kill(k: Kernel, task: Task, step: Extract<Operation, { op: 'kill' | 'tgkill' }>): StepResult {
  const target = k.tasks.get(step.who);
  if (target === undefined) return { kind: 'absent' };
  // A thread is gone for good when it ends; a process when somebody has waited for it.
  const thread = target.group.leader !== target;
  const gone = step.op === 'tgkill' || thread ? !target.alive : target.group.state === 'reaped';
  if (gone) return step.op === 'kill' ? failed('ESRCH') : OPEN;
  if (target.alive || target.group.alive.length > 0) send_signal(k, target, step.signal, step.op === 'kill');
  return task.alive ? returned(0) : { kind: 'gone', how: `signal ${String(step.signal)}` };
}

function memory(k: Kernel, task: Task, step: Step): StepResult | undefined {
  switch (step.op) {
    case 'read':
      return returned(k.memoryAt(task, step.at).get(step.at) ?? 0);
    case 'write':
      k.memoryAt(task, step.at).set(step.at, step.value);
      return returned(step.value);
    case 'map':
      task.memory.pages.add(step.page);
      return returned(PAGES + step.page * PAGE_DISTANCE);
    case 'unmap':
      task.memory.pages.delete(step.page);
      return returned(0);
    case 'mapped':
      return returned(task.memory.pages.has(step.page) ? 1 : 0);
    case 'tls':
      return returned(task.tls === 'own' ? 0 : task.tls);
    default:
      return undefined;
  }
}

function files(k: Kernel, task: Task, step: Step): StepResult | undefined {
  const { descriptors } = task.files;
  switch (step.op) {
    case 'open':
    case 'memfd': {
      let { fd } = step;
      while (descriptors.has(fd)) fd++;
      descriptors.set(fd, { file: { kind: step.op === 'open' ? 'directory' : 'memfd', offset: 0 }, cloexec: false });
      return returned(fd);
    }
    case 'close':
      return descriptors.delete(step.fd) ? returned(0) : failed('EBADF');
    case 'getfd': {
      const descriptor = descriptors.get(step.fd);
      return descriptor === undefined ? failed('EBADF') : returned(descriptor.cloexec ? 1 : 0);
    }
    case 'lseek': {
      const file = descriptors.get(step.fd)?.file;
      if (file === undefined) return failed('EBADF');
      if (file.kind !== 'memfd') return OPEN;
      const SEEK_CUR = 1;
      file.offset = step.whence === SEEK_CUR ? file.offset + step.offset : step.offset;
      return returned(file.offset);
    }
    case 'pidfd_getfl':
    case 'pidfd_getfd':
    case 'pidfd_poll':
      return pidfd(k, task, step);
    case 'chdir':
      task.fs.cwd = step.to;
      return returned(0);
    case 'cwd':
      return returned(task.fs.cwd === 'root' ? 0 : 1);
    case 'umask': {
      const old = task.fs.umask;
      task.fs.umask = step.mask;
      return returned(old);
    }
    default:
      return undefined;
  }
}

/** What a pidfd says whose number is stored at an address. */
function pidfd(
  k: Kernel,
  task: Task,
  { op, at }: Extract<Operation, { op: 'pidfd_getfl' | 'pidfd_getfd' | 'pidfd_poll' }>,
): StepResult {
  const fd = k.memoryAt(task, at).get(at);
  // A word that holds nothing, or a TID, names no descriptor that the model knows of.
  if (typeof fd !== 'number' || fd < 3) return OPEN;
  const descriptor = task.files.descriptors.get(fd);
  const POLLIN = 1;
  const POLLNVAL = 32;
  if (descriptor === undefined) return op === 'pidfd_poll' ? returned(POLLNVAL) : failed('EBADF');
  const { process } = descriptor.file;
  // What nobody in the scenario waits for is reaped at a time that nobody knows.
  if (process === undefined || process.group.leader !== process) return OPEN;
  if (process.group.state !== 'running' && process.group.parent === undefined) return OPEN;
  const O_RDWR = 2;
  if (op === 'pidfd_getfd') return returned(1);
  if (op === 'pidfd_getfl') return returned(O_RDWR);
  if (process.group.state === 'running') return returned(0);
  return process.group.state === 'zombie' ? returned(k.holds('effects/pidfd-becomes-readable') ? POLLIN : 0) : OPEN;
}

function signals(k: Kernel, task: Task, step: Step): StepResult | undefined {
  switch (step.op) {
    case 'sigaction': {
      const old = task.handlers.actions.get(step.signal) ?? 'default';
      task.handlers.actions.set(step.signal, step.handler);
      return returned(DISPOSITIONS.indexOf(old));
    }
    case 'sighandler':
      return returned(DISPOSITIONS.indexOf(task.handlers.actions.get(step.signal) ?? 'default'));
    case 'sigblock':
    case 'sigunblock': {
      const old = task.blocked.mask;
      task.blocked.mask = step.op === 'sigblock' ? old | step.mask : old & ~step.mask & ALL_SIGNALS;
      deliver_pending(k, task);
      return task.alive ? returned(maskValue(old)) : { kind: 'gone', how: `signal ${String(task.group.status)}` };
    }
    case 'sigmask':
      return returned(maskValue(task.blocked.mask));
    case 'sigpending': {
      const group =
        task.group.leader === task || k.holds('effects/group-pending-shared') ? [...task.group.pending] : [];
      return returned(
        maskValue([...group, ...task.pending].reduce((mask, signal) => mask | (1n << BigInt(signal - 1)), 0n)),
      );
    }
    case 'altstack':
      return returned(task.altstack ? 0 : 2);
    case 'altstack_set':
      task.altstack = true;
      return returned(0);
    default:
      return undefined;
  }
}

/** SIGKILL and SIGSTOP cannot be blocked: the kernel leaves them out of every mask. */
function maskValue(mask: bigint): number {
  const SIGKILL_AND_SIGSTOP = (1n << 8n) | (1n << 18n);
  return Number(BigInt.asIntN(64, mask & ~SIGKILL_AND_SIGSTOP));
}

function identity(k: Kernel, task: Task, step: Step): StepResult | undefined {
  const { group, namespaces } = task;
  switch (step.op) {
    case 'getpid':
      return returned((group.leader ?? task).tidFrom(task.pidNs));
    case 'gettid':
      return returned(task.tidFrom(task.pidNs));
    case 'getppid':
      return returned(parentTid(task));
    case 'getsid':
    case 'getpgrp':
      if (group.ownSession) return returned((group.leader ?? task).tidFrom(task.pidNs));
      return task.pidNs.number === 0 ? returned({ symbol: `${step.op}:initial` }) : returned(0);
    case 'uid':
      return returned(namespaces.user === k.tasks.get(0)?.namespaces.user ? k.facts.caller.euid : OVERFLOW_ID);
    case 'nnp':
      return returned(task.noNewPrivs ? 1 : 0);
    case 'nnp_set':
      task.noNewPrivs = true;
      return returned(0);
    case 'ns':
      return returned({ symbol: (step.kind === 'pid' ? task.pidNs : namespaces[step.kind]).symbol });
    case 'hostname':
      return returned(namespaces.uts.hostname);
    case 'sethostname':
      // The capability counts in the user namespace that owns the UTS namespace.
      if (namespaces.uts.owner !== namespaces.user) return failed('EPERM');
      namespaces.uts.hostname = step.n;
      return returned(0);
    case 'ioprio_set':
      task.io ??= new IoContext(step.value);
      task.io.priority = step.value;
      return returned(0);
    case 'ioprio':
      return task.io === undefined ? OPEN : returned(task.io.priority);
    default:
      return semaphore(k, task, step);
  }
}

function parentTid(task: Task): Value {
  const parent = task.parentOfItsOwn ?? task.group.parent;
  if (parent === undefined) return task.pidNs.number === 0 ? { symbol: 'tid:host@0' } : 0;
  if (!task.pidNs.contains(parent.pidNs)) return 0;
  return (parent.group.leader ?? parent).tidFrom(task.pidNs);
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
  if (step.op !== 'sem_op' && step.op !== 'sem_set') return returned(ipc.semaphore);
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
