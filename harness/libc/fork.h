/* fork(). */
#ifndef LIBC_FORK_H
#define LIBC_FORK_H

#include "cases.h"
#include "child.h"

static void fork_result(void)
{
	long result;

	say_number("caller", getpid());
	begin();
	result = fork();
	if (result == 0) {
		say_number("getpid", getpid());
		say_number("getppid", getppid());
		_exit(7);
	}
	say_result(result);
}

static void fork_shares_nothing(void)
{
	long result;

	begin();
	result = fork();
	if (result == 0)
		_exit(7);
	say_result(result);
}

static void fork_errno(void)
{
	long result;

	errno = 0;
	begin();
	result = fork();
	if (result == 0)
		_exit(7);
	say_result(result);
}

#define FORK_CASES \
	{ "fork-result", fork_result }, { "fork-shares-nothing", fork_shares_nothing }, \
	{ "fork-call", fork_shares_nothing }, { "fork-errno", fork_errno },

#endif
