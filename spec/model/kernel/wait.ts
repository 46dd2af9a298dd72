import type { StepResult } from '../../scenario/scenario.js';
import { SIGCHLD } from './copy_process.js';
import type { Kernel } from './kernel.js';
import type { Task, ThreadGroup } from './task.js';

const WNOHANG = 1;
const __WALL = 0x4000_0000;
const __WCLONE = -0x8000_0000;

/** kernel/exit.c eligible_child(). */
function eligible(k: Kernel, group: ThreadGroup, options: number): boolean {
  if ((options & __WALL) !== 0) return true;
  const isClone = group.exitSignal !== SIGCHLD;
  if ((options & __WCLONE) === 0) return !isClone || !k.holds('effects/wait-needs-wclone');
  return isClone || !k.holds('effects/wclone-not-for-sigchld');
}

/** Children that a wait may find: those of any thread of the caller's group. */
function children(k: Kernel, task: Task, who: Task | 'any', options: number): readonly Task[] {
  const leaders = [...k.tasks.values()].filter(
    ({ group, number }) =>
      group.leader?.number === number && group.parent?.group === task.group && group.state !== 'reaped',
  );
  const threads = [...k.tasks.values()].filter(
    (other) =>
      other !== task &&
      !other.alive &&
      other.group === task.group &&
      other.group.leader !== other &&
      !k.holds('effects/thread-not-waitable'),
  );
  return [...leaders.filter(({ group }) => eligible(k, group, options)), ...threads].filter(
    (child) => who === 'any' || child === who,
  );
}

/**
 * kernel/exit.c do_wait().
 *
 * @returns undefined where the caller sleeps
 */
export function do_wait(k: Kernel, task: Task, who: Task | 'any', options: number): StepResult | undefined {
  const found = children(k, task, who, options);
  if (found.length === 0) return { kind: 'failed', errno: 'ECHILD' };
  const ended = found.find(({ group, alive }) => group.state === 'zombie' || (!alive && group === task.group));
  if (ended === undefined) return (options & WNOHANG) !== 0 ? { kind: 'returned', value: 0 } : undefined;
  if (ended.group !== task.group) ended.group.state = 'reaped';
  return {
    kind: 'returned',
    value: ended.tidFrom(task.pidNs),
    status: k.holds('effects/exit-status') ? ended.group.status : 0,
  };
}
