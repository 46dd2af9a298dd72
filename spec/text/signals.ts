/** Names of signals 1 to 31, as on every architecture that clonecheck knows. */
const SIGNALS = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
] as const;

export const SIGCHLD = 17n;

/** `SIGCHLD` for 17; undefined for a number that has no name. */
export function signalName(number: bigint): string | undefined {
  return number >= 1n && number <= 31n ? SIGNALS[Number(number) - 1] : undefined;
}

/** 17 for `SIGCHLD`, and 34 and up for `SIGRT_2` as strace writes it (`SIGRTMIN` is 32 for the kernel). */
export function signalNumber(name: string): bigint | undefined {
  const index = SIGNALS.findIndex((signal) => signal === name);
  if (index >= 0) return BigInt(index + 1);
  const realtime = /^SIGRT_(\d+)$/.exec(name);
  if (realtime !== null) return 32n + BigInt(realtime[1] ?? '0');
  return name === 'SIGRTMIN' ? 32n : undefined;
}
