/* x86-64: entry, system calls, and the calls under test in registers only. */
#ifndef PROBE_STUB_X86_64_H
#define PROBE_STUB_X86_64_H

#define STUB_ARCH "x86_64"
#define STUB_AUDIT_ARCH 0xc000003e
#define STUB_HAS_FORK 1
#define STUB_HAS_LA57 1
#define STUB_MMAP_UNIT 1
#define STUB_EXIT "60"
#define STUB_EXIT_GROUP "231"
#define STUB_PPOLL "271"

enum {
	NR_read = 0,
	NR_write = 1,
	NR_close = 3,
	NR_mmap = 9,
	NR_rt_sigaction = 13,
	NR_rt_sigprocmask = 14,
	NR_ioctl = 16,
	NR_getpid = 39,
	NR_clone = 56,
	NR_fork = 57,
	NR_vfork = 58,
	NR_exit = 60,
	NR_wait4 = 61,
	NR_kill = 62,
	NR_uname = 63,
	NR_fcntl = 72,
	NR_getuid = 102,
	NR_getgid = 104,
	NR_geteuid = 107,
	NR_getegid = 108,
	NR_getppid = 110,
	NR_setsid = 112,
	NR_setgroups = 116,
	NR_setresuid = 117,
	NR_setresgid = 119,
	NR_capget = 125,
	NR_capset = 126,
	NR_rt_sigtimedwait = 128,
	NR_sched_getscheduler = 145,
	NR_prctl = 157,
	NR_chroot = 161,
	NR_gettid = 186,
	NR_getdents64 = 217,
	NR_clock_gettime = 228,
	NR_exit_group = 231,
	NR_openat = 257,
	NR_mkdirat = 258,
	NR_unlinkat = 263,
	NR_readlinkat = 267,
	NR_faccessat = 269,
	NR_ppoll = 271,
	NR_unshare = 272,
	NR_dup3 = 292,
	NR_pipe2 = 293,
	NR_prlimit64 = 302,
	NR_setns = 308,
	NR_kcmp = 312,
	NR_sched_setattr = 314,
	NR_clone3 = 435,
	NR_close_range = 436,
};

__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call probe_main\n"
	"	hlt\n");

static inline long syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

/*
 * One of the calls under test. It returns when it is refused. Else there are two of us, and each has nothing but its
 * registers, since stack and TLS of the child may be anything, and pages that the caller wrote to would have to be
 * copied first: the child stores 1 in outcome->mark and exits, the caller stores the number in outcome->ret and exits
 * with STUB_END_CHILD.
 */
static inline long stub_child_call(long nr, long a, long b, long c, long d, long e, volatile struct outcome *outcome)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long ret;

	__asm__ volatile("	syscall\n"
			 "	test %%rax, %%rax\n"
			 "	js 1f\n"
			 "	jz 2f\n"
			 "	mov %%rax, 8(%%rbx)\n"
			 "3:	mov $" STUB_END_CHILD ", %%edi\n"
			 "	mov $" STUB_EXIT_GROUP ", %%eax\n"
			 "	syscall\n"
			 "	jmp 3b\n"
			 "2:	movl $1, (%%rbx)\n"
			 "4:	xor %%edi, %%edi\n"
			 "	mov $" STUB_EXIT ", %%eax\n"
			 "	syscall\n"
			 "	jmp 4b\n"
			 "1:\n"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "b"(outcome)
			 : "rcx", "r11", "memory");
	return ret;
}

/* A thread that sleeps for ever, in registers only as well. */
static inline long stub_sleeping_thread(long flags)
{
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;
	long ret;

	__asm__ volatile("	syscall\n"
			 "	test %%rax, %%rax\n"
			 "	jnz 1f\n"
			 "2:	xor %%edi, %%edi\n"
			 "	xor %%esi, %%esi\n"
			 "	xor %%edx, %%edx\n"
			 "	xor %%r10d, %%r10d\n"
			 "	mov $" STUB_PPOLL ", %%eax\n"
			 "	syscall\n"
			 "	jmp 2b\n"
			 "1:\n"
			 : "=a"(ret)
			 : "a"((long)NR_clone), "D"(flags), "S"(0L), "d"(0L), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return ret;
}

static inline long stub_clone(long flags, long stack, long parent_tid, long child_tid, long tls,
			      volatile struct outcome *outcome)
{
	return stub_child_call(NR_clone, flags, stack, parent_tid, child_tid, tls, outcome);
}

#endif
