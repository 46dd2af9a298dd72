import type { StepResult } from '../../scenario/scenario.js';
import type { Kargs } from '../kargs.js';
import { FLAG, SIGCHLD, SIGSTOP } from './flag-bits.js';
import type { Kernel } from './kernel.js';
import type { Task } from './task.js';

const SIGTRAP = 5;
/** What a tracer hears of: PTRACE_EVENT_ numbers. */
const EVENT = { FORK: 1, VFORK: 2, CLONE: 3, VFORK_DONE: 5, STOP: 128 } as const;
type Event = (typeof EVENT)[keyof typeof EVENT];
const PTRACE_O_TRACEVFORKDONE = 32;

/** The status of a stop as wait4(2) gives it. */
function stopStatus(signal: number, event = 0): number {
  return (event << 16) | (signal << 8) | 0x7f;
}

/** kernel/fork.c kernel_clone(): the event by which the caller's tracer hears of the clone, if it asked for it. */
export function traceEvent(k: Kernel, parent: Task, { lo, exit_signal }: Kargs): Event | undefined {
  if (parent.tracer === undefined || parent.traceOptions === 0) return undefined;
  let event: Event = (lo & FLAG.VFORK) !== 0 ? EVENT.VFORK : Number(exit_signal) !== SIGCHLD ? EVENT.CLONE : EVENT.FORK;
  // PTRACE_O_TRACEFORK is 1 << PTRACE_EVENT_FORK, and so on.
  if ((parent.traceOptions & (1 << event)) === 0) return undefined;
  if (event !== EVENT.FORK && !k.holds('effects/trace-event-kind')) event = EVENT.FORK;
  const traced = (lo & FLAG.UNTRACED) !== 0 ? !k.holds('effects/untraced') : k.holds('effects/traced-by-options');
  return traced ? event : undefined;
}

/** include/linux/ptrace.h ptrace_init_task(): whether the child is traced from its start. */
export function ptrace_init_task(k: Kernel, parent: Task, child: Task, kargs: Kargs): void {
  if (parent.tracer === undefined) return;
  const asked =
    (kargs.lo & FLAG.PTRACE) !== 0
      ? k.holds('effects/ptrace-inherited') &&
        ((kargs.lo & FLAG.UNTRACED) === 0 || k.holds('effects/untraced-keeps-ptrace'))
      : !k.holds('effects/no-ptrace');
  if (!asked && traceEvent(k, parent, kargs) === undefined) return;
  child.tracer = parent.tracer;
  child.seized = parent.seized;
  child.traceOptions = parent.traceOptions;
  const status = parent.seized ? stopStatus(SIGTRAP, EVENT.STOP) : stopStatus(SIGSTOP);
  child.stop = { status, message: 0, reported: false };
  child.waiting = { kind: 'traced', step: -1 };
}

/**
 * kernel/fork.c ptrace_event_pid(): the caller stops in its call until the tracer lets it go on.
 *
 * @param then - what the call comes to when it goes on; undefined where it sleeps on
 */
export function stopWithEvent(
  parent: Task,
  child: Task,
  event: Event,
  step: number,
  then: () => StepResult | undefined,
): void {
  const message = parent.tracer === undefined ? 0 : child.tidFrom(parent.tracer.pidNs);
  parent.stop = { status: stopStatus(SIGTRAP, event), message, reported: false };
  parent.waiting = { kind: 'traced', step, then };
}

/** A signal that a tracee sends itself and cannot block stops it before it acts. */
export function stopBySignal(task: Task, signal: number, step: number): void {
  task.stop = { status: stopStatus(signal), message: 0, reported: false };
  task.waiting = { kind: 'traced', step, then: () => ({ kind: 'returned', value: 0 }) };
}

/** After vfork a tracer may hear a second time, when the child has let go of the memory. */
export function vforkDoneEvent(parent: Task): Event | undefined {
  return parent.tracer !== undefined && (parent.traceOptions & PTRACE_O_TRACEVFORKDONE) !== 0
    ? EVENT.VFORK_DONE
    : undefined;
}

/** PTRACE_SEIZE and PTRACE_TRACEME, between tasks of one user that run. */
export function attach(tracee: Task, tracer: Task, seized: boolean, options: number): void {
  tracee.tracer = tracer;
  tracee.seized = seized;
  tracee.traceOptions = options;
}

/** PTRACE_CONT and PTRACE_DETACH of a task that is stopped. */
export function resume(tracee: Task): void {
  tracee.stop = undefined;
  if (tracee.waiting?.kind === 'traced') tracee.waiting = { ...tracee.waiting, over: true };
}

export function detach(tracee: Task): void {
  tracee.tracer = undefined;
  tracee.traceOptions = 0;
  resume(tracee);
}

/** kernel/ptrace.c exit_ptrace(): who traced is gone, and those whom it traced go on. */
export function exit_ptrace(k: Kernel, tracer: Task): void {
  for (const tracee of k.tasks.values()) {
    if (tracee.tracer !== tracer) continue;
    // What a stop by a signal comes to when its tracer dies depends on the signal.
    if (tracee.stop !== undefined && !tracee.seized) k.fog = 'a tracer ended while its tracee was stopped';
    detach(tracee);
  }
}
