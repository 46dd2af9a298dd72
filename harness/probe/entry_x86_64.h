/* x86-64: how a task of a scenario is entered, and the system calls that only scenarios make. */
#ifndef PROBE_ENTRY_X86_64_H
#define PROBE_ENTRY_X86_64_H

enum {
	NR_lseek = 8,
	NR_munmap = 11,
	NR_sched_yield = 24,
	NR_mincore = 27,
	NR_madvise = 28,
	NR_getitimer = 36,
	NR_setitimer = 38,
	NR_semget = 64,
	NR_semop = 65,
	NR_execve = 59,
	NR_semctl = 66,
	NR_ftruncate = 77,
	NR_getcwd = 79,
	NR_chdir = 80,
	NR_umask = 95,
	NR_ptrace = 101,
	NR_setpgid = 109,
	NR_getpgid = 121,
	NR_getsid = 124,
	NR_rt_sigpending = 127,
	NR_sigaltstack = 131,
	NR_personality = 135,
	NR_statfs = 137,
	NR_getpriority = 140,
	NR_setpriority = 141,
	NR_sched_setscheduler = 144,
	NR_mlock = 149,
	NR_arch_prctl = 158,
	NR_sethostname = 170,
	NR_futex = 202,
	NR_sched_setaffinity = 203,
	NR_sched_getaffinity = 204,
	NR_set_tid_address = 218,
	NR_timer_create = 222,
	NR_timer_gettime = 224,
	NR_tgkill = 234,
	NR_waitid = 247,
	NR_ioprio_set = 251,
	NR_ioprio_get = 252,
	NR_newfstatat = 262,
	NR_set_robust_list = 273,
	NR_get_robust_list = 274,
	NR_fallocate = 285,
	NR_getcpu = 309,
	NR_memfd_create = 319,
	NR_execveat = 322,
	NR_pidfd_send_signal = 424,
};

#define SA_RESTORER 0x04000000
#define ENTRY_HAS_RESTORER 1

/*
 * A call that may make a task: the caller returns, the child goes on in task_born(number) and never does. Its stack is
 * the one that the call was given, or the caller's, where what lies below the stack pointer is left alone: a compiler
 * may have put something there, and after vfork it is the caller's still.
 */
static inline long entry_call(long nr, long a, long b, long c, long d, long e, long number)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long ret;

	__asm__ volatile("	syscall\n"
			 "	test %%rax, %%rax\n"
			 "	jnz 1f\n"
			 "	xor %%ebp, %%ebp\n"
			 "	lea -256(%%rsp), %%rsp\n"
			 "	and $-16, %%rsp\n"
			 "	mov %%rbx, %%rdi\n"
			 "	call task_born\n"
			 "	hlt\n"
			 "1:\n"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "b"(number)
			 : "rcx", "r11", "memory");
	return ret;
}

static inline long entry_clone(long flags, long stack, long parent_tid, long child_tid, long tls, long number)
{
	return entry_call(NR_clone, flags, stack, parent_tid, child_tid, tls, number);
}

/* Where a signal handler returns to. */
void entry_restorer(void);
__asm__(".text\n"
	".globl entry_restorer\n"
	"entry_restorer:\n"
	"	mov $15, %eax\n"
	"	syscall\n");

static inline u64 entry_thread_pointer(void)
{
	u64 base = 0;

	syscall6(NR_arch_prctl, 0x1003, (long)&base, 0, 0, 0, 0); /* ARCH_GET_FS */
	return base;
}

#endif
