import type { Disposition, NsKind, TaskNumber } from './words.js';

/** What kinds of arguments operations take, and how each is held; `argument-kinds.ts` says how each is written. */
export interface ArgumentTypes {
  readonly task: TaskNumber;
  readonly 'task or any': TaskNumber | 'any';
  readonly status: number;
  readonly 'wait options': number;
  readonly signal: number;
  readonly address: bigint;
  readonly number: number;
  readonly page: number;
  readonly fd: number;
  readonly whence: number;
  readonly mask: bigint;
  readonly octal: number;
  readonly disposition: Disposition;
  readonly directory: 'root' | 'proc';
  readonly 'namespace kind': NsKind;
  readonly 'host name': number;
  /** 1: SEM_UNDO, which is the only one that may be left out. */
  readonly undo: 0 | 1;
  readonly flags: bigint;
  readonly 'ptrace options': number;
  readonly 'kcmp type': number;
  readonly policy: number;
}

export type ArgumentKind = keyof ArgumentTypes;

/**
 * What a task can be asked to do, other than to make a task: the arguments of each operation in order, by the names that
 * `harness/probe/SCENARIOS.md` gives them. Text, parser and wire are made from this table.
 */
export const OPERATIONS = {
  // Ends, and waiting for them.
  exit: { status: 'status' },
  exit_group: { status: 'status' },
  execve: {},
  wait: { who: 'task or any', options: 'wait options' },
  waitid: { who: 'task or any', options: 'wait options' },
  waitid_pidfd: { pidfd: 'address', options: 'wait options' },
  futex_wait: { at: 'address' },
  // Identity.
  getpid: {},
  gettid: {},
  getppid: {},
  getpgrp: {},
  getsid: {},
  setsid: {},
  uid: {},
  caps: {},
  nspid: { level: 'number' },
  // Signals.
  kill: { who: 'task', signal: 'signal' },
  tgkill: { who: 'task', signal: 'signal' },
  sigaction: { signal: 'signal', handler: 'disposition' },
  sighandler: { signal: 'signal' },
  handled: { signal: 'signal' },
  sigblock: { mask: 'mask' },
  sigunblock: { mask: 'mask' },
  sigmask: {},
  sigpending: {},
  altstack: {},
  altstack_set: {},
  pdeathsig: {},
  pdeathsig_set: { signal: 'signal' },
  // Memory.
  read: { at: 'address' },
  write: { at: 'address', value: 'number' },
  map: { page: 'page' },
  unmap: { page: 'page' },
  mapped: { page: 'page' },
  poke: { page: 'page', value: 'number' },
  peek: { page: 'page' },
  dontfork: { page: 'page' },
  wipeonfork: { page: 'page' },
  mlock: { page: 'page' },
  vmlck: {},
  tls: {},
  set_tid_address: { at: 'address' },
  robust_list: {},
  robust_list_set: {},
  // Files.
  open: { fd: 'fd' },
  memfd: { fd: 'fd' },
  close: { fd: 'fd' },
  dup: { fd: 'fd', to: 'fd' },
  getfd: { fd: 'fd' },
  setfd: { fd: 'fd', flag: 'number' },
  getfl: { fd: 'fd' },
  setfl: { fd: 'fd', flag: 'number' },
  lseek: { fd: 'fd', offset: 'number', whence: 'whence' },
  lock: { fd: 'fd' },
  locked: { fd: 'fd' },
  pidfd_poll: { at: 'address' },
  pidfd_getfl: { at: 'address' },
  pidfd_getfd: { at: 'address' },
  pidfd_kill: { at: 'address', signal: 'signal' },
  chdir: { to: 'directory' },
  cwd: {},
  chroot: { to: 'directory' },
  root: {},
  umask: { mask: 'octal' },
  // Namespaces and what is seen in them.
  ns: { kind: 'namespace kind' },
  unshare: { flags: 'flags' },
  setns: { who: 'task', kind: 'namespace kind' },
  hostname: {},
  sethostname: { n: 'host name' },
  cgroup: {},
  sem_get: {},
  sem_set: { value: 'number' },
  sem_op: { value: 'number', undo: 'undo' },
  sem_value: {},
  shm_seen: {},
  // State of a task or a process.
  nnp: {},
  nnp_set: {},
  ioprio: {},
  ioprio_set: { value: 'number' },
  nice: {},
  nice_set: { value: 'number' },
  sched: {},
  sched_set: { policy: 'policy' },
  dumpable: {},
  dumpable_set: { value: 'number' },
  personality: {},
  personality_set: { value: 'number' },
  timerslack: {},
  timerslack_set: { value: 'number' },
  subreaper: {},
  subreaper_set: { value: 'number' },
  rlimit: {},
  rlimit_set: { value: 'number' },
  itimer: {},
  itimer_set: { value: 'number' },
  timer_create: {},
  timer_there: { id: 'number' },
  kcmp: { a: 'task', b: 'task', type: 'kcmp type' },
  // Tracing.
  tracer: {},
  ptrace_traceme: {},
  ptrace_seize: { who: 'task', options: 'ptrace options' },
  ptrace_setoptions: { who: 'task', options: 'ptrace options' },
  ptrace_cont: { who: 'task', signal: 'signal' },
  ptrace_eventmsg: { who: 'task' },
  ptrace_detach: { who: 'task' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ArgumentKind>>>>;

type Table = typeof OPERATIONS;
export type OperationName = keyof Table;

/** Every operation of the table as a type of its own. */
export type TableOperation = {
  readonly [Name in OperationName]: { readonly op: Name } & {
    readonly [Argument in keyof Table[Name]]: Table[Name][Argument] extends ArgumentKind
      ? ArgumentTypes[Table[Name][Argument]]
      : never;
  };
}[OperationName];

/** The arguments of an operation in order: name and kind. */
export function argumentsOf(name: OperationName): readonly (readonly [name: string, kind: ArgumentKind])[] {
  return Object.entries(OPERATIONS[name]);
}

/** Says whether a word names an operation of the table. */
export function isOperationName(word: string): word is OperationName {
  return Object.hasOwn(OPERATIONS, word);
}
