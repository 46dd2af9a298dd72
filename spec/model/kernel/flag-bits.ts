/** The flags by which the kernel in miniature decides: the lower half of the word, as include/uapi/linux/sched.h has it. */
export const FLAG = {
  NEWTIME: 0x80,
  VM: 0x100,
  FS: 0x200,
  FILES: 0x400,
  SIGHAND: 0x800,
  PIDFD: 0x1000,
  PTRACE: 0x2000,
  VFORK: 0x4000,
  PARENT: 0x8000,
  THREAD: 0x1_0000,
  NEWNS: 0x2_0000,
  SYSVSEM: 0x4_0000,
  SETTLS: 0x8_0000,
  PARENT_SETTID: 0x10_0000,
  CHILD_CLEARTID: 0x20_0000,
  DETACHED: 0x40_0000,
  UNTRACED: 0x80_0000,
  CHILD_SETTID: 0x100_0000,
  NEWCGROUP: 0x200_0000,
  NEWUTS: 0x400_0000,
  NEWIPC: 0x800_0000,
  NEWUSER: 0x1000_0000,
  NEWPID: 0x2000_0000,
  NEWNET: 0x4000_0000,
  IO: -0x8000_0000,
} as const;

export const SIGKILL = 9;
export const SIGCHLD = 17;
export const SIGSTOP = 19;
