/* i386: entry, system calls, and the calls under test in registers only. */
#ifndef PROBE_STUB_I386_H
#define PROBE_STUB_I386_H

#define STUB_ARCH "i386"
#define STUB_AUDIT_ARCH 0x40000003
#define STUB_HAS_FORK 1
#define STUB_HAS_LA57 1
#define STUB_MMAP_UNIT 4096 /* of mmap2's offset */
#define STUB_EXIT "1"
#define STUB_EXIT_GROUP "252"
#define STUB_PPOLL "309"

/* Where there is a call whose numbers have 32 bits, and another one, it is meant here under the other's name. */
enum {
	NR_exit = 1,
	NR_fork = 2,
	NR_read = 3,
	NR_write = 4,
	NR_close = 6,
	NR_getpid = 20,
	NR_kill = 37,
	NR_ioctl = 54,
	NR_fcntl = 55,
	NR_chroot = 61,
	NR_getppid = 64,
	NR_setsid = 66,
	NR_wait4 = 114,
	NR_clone = 120,
	NR_uname = 122,
	NR_sched_getscheduler = 157,
	NR_prctl = 172,
	NR_rt_sigaction = 174,
	NR_rt_sigprocmask = 175,
	NR_rt_sigtimedwait = 177,
	NR_capget = 184,
	NR_capset = 185,
	NR_vfork = 190,
	NR_mmap = 192, /* mmap2 */
	NR_getuid = 199, /* getuid32 */
	NR_getgid = 200, /* getgid32 */
	NR_geteuid = 201, /* geteuid32 */
	NR_getegid = 202, /* getegid32 */
	NR_setgroups = 206, /* setgroups32 */
	NR_setresuid = 208, /* setresuid32 */
	NR_setresgid = 210, /* setresgid32 */
	NR_getdents64 = 220,
	NR_gettid = 224,
	NR_exit_group = 252,
	NR_clock_gettime = 265,
	NR_openat = 295,
	NR_mkdirat = 296,
	NR_unlinkat = 301,
	NR_readlinkat = 305,
	NR_faccessat = 307,
	NR_ppoll = 309,
	NR_unshare = 310,
	NR_dup3 = 330,
	NR_pipe2 = 331,
	NR_prlimit64 = 340,
	NR_setns = 346,
	NR_kcmp = 349,
	NR_sched_setattr = 351,
	NR_clone3 = 435,
	NR_close_range = 436,
};

__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %esp, %eax\n"
	"	and $-16, %esp\n"
	"	sub $12, %esp\n"
	"	push %eax\n"
	"	call probe_main\n"
	"	hlt\n");

/* A call takes every register but the stack pointer: they are loaded from here, and %ebp, which may be in use, is put aside. */
struct stub_registers {
	long nr, a, b, c, d, e, f;
};

#define STUB_LOAD_AND_CALL \
	"	push %%ebp\n" \
	"	mov 4(%%eax), %%ebx\n" \
	"	mov 8(%%eax), %%ecx\n" \
	"	mov 12(%%eax), %%edx\n" \
	"	mov 16(%%eax), %%esi\n" \
	"	mov 20(%%eax), %%edi\n" \
	"	mov 24(%%eax), %%ebp\n" \
	"	mov (%%eax), %%eax\n" \
	"	int $0x80\n"

static inline long syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	struct stub_registers registers = { nr, a, b, c, d, e, f };
	long ret;

	__asm__ volatile(STUB_LOAD_AND_CALL
			 "	pop %%ebp\n"
			 : "=a"(ret)
			 : "0"(&registers)
			 : "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
	return ret;
}

/* See stub_x86_64.h: returns when refused; else child and caller leave their marks and exit, in registers only. */
static inline long stub_child_call(long nr, long a, long b, long c, long d, long e, volatile struct outcome *outcome)
{
	struct stub_registers registers = { nr, a, b, c, d, e, (long)outcome };
	long ret;

	__asm__ volatile(STUB_LOAD_AND_CALL
			 "	test %%eax, %%eax\n"
			 "	js 1f\n"
			 "	jz 2f\n"
			 "	mov %%eax, 8(%%ebp)\n"
			 "3:	mov $" STUB_END_CHILD ", %%ebx\n"
			 "	mov $" STUB_EXIT_GROUP ", %%eax\n"
			 "	int $0x80\n"
			 "	jmp 3b\n"
			 "2:	movl $1, (%%ebp)\n"
			 "4:	xor %%ebx, %%ebx\n"
			 "	mov $" STUB_EXIT ", %%eax\n"
			 "	int $0x80\n"
			 "	jmp 4b\n"
			 "1:	pop %%ebp\n"
			 : "=a"(ret)
			 : "0"(&registers)
			 : "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
	return ret;
}

/* A thread that sleeps for ever, in registers only as well. */
static inline long stub_sleeping_thread(long flags)
{
	struct stub_registers registers = { NR_clone, flags, 0, 0, 0, 0, 0 };
	long ret;

	__asm__ volatile(STUB_LOAD_AND_CALL
			 "	test %%eax, %%eax\n"
			 "	jnz 1f\n"
			 "2:	xor %%ebx, %%ebx\n"
			 "	xor %%ecx, %%ecx\n"
			 "	xor %%edx, %%edx\n"
			 "	xor %%esi, %%esi\n"
			 "	mov $" STUB_PPOLL ", %%eax\n"
			 "	int $0x80\n"
			 "	jmp 2b\n"
			 "1:	pop %%ebp\n"
			 : "=a"(ret)
			 : "0"(&registers)
			 : "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
	return ret;
}

/* CLONE_BACKWARDS: tls comes before child_tid. */
static inline long stub_clone(long flags, long stack, long parent_tid, long child_tid, long tls,
			      volatile struct outcome *outcome)
{
	return stub_child_call(NR_clone, flags, stack, parent_tid, tls, child_tid, outcome);
}

#endif
