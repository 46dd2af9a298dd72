/** A task of a scenario: 0 is the arena, the others are made by its steps. */
export type TaskNumber = number;

/** What a signal does: `handler` runs a function of the probe. */
export type Disposition = 'default' | 'ignore' | 'handler';
/** In the order of the numbers that the probe answers with. */
export const DISPOSITIONS = ['default', 'ignore', 'handler'] as const satisfies readonly Disposition[];

export const NS_KINDS = [
  'uts',
  'ipc',
  'mnt',
  'net',
  'cgroup',
  'user',
  'pid',
  'time',
  'time_for_children',
  'pid_for_children',
] as const;
export type NsKind = (typeof NS_KINDS)[number];

/** Numbers that have a name in the text of a step. */
export type Names = Readonly<Record<string, number>>;

/** Options of wait4(2) and waitid(2). */
export const WAIT_OPTIONS: Names = {
  WNOHANG: 1,
  WUNTRACED: 2,
  WEXITED: 4,
  WCONTINUED: 8,
  WNOWAIT: 0x100_0000,
  __WNOTHREAD: 0x2000_0000,
  __WALL: 0x4000_0000,
  __WCLONE: -0x8000_0000,
};

export const WHENCES: Names = { SEEK_SET: 0, SEEK_CUR: 1, SEEK_END: 2 };

/** Options of PTRACE_SETOPTIONS and PTRACE_SEIZE. */
export const PTRACE_OPTIONS: Names = {
  PTRACE_O_TRACEFORK: 2,
  PTRACE_O_TRACEVFORK: 4,
  PTRACE_O_TRACECLONE: 8,
  PTRACE_O_TRACEEXEC: 16,
  PTRACE_O_TRACEVFORKDONE: 32,
};

/** What kcmp(2) compares. */
export const KCMP_TYPES: Names = {
  KCMP_VM: 1,
  KCMP_FILES: 2,
  KCMP_FS: 3,
  KCMP_SIGHAND: 4,
  KCMP_IO: 5,
  KCMP_SYSVSEM: 6,
};

/** Scheduling policies of sched_setscheduler(2), with the flag that a child begins without. */
export const POLICIES: Names = {
  SCHED_OTHER: 0,
  SCHED_BATCH: 3,
  SCHED_IDLE: 5,
  SCHED_RESET_ON_FORK: 0x4000_0000,
};
