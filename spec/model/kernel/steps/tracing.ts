import type { OperationOf, Step, StepResult } from '../../../scenario/scenario.js';
import type { Kernel } from '../kernel.js';
import { attach, detach, resume } from '../ptrace.js';
import type { Task } from '../task.js';
import { OPEN, failed, returned } from './results.js';

/** ptrace(2), as far as a tracer learns by it of clones. */
export function tracingSteps(k: Kernel, task: Task, step: Step): StepResult | undefined {
  switch (step.op) {
    case 'ptrace_traceme':
      if (task.tracer !== undefined) return failed('EPERM');
      if (task.group.parent?.alive !== true) return fogged(k, 'a task without a parent asked to be traced');
      attach(task, task.group.parent, false, 0);
      return returned(0);
    case 'ptrace_seize':
      return seize(k, task, step);
    case 'ptrace_setoptions':
    case 'ptrace_cont':
    case 'ptrace_detach':
    case 'ptrace_eventmsg':
      return request(k, task, step);
    default:
      return undefined;
  }
}

function seize(k: Kernel, task: Task, { who, options }: OperationOf<'ptrace_seize'>): StepResult {
  const tracee = k.tasks.get(who);
  if (tracee === undefined) return { kind: 'absent' };
  if (tracee.group === task.group || (tracee.alive && tracee.tracer !== undefined)) return failed('EPERM');
  const user = k.first.namespaces.user;
  const isPlain =
    tracee.alive && task.namespaces.user === user && tracee.namespaces.user === user && tracee.execs === 0;
  // Yama lets descendants be traced, and forbids others where it is strict.
  if (!isPlain || !isDescendant(tracee, task)) return fogged(k, 'a task was seized that may be out of reach');
  attach(tracee, task, true, options);
  return returned(0);
}

function isDescendant(task: Task, ancestor: Task): boolean {
  for (let { parent } = task.group; parent !== undefined; { parent } = parent.group)
    if (parent.group === ancestor.group) return true;
  return false;
}

/** What only the tracer of a stopped task may ask for. */
function request(
  k: Kernel,
  task: Task,
  step: OperationOf<'ptrace_setoptions' | 'ptrace_cont' | 'ptrace_detach' | 'ptrace_eventmsg'>,
): StepResult {
  const tracee = k.tasks.get(step.who);
  if (tracee === undefined) return { kind: 'absent' };
  if (tracee.tracer !== task || tracee.stop === undefined) return failed('ESRCH');
  switch (step.op) {
    case 'ptrace_setoptions':
      tracee.traceOptions = step.options;
      return returned(0);
    case 'ptrace_eventmsg':
      return tracee.stop.message === 0 ? OPEN : returned(tracee.stop.message);
    case 'ptrace_cont':
      if (step.signal !== 0) return fogged(k, 'a tracee was sent on with a signal');
      resume(tracee);
      return returned(0);
    case 'ptrace_detach':
      detach(tracee);
      return returned(0);
  }
}

function fogged(k: Kernel, why: string): StepResult {
  k.fog = why;
  return OPEN;
}
