/* The raw call from C: syscall(), or what a libc has in its place. */
#ifndef LIBC_RAW_H
#define LIBC_RAW_H

#include <sched.h>
#include <sys/syscall.h>

#include "cases.h"
#include "child.h"

#ifndef SYS_clone
#define SYS_clone __NR_clone
#endif

#ifndef CLONE_SIGHAND
#define CLONE_SIGHAND 0x00000800
#endif

/* A clone without a function and on no stack of its own: the child goes on behind the call. */
static inline long raw_clone(unsigned long flags)
{
#ifdef RAW_BY_SHORT_CLONE
	return __clone((int)flags, NULL);
#else
	return syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
#endif
}

static void raw_clone_null_stack(void)
{
	long result;

	begin();
	result = raw_clone(SIGCHLD);
	if (result == 0)
		_exit(7);
	say_result(result);
}

static void raw_clone_getpid(void)
{
	long result;

	/* Asked before, so that a libc that remembers it has it. */
	say_number("caller", getpid());
	begin();
	result = raw_clone(SIGCHLD);
	if (result == 0) {
		say_number("getpid", getpid());
		_exit(0);
	}
	say_result(result);
}

static void raw_clone_errno(void)
{
	errno = 0;
	begin();
	say_result(raw_clone(CLONE_SIGHAND | SIGCHLD));
}

#define RAW_CASES \
	{ "raw-clone-null-stack", raw_clone_null_stack }, { "raw-clone-getpid", raw_clone_getpid }, \
	{ "raw-clone-errno", raw_clone_errno },

#endif
