/* vfork(). Its child does nothing but write and _exit: it may run on the caller's stack. */
#ifndef LIBC_VFORK_H
#define LIBC_VFORK_H

#include "cases.h"
#include "child.h"

static void vfork_result(void)
{
	volatile long result;

	begin();
	result = vfork();
	if (result == 0) {
		say_number("getpid", getpid());
		_exit(7);
	}
	say_result(result);
}

static void vfork_errno(void)
{
	volatile long result;

	errno = 0;
	begin();
	result = vfork();
	if (result == 0)
		_exit(7);
	say_result(result);
}

#define VFORK_CASES { "vfork-result", vfork_result }, { "vfork-call", vfork_result }, { "vfork-errno", vfork_errno },

#endif
