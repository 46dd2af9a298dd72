import { DESCRIPTOR, RW, STACK, STACK_SIZE, clone, clone3, flagValue, type Call } from '../spec/index.js';

/** A way in which programs make tasks, as a call. */
export interface Idiom {
  readonly name: string;
  readonly call: Call;
}

const flags = (...names: readonly string[]): bigint =>
  names.reduce((mask, name) => mask | flagValue(`CLONE_${name}`), 0n);

const SIGCHLD = 17n;
const WORD_A = RW + 0x100n;
const WORD_B = RW + 0x108n;
const THREAD = flags('VM', 'FS', 'FILES', 'SIGHAND', 'THREAD', 'SYSVSEM', 'SETTLS', 'PARENT_SETTID', 'CHILD_CLEARTID');
const words = { parent_tid: WORD_A, child_tid: WORD_B };

/** What libraries, shells, browsers and container runtimes ask for. */
export const IDIOMS: readonly Idiom[] = [
  { name: 'fork', call: { call: 'fork' } },
  { name: 'vfork', call: { call: 'vfork' } },
  { name: 'fork as clone', call: clone(SIGCHLD) },
  {
    name: 'fork of a C library',
    call: clone(flags('CHILD_SETTID', 'CHILD_CLEARTID') | SIGCHLD, { child_tid: WORD_B }),
  },
  { name: 'vfork as clone', call: clone(flags('VM', 'VFORK') | SIGCHLD) },
  { name: 'posix_spawn', call: clone(flags('VM', 'VFORK') | SIGCHLD, { stack: STACK + STACK_SIZE }) },
  {
    name: 'posix_spawn as clone3',
    call: clone3({
      flags: flags('VM', 'VFORK', 'CLEAR_SIGHAND'),
      exit_signal: SIGCHLD,
      stack: STACK,
      stack_size: STACK_SIZE,
    }),
  },
  { name: 'pthread_create', call: clone(THREAD, { ...words, stack: STACK + STACK_SIZE, tls: DESCRIPTOR }) },
  {
    name: 'pthread_create as clone3',
    call: clone3({ flags: THREAD, ...words, stack: STACK, stack_size: STACK_SIZE, tls: DESCRIPTOR }),
  },
  {
    name: 'thread of a crash handler',
    call: clone(flags('THREAD', 'SIGHAND', 'VM', 'CHILD_SETTID', 'CHILD_CLEARTID'), {
      child_tid: WORD_B,
      stack: STACK + STACK_SIZE,
    }),
  },
  { name: 'kernel thread', call: clone(flags('FS', 'FILES', 'SIGHAND', 'VM', 'UNTRACED') | SIGCHLD) },
  { name: 'sandbox', call: clone(flags('NEWUSER', 'NEWPID', 'NEWNET', 'NEWIPC') | SIGCHLD) },
  { name: 'container', call: clone(flags('NEWNS', 'NEWUTS', 'NEWIPC', 'NEWPID', 'NEWCGROUP') | SIGCHLD) },
  {
    name: 'container as clone3',
    call: clone3({
      flags: flags('NEWNS', 'NEWUTS', 'NEWIPC', 'NEWPID', 'NEWCGROUP', 'PIDFD', 'INTO_CGROUP'),
      pidfd: WORD_A,
      exit_signal: SIGCHLD,
      cgroup: 10n,
    }),
  },
  { name: 'sibling of a container runtime', call: clone(flags('PARENT') | SIGCHLD) },
  { name: 'process with a pidfd', call: clone(flags('PIDFD') | SIGCHLD, { parent_tid: WORD_A }) },
  {
    name: 'restored process',
    call: clone3({ flags: 0n, exit_signal: SIGCHLD, set_tid: RW + 0x1000n, set_tid_size: 1n }, { tids: ['free'] }),
  },
];
