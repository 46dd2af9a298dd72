/* arm (EABI, little-endian, ARMv7): entry, system calls, and the calls under test in registers only. */
#ifndef PROBE_STUB_ARM_H
#define PROBE_STUB_ARM_H

#define STUB_ARCH "arm"
#define STUB_AUDIT_ARCH 0x40000028
#define STUB_HAS_FORK 1
#define STUB_HAS_LA57 0
#define STUB_MMAP_UNIT 4096 /* of mmap2's offset, whatever a page is */

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
	NR_getdents64 = 217,
	NR_gettid = 224,
	NR_exit_group = 248,
	NR_clock_gettime = 263,
	NR_openat = 322,
	NR_mkdirat = 323,
	NR_unlinkat = 328,
	NR_readlinkat = 332,
	NR_faccessat = 334,
	NR_ppoll = 336,
	NR_unshare = 337,
	NR_dup3 = 358,
	NR_pipe2 = 359,
	NR_prlimit64 = 369,
	NR_setns = 375,
	NR_kcmp = 378,
	NR_sched_setattr = 380,
	NR_clone3 = 435,
	NR_close_range = 436,
};

__asm__(".globl _start\n"
	"_start:\n"
	"	mov fp, #0\n"
	"	mov lr, #0\n"
	"	mov r0, sp\n"
	"	bic sp, sp, #7\n"
	"	bl probe_main\n"
	"	udf #0\n");

/*
 * r7, which takes the number, is the frame pointer of Thumb code and may be no operand: it waits in ip, which calls leave
 * alone.
 */
#define STUB_CALL \
	"	mov ip, r7\n" \
	"	mov r7, %[nr]\n" \
	"	svc #0\n" \
	"	mov r7, ip\n"

static inline long syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d;
	register long r4 __asm__("r4") = e;
	register long r5 __asm__("r5") = f;

	__asm__ volatile(STUB_CALL
			 : "+r"(r0)
			 : [nr] "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
			 : "ip", "memory", "cc");
	return r0;
}

/* See stub_x86_64.h: returns when refused; else child and caller leave their marks and exit, in registers only. */
static inline long stub_child_call(long nr, long a, long b, long c, long d, long e, volatile struct outcome *outcome)
{
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d;
	register long r4 __asm__("r4") = e;
	register volatile struct outcome *r8 __asm__("r8") = outcome;

	__asm__ volatile(STUB_CALL
			 "	cmp r0, #0\n"
			 "	blt 1f\n"
			 "	beq 2f\n"
			 "	str r0, [r8, #8]\n"
			 "3:	mov r0, #" STUB_END_CHILD "\n"
			 "	mov r7, #248\n"
			 "	svc #0\n"
			 "	b 3b\n"
			 "2:	mov r6, #1\n"
			 "	str r6, [r8]\n"
			 "4:	mov r0, #0\n"
			 "	mov r7, #1\n"
			 "	svc #0\n"
			 "	b 4b\n"
			 "1:\n"
			 : "+r"(r0)
			 : [nr] "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r8)
			 : "r6", "ip", "memory", "cc");
	return r0;
}

static inline long stub_sleeping_thread(long flags)
{
	register long r0 __asm__("r0") = flags;
	register long r1 __asm__("r1") = 0;
	register long r2 __asm__("r2") = 0;
	register long r3 __asm__("r3") = 0;
	register long r4 __asm__("r4") = 0;

	__asm__ volatile(STUB_CALL
			 "	cmp r0, #0\n"
			 "	bne 1f\n"
			 "2:	mov r0, #0\n"
			 "	mov r1, #0\n"
			 "	mov r2, #0\n"
			 "	mov r3, #0\n"
			 "	mov r7, #336\n"
			 "	svc #0\n"
			 "	b 2b\n"
			 "1:\n"
			 : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
			 : [nr] "r"((long)NR_clone), "r"(r4)
			 : "ip", "memory", "cc");
	return r0;
}

/* CLONE_BACKWARDS: tls comes before child_tid. */
static inline long stub_clone(long flags, long stack, long parent_tid, long child_tid, long tls,
			      volatile struct outcome *outcome)
{
	return stub_child_call(NR_clone, flags, stack, parent_tid, tls, child_tid, outcome);
}

#endif
