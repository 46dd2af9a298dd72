import { do_group_exit } from './exit.js';
import type { Kernel } from './kernel.js';
import type { Task } from './task.js';

const SIGKILL = 9;
/** Signals whose default is that nothing happens: SIGCHLD, SIGCONT, SIGURG, SIGWINCH. */
const IGNORED_BY_DEFAULT: ReadonlySet<number> = new Set([17, 18, 23, 28]);

const isBlocked = (task: Task, signal: number): boolean => ((task.blocked.mask >> BigInt(signal - 1)) & 1n) === 1n;

/**
 * kernel/signal.c send_signal_locked(): to a process or to one thread. What nobody blocks acts at once.
 *
 * @param toGroup - kill(2); otherwise tgkill(2)
 */
export function send_signal(k: Kernel, target: Task, signal: number, toGroup: boolean): void {
  if (signal === SIGKILL) {
    do_group_exit(k, target, SIGKILL);
    return;
  }
  const takers = toGroup ? target.group.alive : [target];
  const taker = takers.find((task) => !isBlocked(task, signal));
  if (taker === undefined) (toGroup ? target.group.pending : target.pending).add(signal);
  else act(k, taker, signal);
}

/** kernel/signal.c get_signal(): after its mask has changed a task takes what was pending for it. */
export function deliver_pending(k: Kernel, task: Task): void {
  for (const set of [task.pending, task.group.pending]) {
    for (const signal of [...set].sort((a, b) => a - b)) {
      if (!task.alive || isBlocked(task, signal)) continue;
      set.delete(signal);
      act(k, task, signal);
    }
  }
}

function act(k: Kernel, task: Task, signal: number): void {
  const disposition = task.handlers.actions.get(signal) ?? 'default';
  if (disposition !== 'default' || IGNORED_BY_DEFAULT.has(signal)) return;
  // SIGNAL_UNKILLABLE: the init of a namespace takes from inside only what it handles.
  if (task.pidNs.init?.group === task.group) return;
  do_group_exit(k, task, signal);
}
