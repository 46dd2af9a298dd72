import type { StepResult } from '../../scenario/scenario.js';
import { SIGCHLD } from './flag-bits.js';
import type { Kernel } from './kernel.js';
import type { Task, ThreadGroup } from './task.js';

const WNOHANG = 1;
const WSTOPPED = 2;
const WEXITED = 4;
const WCONTINUED = 8;
const WNOWAIT = 0x100_0000;
const __WNOTHREAD = 0x2000_0000;
const __WALL = 0x4000_0000;
const __WCLONE = -0x8000_0000;

const CLD_EXITED = 1;
const CLD_KILLED = 2;
const CLD_TRAPPED = 4;

/** How a wait was asked for. */
export interface WaitCall {
  readonly call: 'wait4' | 'waitid';
  readonly who: Task | 'any';
  readonly options: number;
}

/**
 * kernel/exit.c do_wait().
 *
 * @returns undefined where the caller sleeps
 */
export function do_wait(k: Kernel, task: Task, wait: WaitCall): StepResult | undefined {
  const { call, options } = wait;
  const known =
    call === 'wait4' ? WNOHANG | WSTOPPED | WCONTINUED : WNOHANG | WSTOPPED | WEXITED | WCONTINUED | WNOWAIT;
  if ((options & ~(known | __WNOTHREAD | __WALL | __WCLONE)) !== 0) return { kind: 'failed', errno: 'EINVAL' };
  if (call === 'waitid' && (options & (WEXITED | WSTOPPED | WCONTINUED)) === 0)
    return { kind: 'failed', errno: 'EINVAL' };
  const found = [...children(k, task, wait), ...tracees(k, task, wait)];
  if (found.length === 0) return { kind: 'failed', errno: 'ECHILD' };
  const stops = found.filter((child) => child.tracer?.group === task.group && child.stop?.reported === false);
  const stopped = stops[0];
  const ended = found.find((child) => hasEnded(child, task, wait));
  if (ended !== undefined && stopped !== undefined && ended !== stopped) {
    k.fog = 'a wait might find an end or a stop';
    return { kind: 'open' };
  }
  // A maker and its child stop at the same time, and lists that say who is found first are in different orders.
  if (stops.length > 1) {
    k.fog = 'a wait might find one stop or another';
    return { kind: 'open' };
  }
  if (stopped?.stop !== undefined && (call === 'wait4' || (options & WSTOPPED) !== 0)) {
    const { status } = stopped.stop;
    if ((options & WNOWAIT) === 0) stopped.stop.reported = true;
    return told(task, wait, stopped, status);
  }
  if (ended !== undefined) {
    if (ended.group !== task.group && (options & WNOWAIT) === 0) ended.group.state = 'reaped';
    return told(task, wait, ended, k.holds('effects/exit-status') ? ended.group.status : 0);
  }
  if ((options & WNOHANG) === 0) return undefined;
  return { kind: 'returned', value: 0, ...(call === 'waitid' && { status: 0, code: 0, pid: 0 }) };
}

/** kernel/exit.c eligible_child(). */
function eligible(k: Kernel, group: ThreadGroup, options: number): boolean {
  if ((options & __WALL) !== 0) return true;
  const isClone = group.exitSignal !== SIGCHLD;
  if ((options & __WCLONE) === 0) return !isClone || !k.holds('effects/wait-needs-wclone');
  return isClone || !k.holds('effects/wclone-not-for-sigchld');
}

/** Children that a wait may find: those of any thread of the caller's group. */
function children(k: Kernel, task: Task, { who, options }: WaitCall): readonly Task[] {
  const leaders = [...k.tasks.values()].filter(
    ({ group, number }) =>
      group.leader?.number === number && group.parent?.group === task.group && group.state !== 'reaped',
  );
  const threads = [...k.tasks.values()].filter(
    (other) =>
      other !== task &&
      !other.alive &&
      other.group === task.group &&
      !other.isLeader &&
      !other.group.replaced.has(other) &&
      !k.holds('effects/thread-not-waitable'),
  );
  return [
    ...leaders.filter((leader) => eligible(k, leader.group, options) && isMine(k, task, leader, options)),
    ...threads,
  ].filter((child) => who === 'any' || child === leaderOf(who));
}

/** A task that was replaced by execve means the one that has its TID. */
function leaderOf(who: Task): Task {
  return who.group.replaced.has(who) ? (who.group.leader ?? who) : who;
}

/** do_wait() looks at the children of every thread, unless it is asked for the caller's own alone. */
function isMine(k: Kernel, task: Task, { group }: Task, options: number): boolean {
  if (group.parent === task) return true;
  if ((options & __WNOTHREAD) !== 0) return !k.holds('effects/wnothread');
  return k.holds('effects/any-thread-waits');
}

/** Those that it traces and that are no children of its own. */
function tracees(k: Kernel, task: Task, { who, options }: WaitCall): readonly Task[] {
  return [...k.tasks.values()].filter(
    (other) =>
      other.alive &&
      other.tracer !== undefined &&
      (other.tracer === task || (other.tracer.group === task.group && (options & __WNOTHREAD) === 0)) &&
      !(other.isLeader && other.group.parent?.group === task.group && eligible(k, other.group, options)) &&
      (who === 'any' || who === other),
  );
}

function hasEnded(child: Task, task: Task, { call, options }: WaitCall): boolean {
  if (call === 'waitid' && (options & WEXITED) === 0) return false;
  return child.group.state === 'zombie' || (!child.alive && child.group === task.group);
}

function told(task: Task, { call }: WaitCall, child: Task, status: number): StepResult {
  const pid = child.tidFrom(task.pidNs);
  if (call === 'wait4') return { kind: 'returned', value: pid, status };
  const isStop = (status & 0xff) === 0x7f;
  const signal = status & 0x7f;
  if (isStop) return { kind: 'returned', value: 0, status: status >> 8, code: CLD_TRAPPED, pid };
  return {
    kind: 'returned',
    value: 0,
    status: signal === 0 ? status >> 8 : signal,
    code: signal === 0 ? CLD_EXITED : CLD_KILLED,
    pid,
  };
}
