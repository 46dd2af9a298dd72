import { do_group_exit } from './exit.js';
import { SIGKILL } from './flag-bits.js';
import type { Kernel } from './kernel.js';
import type { Task } from './task.js';

/** Signals whose default is that nothing happens: SIGCHLD, SIGCONT, SIGURG, SIGWINCH. */
export const IGNORED_BY_DEFAULT: ReadonlySet<number> = new Set([17, 18, 23, 28]);
/** SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU. */
const STOPS: ReadonlySet<number> = new Set([19, 20, 21, 22]);

const isBlocked = (task: Task, signal: number): boolean =>
  // SIGSTOP cannot be blocked.
  signal !== 19 && ((task.blocked.mask >> BigInt(signal - 1)) & 1n) === 1n;

/**
 * kernel/signal.c send_signal_locked(): to a process or to one thread. What nobody blocks acts at once.
 *
 * @param toGroup - kill(2); otherwise tgkill(2)
 */
export function send_signal(k: Kernel, target: Task, signal: number, toGroup: boolean): void {
  if (signal === 0) return;
  if (signal === SIGKILL) {
    do_group_exit(k, target, SIGKILL);
    return;
  }
  const takers = (toGroup ? target.group.alive : [target]).filter((task) => !isBlocked(task, signal));
  const [taker] = takers;
  if (taker === undefined) (toGroup ? target.group.pending : target.pending).add(signal);
  else act(k, taker, signal, takers);
}

/** kernel/signal.c get_signal(): after its mask has changed a task takes what was pending for it. */
export function deliver_pending(k: Kernel, task: Task): void {
  for (const set of [task.pending, task.group.pending]) {
    for (const signal of [...set].sort((a, b) => a - b)) {
      if (!task.alive || isBlocked(task, signal)) continue;
      set.delete(signal);
      act(k, task, signal, [task]);
    }
  }
}

function act(k: Kernel, task: Task, signal: number, takers: readonly Task[]): void {
  if (task.tracer !== undefined) {
    k.fog = 'a signal reached a traced task';
    return;
  }
  const disposition = task.handlers.actions.get(signal) ?? 'default';
  if (disposition === 'handler') {
    handle(k, task, signal, takers);
    return;
  }
  if (disposition !== 'default' || IGNORED_BY_DEFAULT.has(signal)) return;
  // SIGNAL_UNKILLABLE: the init of a namespace takes from inside only what it handles.
  if (task.pidNs.init?.group === task.group) return;
  if (STOPS.has(signal)) k.fog = 'a task was stopped';
  else do_group_exit(k, task, signal);
}

/** A handler runs in one thread; of several that might take the signal nobody says which does. */
function handle(k: Kernel, task: Task, signal: number, takers: readonly Task[]): void {
  if (takers.length > 1 && takers.some(({ waiting }) => waiting !== undefined)) {
    k.fog = 'a signal woke one of several threads';
    return;
  }
  for (const taker of takers) {
    const times = taker.handled.get(signal) ?? 0;
    taker.handled.set(signal, takers.length > 1 ? Number.NaN : times + 1);
  }
  // wait and futex are cut short; vfork waits on.
  if (task.waiting?.kind === 'wait' || task.waiting?.kind === 'futex')
    task.waiting = { kind: 'interrupted', step: task.waiting.step };
}
