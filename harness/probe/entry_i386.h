/* i386: how a task of a scenario is entered, and the system calls that only scenarios make. */
#ifndef PROBE_ENTRY_I386_H
#define PROBE_ENTRY_I386_H

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
	NR_ipc = 117,
	NR_getpgid = 132,
	NR_personality = 136,
	NR_getsid = 147,
	NR_mlock = 150,
	NR_sched_setscheduler = 156,
	NR_sched_yield = 158,
	NR_rt_sigpending = 176,
	NR_getcwd = 183,
	NR_sigaltstack = 186,
	NR_mincore = 218,
	NR_madvise = 219,
	NR_futex = 240,
	NR_sched_setaffinity = 241,
	NR_sched_getaffinity = 242,
	NR_set_tid_address = 258,
	NR_timer_create = 259,
	NR_timer_gettime = 261,
	NR_statfs = 268, /* statfs64 */
	NR_tgkill = 270,
	NR_waitid = 284,
	NR_ioprio_set = 289,
	NR_ioprio_get = 290,
	NR_newfstatat = 300, /* fstatat64 */
	NR_set_robust_list = 311,
	NR_get_robust_list = 312,
	NR_getcpu = 318,
	NR_fallocate = 324,
	NR_memfd_create = 356,
	NR_execveat = 358,
	NR_pidfd_send_signal = 424,
};

#define SA_RESTORER 0x04000000
#define ENTRY_HAS_RESTORER 1

/* See entry_x86_64.h: the caller returns, the child goes on in task_born(number). */
static inline long entry_call(long nr, long a, long b, long c, long d, long e, long number)
{
	struct stub_registers registers = { nr, a, b, c, d, e, number };
	long ret;

	__asm__ volatile(STUB_LOAD_AND_CALL
			 "	test %%eax, %%eax\n"
			 "	jnz 1f\n"
			 "	lea -256(%%esp), %%esp\n"
			 "	and $-16, %%esp\n"
			 "	sub $12, %%esp\n"
			 "	push %%ebp\n"
			 "	xor %%ebp, %%ebp\n"
			 "	call task_born\n"
			 "	hlt\n"
			 "1:	pop %%ebp\n"
			 : "=a"(ret)
			 : "0"(&registers)
			 : "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
	return ret;
}

/* CLONE_BACKWARDS: tls comes before child_tid. */
static inline long entry_clone(long flags, long stack, long parent_tid, long child_tid, long tls, long number)
{
	return entry_call(NR_clone, flags, stack, parent_tid, tls, child_tid, number);
}

/* Where a signal handler without SA_SIGINFO returns to: sigreturn takes no signal number on the stack. */
void entry_restorer(void);
__asm__(".text\n"
	".globl entry_restorer\n"
	"entry_restorer:\n"
	"	pop %eax\n"
	"	mov $119, %eax\n"
	"	int $0x80\n");

/* The base of the segment that clones are asked to set. */
static inline u64 entry_thread_pointer(void)
{
	return descriptor_base();
}

#endif
