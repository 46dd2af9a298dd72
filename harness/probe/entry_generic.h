/* System calls that only scenarios make, by the numbers of the kernel's generic table. */
#ifndef PROBE_ENTRY_GENERIC_H
#define PROBE_ENTRY_GENERIC_H

enum {
	NR_getcwd = 17,
	NR_ioprio_set = 30,
	NR_ioprio_get = 31,
	NR_statfs = 43,
	NR_chdir = 49,
	NR_lseek = 62,
	NR_newfstatat = 79,
	NR_personality = 92,
	NR_waitid = 95,
	NR_set_tid_address = 96,
	NR_futex = 98,
	NR_set_robust_list = 99,
	NR_get_robust_list = 100,
	NR_getitimer = 102,
	NR_setitimer = 103,
	NR_timer_create = 107,
	NR_timer_gettime = 108,
	NR_ptrace = 117,
	NR_sched_setscheduler = 119,
	NR_sched_setaffinity = 122,
	NR_sched_getaffinity = 123,
	NR_sched_yield = 124,
	NR_tgkill = 131,
	NR_sigaltstack = 132,
	NR_rt_sigpending = 136,
	NR_setpriority = 140,
	NR_getpriority = 141,
	NR_setpgid = 154,
	NR_getpgid = 155,
	NR_getsid = 156,
	NR_sethostname = 161,
	NR_umask = 166,
	NR_getcpu = 168,
	NR_semget = 190,
	NR_semctl = 191,
	NR_semop = 193,
	NR_munmap = 215,
	NR_mlock = 228,
	NR_mincore = 232,
	NR_madvise = 233,
	NR_memfd_create = 279,
	NR_pidfd_send_signal = 424,
};

/* Those of execve.h. */
enum {
	NR_ftruncate = 46,
	NR_fallocate = 47,
	NR_execve = 221,
	NR_execveat = 281,
};

/* The kernel's own way back from a signal handler is used. */
#define ENTRY_HAS_RESTORER 0

#endif
