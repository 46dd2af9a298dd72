import { DISPOSITIONS } from '../../../scenario/words.js';
import type { OperationOf, Step, StepResult } from '../../../scenario/scenario.js';
import { SIGKILL, SIGSTOP } from '../flag-bits.js';
import { ALL_SIGNALS, type Kernel } from '../kernel.js';
import { IGNORED_BY_DEFAULT, deliver_pending, send_signal } from '../signals.js';
import { stopBySignal } from '../ptrace.js';
import type { Task } from '../task.js';
import { OPEN, failed, returned } from './results.js';

/** Dispositions, masks, pending signals and alternate stacks. */
export function signalSteps(k: Kernel, task: Task, step: Step, index: number): StepResult | undefined {
  switch (step.op) {
    case 'kill':
    case 'tgkill':
      return kill(k, task, step, index);
    case 'sigaction': {
      const old = task.handlers.actions.get(step.signal) ?? 'default';
      task.handlers.actions.set(step.signal, step.handler);
      // What becomes ignored is pending no more.
      if (step.handler === 'ignore' || (step.handler === 'default' && IGNORED_BY_DEFAULT.has(step.signal)))
        for (const { pending } of [task.group, ...task.group.alive]) pending.delete(step.signal);
      return returned(DISPOSITIONS.indexOf(old));
    }
    case 'sighandler':
      return returned(DISPOSITIONS.indexOf(task.handlers.actions.get(step.signal) ?? 'default'));
    case 'handled': {
      const times = task.handled.get(step.signal) ?? 0;
      return Number.isNaN(times) ? OPEN : returned(times);
    }
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
      const { pending } = task.group;
      const seen = pending.size === 0 || task.isLeader || k.holds('effects/group-pending-shared') ? [...pending] : [];
      return returned(
        maskValue([...seen, ...task.pending].reduce((mask, signal) => mask | (1n << BigInt(signal - 1)), 0n)),
      );
    }
    case 'altstack':
      return returned(task.own.altstack ? 0 : 2);
    case 'altstack_set':
      task.own.altstack = true;
      return returned(0);
    case 'pdeathsig':
      return returned(task.pdeathSignal);
    case 'pdeathsig_set':
      task.pdeathSignal = step.signal;
      return returned(0);
    default:
      return undefined;
  }
}

function kill(k: Kernel, task: Task, step: OperationOf<'kill' | 'tgkill'>, index: number): StepResult | undefined {
  const target = k.tasks.get(step.who);
  if (target === undefined) return { kind: 'absent' };
  if (target.group.replaced.size > 0 || target.execs > 0) {
    // A TID that execve gave to another thread names that thread.
    k.fog = 'a signal was sent to a TID that changed hands';
    return OPEN;
  }
  // A thread is gone for good when it ends; a process when somebody has waited for it.
  const gone = step.op === 'tgkill' || !target.isLeader ? !target.alive : target.group.state === 'reaped';
  if (gone) return step.op === 'kill' ? failed('ESRCH') : OPEN;
  if (target === task && task.tracer !== undefined && step.signal === SIGSTOP) {
    stopBySignal(task, step.signal, index);
    return undefined;
  }
  const mayTakeIt =
    step.op === 'kill' && target.group === task.group && step.signal !== SIGKILL ? task.group.alive : [];
  const isAnothers = step.op === 'tgkill' ? target !== task : mayTakeIt.some((thread) => thread !== task);
  if (target.alive || target.group.alive.length > 0) send_signal(k, target, step.signal, step.op === 'kill');
  if (task.alive) return returned(0);
  // Where another thread may take it the sender dies before its call returns all the same (kernel/signal.c complete_signal()). That is the
  // signal's affair, and no clone's.
  return isAnothers ? OPEN : { kind: 'gone', how: `signal ${String(step.signal)}` };
}

/** SIGKILL and SIGSTOP cannot be blocked: the kernel leaves them out of every mask. */
function maskValue(mask: bigint): number {
  const SIGKILL_AND_SIGSTOP = (1n << 8n) | (1n << 18n);
  return Number(BigInt.asIntN(64, mask & ~SIGKILL_AND_SIGSTOP));
}
