/* Types, constants of the kernel's interface, and system calls. Nothing comes from a libc's headers. */
#ifndef PROBE_SYS_H
#define PROBE_SYS_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;

/* A register, and what the kernel's structures have as wide as one, is a long. */
#define STUB_IS_64 (sizeof(long) == 8)

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "values of 64 bits are stored, and registers filled, low half first");

/* What the stubs leave behind of a call that made a child; they know its layout and the exit code. */
struct outcome {
	u32 mark; /* 1: there was a child */
	u32 reserved;
	s64 ret; /* its number, as the caller sees it */
};

#define STUB_END_CHILD "100"

#if defined(__x86_64__)
#include "stub_x86_64.h"
#elif defined(__i386__)
#include "stub_i386.h"
#elif defined(__aarch64__)
#include "stub_aarch64.h"
#elif defined(__arm__)
#include "stub_arm.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "stub_riscv64.h"
#else
#error "no stub for this architecture"
#endif

#define NULL ((void *)0)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* sys(NR, arguments …): the missing ones are zero. */
#define SYS_PICK(nr, a, b, c, d, e, f, ...) \
	syscall6((long)(nr), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define sys(...) SYS_PICK(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

enum {
	EPERM = 1,
	ENOENT = 2,
	EINTR = 4,
	ENXIO = 6,
	ECHILD = 10,
	EAGAIN = 11,
	EACCES = 13,
	EBUSY = 16,
	EEXIST = 17,
	EINVAL = 22,
	ENOSPC = 28,
	ENOSYS = 38,
	EUSERS = 87,
};

enum {
	SIGHUP = 1,
	SIGINT = 2,
	SIGKILL = 9,
	SIGTERM = 15,
	SIGCHLD = 17,
	SIGCONT = 18,
	SIG_SETMASK = 2,
};

#define SIGNAL_BIT(n) (1ULL << ((n) - 1))
#define ALL_SIGNALS (~0ULL)

#define CLONE_VM 0x100
#define CLONE_FS 0x200
#define CLONE_FILES 0x400
#define CLONE_SIGHAND 0x800
#define CLONE_PIDFD 0x1000
#define CLONE_THREAD 0x10000
#define CLONE_SYSVSEM 0x40000
#define CLONE_NEWTIME 0x80
#define CLONE_NEWUTS 0x4000000
#define CLONE_NEWUSER 0x10000000
#define CLONE_NEWPID 0x20000000
#define CLONE_AUTOREAP (1ULL << 34)
#define CLONE_PIDFD_AUTOKILL (1ULL << 36)

enum {
	O_WRONLY = 1,
	O_RDWR = 2,
	O_CLOEXEC = 02000000,
	AT_REMOVEDIR = 0x200,
	F_DUPFD = 0,
	F_DUPFD_CLOEXEC = 1030,
	WNOHANG = 1,
	WUNTRACED = 2,
	POLLIN = 1,
	POLLOUT = 4,
	PROT_NONE = 0,
	PROT_READ = 1,
	PROT_WRITE = 2,
	MAP_SHARED = 1,
	MAP_PRIVATE = 2,
	MAP_FIXED = 0x10,
	MAP_ANONYMOUS = 0x20,
	MAP_NORESERVE = 0x4000,
	CLOCK_MONOTONIC = 1,
	RLIMIT_CORE = 4,
	RLIMIT_NPROC = 6,
	RLIMIT_NOFILE = 7,
	RLIMIT_LOCKS = 10,
	AT_PAGESZ = 6,
	PR_SET_PDEATHSIG = 1,
	PR_SET_DUMPABLE = 4,
	PR_SET_SECCOMP = 22,
	PR_CAPBSET_DROP = 24,
	PR_SET_CHILD_SUBREAPER = 36,
	PR_SET_NO_NEW_PRIVS = 38,
	PR_GET_NO_NEW_PRIVS = 39,
	SECCOMP_MODE_FILTER = 2,
	SCHED_DEADLINE = 6,
	SCHED_RESET_ON_FORK = 0x40000000,
	NS_GET_USERNS = 0xb701,
	PIDFD_INFO_EXIT = 8,
};

/* O_DIRECTORY is one of the few flags that differ. */
#if defined(__aarch64__) || defined(__arm__)
#define O_DIRECTORY 040000
#else
#define O_DIRECTORY 0200000
#endif
#define O_PATH 010000000
#define WALL 0x40000000
#define WCLONE 0x80000000U
#define PIDFD_GET_INFO 0xc040ff0b
#define RLIM_INFINITY (~0ULL)
#define AT_FDCWD (-100)

/* Of the calls that every kernel has: those with 64 bits for 32-bit architectures came with 5.1. */
struct timespec {
	long sec;
	long nsec;
};

struct rlimit {
	u64 soft;
	u64 hard;
};

struct pollfd {
	int fd;
	short events;
	short revents;
};

struct clone_args {
	u64 flags;
	u64 pidfd;
	u64 child_tid;
	u64 parent_tid;
	u64 exit_signal;
	u64 stack;
	u64 stack_size;
	u64 tls;
	u64 set_tid;
	u64 set_tid_size;
	u64 cgroup;
};

/* What is at an address that a line names; of one that is too wide for a register the low half counts. */
static inline void *memory_at(u64 address)
{
	return (void *)(unsigned long)address;
}

/* A division of 64 bits, which on 32-bit architectures would take a library. */
static inline __attribute__((always_inline)) u64 divided(u64 n, u32 by)
{
	u64 quotient = 0, rest = 0;

	if (STUB_IS_64)
		return n / by;
	if (n <= ~0U)
		return (u32)n / by;
	for (u32 bit = 0; bit < 64; bit++) {
		rest = rest << 1 | n >> 63;
		n <<= 1;
		quotient <<= 1;
		if (rest >= by) {
			rest -= by;
			quotient |= 1;
		}
	}
	return quotient;
}

static inline struct timespec timespec_of(u64 microseconds)
{
	u64 seconds = divided(microseconds, 1000000);

	return (struct timespec){ seconds, (u32)(microseconds - seconds * 1000000) * 1000 };
}

static inline long sys_mmap(u64 at, u64 length, int protection, int flags, int fd, u64 offset)
{
	return sys(NR_mmap, at, length, protection, flags, fd, offset / STUB_MMAP_UNIT);
}

static inline int sys_open(int dir, const char *path, int flags)
{
	return sys(NR_openat, dir, path, flags | O_CLOEXEC, 0);
}

static inline void sys_close(int fd)
{
	sys(NR_close, fd);
}

static inline __attribute__((noreturn)) void sys_exit(int code)
{
	for (;;)
		sys(NR_exit_group, code);
}

/* fork(), by the one call that every architecture has. */
static inline long sys_fork(u64 more_flags)
{
	return sys(NR_clone, more_flags | SIGCHLD);
}

static inline void sys_signal_mask(int how, u64 set)
{
	sys(NR_rt_sigprocmask, how, &set, 0, 8);
}

/* Waits for one of the set; the number, or -EAGAIN after so many milliseconds. */
static inline long sys_signal_wait(u64 set, u64 milliseconds)
{
	struct timespec limit = timespec_of(1000 * milliseconds);

	return sys(NR_rt_sigtimedwait, &set, 0, &limit, 8);
}

static inline u64 sys_milliseconds(void)
{
	struct timespec now = { 0, 0 };

	sys(NR_clock_gettime, CLOCK_MONOTONIC, &now);
	return (u64)now.sec * 1000 + now.nsec / 1000000;
}

/* Sleeps until the descriptor is ready, or for so many milliseconds; negative: for ever. */
static inline long sys_poll(int fd, short events, s64 milliseconds)
{
	struct pollfd p = { fd, events, 0 };
	struct timespec limit = timespec_of(milliseconds < 0 ? 0 : 1000 * milliseconds);

	return sys(NR_ppoll, &p, fd >= 0, milliseconds < 0 ? NULL : &limit, 0, 8);
}

static inline struct rlimit sys_rlimit(int which)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	sys(NR_prlimit64, 0, which, 0, &limit);
	return limit;
}

/* The memory functions that a compiler may call. The empty asm keeps it from making the loops calls of themselves. */
void *memset(void *to, int byte, unsigned long n);
void *memcpy(void *to, const void *from, unsigned long n);
void *memmove(void *to, const void *from, unsigned long n);
int memcmp(const void *a, const void *b, unsigned long n);

void *memset(void *to, int byte, unsigned long n)
{
	for (u8 *at = to; n; n--, at++) {
		*at = byte;
		__asm__ volatile("");
	}
	return to;
}

void *memcpy(void *to, const void *from, unsigned long n)
{
	u8 *t = to;
	const u8 *f = from;

	for (; n; n--) {
		*t++ = *f++;
		__asm__ volatile("");
	}
	return to;
}

void *memmove(void *to, const void *from, unsigned long n)
{
	u8 *t = to;
	const u8 *f = from;

	if (t <= f)
		return memcpy(to, from, n);
	while (n--) {
		t[n] = f[n];
		__asm__ volatile("");
	}
	return to;
}

int memcmp(const void *a, const void *b, unsigned long n)
{
	const u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

#endif
