import { hasChange, parseChange, type Change } from '../../../rules/version.js';
import type { OperationOf, Step, StepResult } from '../../../scenario/scenario.js';
import type { Clause } from '../../../clauses.js';
import { kargsOf } from '../../kargs.js';
import { knownArgsSize } from '../../kernel-limits.js';
import { TIDS } from '../../memory.js';
import { predict } from '../../predict.js';
import { copy_process } from '../copy_process.js';
import { begin_new_exec } from '../exec.js';
import { do_exit, do_group_exit } from '../exit.js';
import { factsOf } from '../facts-of.js';
import { FLAG } from '../flag-bits.js';
import type { Kernel } from '../kernel.js';
import { stopWithEvent, traceEvent, vforkDoneEvent } from '../ptrace.js';
import type { Task } from '../task.js';
import { do_wait, type WaitCall } from '../wait.js';
import { pidfdAt } from './files.js';
import { OPEN, failed, returned } from './results.js';

/** Making tasks, ending them, waiting for them. */
export function taskSteps(k: Kernel, task: Task, step: Step, index: number): StepResult | undefined | 'other' {
  switch (step.op) {
    case 'clone':
      return clone(k, task, step, index);
    case 'exit':
    case 'exit_group':
      (step.op === 'exit' ? do_exit : do_group_exit)(k, task, (step.status & 0xff) << 8);
      return { kind: 'gone', how: `exit ${String(step.status)}` };
    case 'execve':
      return execve(k, task);
    case 'wait':
    case 'waitid': {
      const who = step.who === 'any' ? 'any' : k.tasks.get(step.who);
      // The step names a task that was never made.
      if (who === undefined) return { kind: 'absent' };
      return wait(k, task, { call: step.op === 'wait' ? 'wait4' : 'waitid', who, options: step.options }, index);
    }
    case 'waitid_pidfd':
      return waitidPidfd(k, task, step, index);
    case 'futex_wait':
      if ((k.memoryAt(task, step.at).get(step.at) ?? 0) === 0) return failed('EAGAIN');
      task.waiting = { kind: 'futex', at: step.at, step: index };
      return undefined;
    default:
      return 'other';
  }
}

function wait(k: Kernel, task: Task, call: WaitCall, index: number): StepResult | undefined {
  const again = (): StepResult | undefined => do_wait(k, task, call);
  const result = again();
  if (result === undefined) task.waiting = { kind: 'wait', again, step: index };
  return result;
}

function waitidPidfd(
  k: Kernel,
  task: Task,
  { pidfd, options }: OperationOf<'waitid_pidfd'>,
  index: number,
): StepResult | undefined {
  const file = pidfdAt(k, task, pidfd);
  if (file === 'unknown') return OPEN;
  if (file === 'closed' || !k.holds('effects/waitid-pidfd')) return failed('EBADF');
  if (file.process === undefined || !file.process.isLeader || file.thread === true) return OPEN;
  return wait(k, task, { call: 'waitid', who: file.process, options }, index);
}

function execve(k: Kernel, task: Task): StepResult {
  // Which user may execute the probe's file in which root or mount namespace is the file's affair.
  if (task.fs.root === 'empty') {
    k.fog = 'a program was executed in an empty root';
    return OPEN;
  }
  begin_new_exec(k, task);
  return returned(0);
}

function clone(k: Kernel, task: Task, step: OperationOf<'clone'>, index: number): StepResult | undefined {
  const { call, child } = step;
  const kargs = kargsOf(call, k.facts.kernel, knownArgsSize(k.facts.kernel));
  const unknownTids =
    kargs.set_tid_size !== 0n && (kargs.set_tid !== TIDS || kargs.tids.some((tid) => typeof tid !== 'number'));
  k.clones++;
  const { allowed, outcome, refusals } = predict(factsOf(k, task), call);
  if (allowed.length !== 1 || (outcome === 'success' && unknownTids)) {
    k.fog = 'a clone may or may not have made a task';
    return OPEN;
  }
  if (outcome !== 'success') {
    k.refusedBy.set(index, refusals);
    if (kargs.parent_tid !== 0n && !k.holds('effects/failure-no-trace'))
      k.memoryAt(task, kargs.parent_tid).set(kargs.parent_tid, 1);
    endEmptyPidNs(k, task, refusals[0], kargs.lo);
    return failed(outcome);
  }
  const event = traceEvent(k, task, kargs);
  const made = copy_process(k, task, call, child);
  const value = returned(k.holds('effects/returns-tid') ? made.tidFrom(task.pidNs) : 1);
  const suspends =
    (kargs.lo & FLAG.VFORK) !== 0 ? k.holds('effects/vfork-suspends') : !k.holds('effects/no-suspension');
  if (suspends) made.vforkParent = task;
  const afterVfork = (): StepResult | undefined => {
    const done = vforkDoneEvent(task);
    if (done === undefined || !suspends) return value;
    stopWithEvent(task, made, done, index, () => value);
    return undefined;
  };
  const sleep = (): StepResult | undefined => {
    if (!suspends || made.vforkParent !== task) return value;
    task.waiting = { kind: 'vfork', child: made, step: index, then: afterVfork };
    return undefined;
  };
  if (event === undefined) return sleep();
  stopWithEvent(task, made, event, index, sleep);
  return undefined;
}

const LATE_STAGES: ReadonlySet<string> = new Set(['pidfd_prepare', 'cgroup_can_fork']);
const FREE_PID_MENDED: Change = parseChange('7.1') ?? [];

/**
 * kernel/pid.c free_pid(): a namespace that waits for its first task is over when that one had a TID but failed later. A namespace that
 * the failed call itself was to make is thrown away anyhow.
 */
function endEmptyPidNs(k: Kernel, task: Task, refusal: Clause | undefined, lo: number): void {
  const ns = task.namespaces.pid_for_children;
  const isEmpty = ns !== task.pidNs && ns.init === undefined && !ns.dead;
  if (!isEmpty || (lo & FLAG.NEWPID) !== 0 || refusal === undefined || !LATE_STAGES.has(refusal.stage)) return;
  const ends = hasChange(k.facts.kernel.version, FREE_PID_MENDED)
    ? !k.holds('effects/late-failure-keeps-pid-namespace')
    : k.holds('effects/late-failure-ends-pid-namespace');
  if (ends) ns.dead = true;
}

/** What a sleeping task's call comes to now; undefined where it sleeps on. */
export function woken(task: Task): StepResult | undefined {
  const { waiting } = task;
  switch (waiting?.kind) {
    case undefined:
      return undefined;
    case 'vfork':
      return waiting.over === true ? waiting.then() : undefined;
    case 'traced':
      return waiting.over === true ? (waiting.then === undefined ? returned(0) : waiting.then()) : undefined;
    case 'futex':
      return waiting.over === true ? returned(0) : undefined;
    case 'interrupted':
      return failed('EINTR');
    case 'wait':
      return waiting.again();
  }
}
