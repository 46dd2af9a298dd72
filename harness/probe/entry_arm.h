/* arm: how a task of a scenario is entered, and the system calls that only scenarios make. */
#ifndef PROBE_ENTRY_ARM_H
#define PROBE_ENTRY_ARM_H

enum {
	NR_execve = 11,
	NR_chdir = 12,
	NR_lseek = 19,
	NR_ptrace = 26,
	NR_setpgid = 57,
	NR_umask = 60,
	NR_sethostname = 74,
	NR_munmap = 91,
	NR_ftruncate = 93,
	NR_getpriority = 96,
	NR_setpriority = 97,
	NR_setitimer = 104,
	NR_getitimer = 105,
	NR_getpgid = 132,
	NR_personality = 136,
	NR_getsid = 147,
	NR_mlock = 150,
	NR_sched_setscheduler = 156,
	NR_sched_yield = 158,
	NR_rt_sigpending = 176,
	NR_getcwd = 183,
	NR_sigaltstack = 186,
	NR_mincore = 219,
	NR_madvise = 220,
	NR_futex = 240,
	NR_sched_setaffinity = 241,
	NR_sched_getaffinity = 242,
	NR_set_tid_address = 256,
	NR_timer_create = 257,
	NR_timer_gettime = 259,
	NR_statfs = 266, /* statfs64 */
	NR_tgkill = 268,
	NR_waitid = 280,
	NR_semop = 298,
	NR_semget = 299,
	NR_semctl = 300,
	NR_ioprio_set = 314,
	NR_ioprio_get = 315,
	NR_newfstatat = 327, /* fstatat64 */
	NR_set_robust_list = 338,
	NR_get_robust_list = 339,
	NR_getcpu = 345,
	NR_fallocate = 352,
	NR_memfd_create = 385,
	NR_execveat = 387,
	NR_pidfd_send_signal = 424,
};

#define SA_RESTORER 0x04000000
#define ENTRY_HAS_RESTORER 1

/* See entry_x86_64.h: the caller returns, the child goes on in task_born(number). */
static inline long entry_call(long nr, long a, long b, long c, long d, long e, long number)
{
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d;
	register long r4 __asm__("r4") = e;
	register long r8 __asm__("r8") = number;

	__asm__ volatile(STUB_CALL
			 "	cmp r0, #0\n"
			 "	bne 1f\n"
			 "	mov lr, #0\n"
			 "	sub r6, sp, #256\n"
			 "	bic r6, r6, #7\n"
			 "	mov sp, r6\n"
			 "	mov r0, r8\n"
			 "	bl task_born\n"
			 "	udf #0\n"
			 "1:\n"
			 : "+r"(r0)
			 : [nr] "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r8)
			 : "r6", "ip", "lr", "memory", "cc");
	return r0;
}

/* CLONE_BACKWARDS: tls comes before child_tid. */
static inline long entry_clone(long flags, long stack, long parent_tid, long child_tid, long tls, long number)
{
	return entry_call(NR_clone, flags, stack, parent_tid, tls, child_tid, number);
}

/* Where a signal handler without SA_SIGINFO returns to. */
void entry_restorer(void);
__asm__(".text\n"
	".p2align 2\n"
	".arm\n"
	".globl entry_restorer\n"
	".type entry_restorer, %function\n"
	"entry_restorer:\n"
	"	mov r7, #119\n"
	"	svc #0\n");

/* TPIDRURO */
static inline u64 entry_thread_pointer(void)
{
	u32 base;

	__asm__ volatile("mrc p15, 0, %0, c13, c0, 3" : "=r"(base));
	return base;
}

#endif
