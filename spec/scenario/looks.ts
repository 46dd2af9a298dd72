import type { Operation, Step } from './scenario.js';

/** Operations that change nothing and never sleep: what they answer may be left out of account, and the rest of a scenario stands. */
const LOOKS: ReadonlySet<Operation['op']> = new Set<Operation['op']>([
  ...(['getpid', 'gettid', 'getppid', 'getpgrp', 'getsid', 'uid', 'caps', 'nspid'] as const),
  ...(['sighandler', 'handled', 'sigmask', 'sigpending', 'altstack', 'pdeathsig'] as const),
  ...(['mapped', 'peek', 'vmlck', 'tls', 'robust_list'] as const),
  ...(['getfd', 'getfl', 'locked', 'cwd', 'root'] as const),
  ...(['ns', 'hostname', 'cgroup', 'sem_value', 'shm_seen'] as const),
  ...(['nnp', 'ioprio', 'nice', 'sched', 'dumpable', 'personality', 'timerslack', 'subreaper', 'rlimit'] as const),
  ...(['itimer', 'timer_there', 'kcmp', 'tracer'] as const),
]);

/**
 * That a signal ended a task. Not every /proc tells: some say status 0 of everybody. Where one does not, so much is left out of account, and
 * what a wait says of it is judged for itself.
 */
export const DEATH_BY_SIGNAL = 'a death by a signal';

/** Names what a step looks at: its operation, and of namespaces and comparisons which; undefined where it does more than look. */
export function lookOf(step: Step): string | undefined {
  if (!LOOKS.has(step.op)) return undefined;
  if (step.op === 'ns') return `ns(${step.kind})`;
  return `${step.op}()`;
}
