/* _Fork(), the fork() of POSIX.1-2024 that runs no handlers. */
#ifndef LIBC_POSIX_FORK_H
#define LIBC_POSIX_FORK_H

#include "cases.h"
#include "child.h"

static void async_fork_result(void)
{
	long result;

	begin();
	result = _Fork();
	if (result == 0) {
		say_number("getpid", getpid());
		_exit(7);
	}
	say_result(result);
}

static void async_fork_errno(void)
{
	long result;

	errno = 0;
	begin();
	result = _Fork();
	if (result == 0)
		_exit(7);
	say_result(result);
}

#define POSIX_FORK_CASES { "async-fork-result", async_fork_result }, { "async-fork-errno", async_fork_errno },

#endif
