/* Children: how one ended, and the memory that they share with the caller. */
#ifndef LIBC_CHILD_H
#define LIBC_CHILD_H

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "say.h"

#ifndef __WALL
#define __WALL 0x40000000
#endif
#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS 0x20
#endif

/* Waits for whichever children there are: what they say is still to be heard, and the end of the case would end them. */
static inline void wait_for_all(void)
{
	pid_t got;

	do {
		got = waitpid(-1, NULL, __WALL);
	} while (got > 0 || errno == EINTR);
}

/* Waits for a child and says `child exited 7` or `child died 11`. */
static inline void say_child(pid_t child)
{
	int status = 0;
	pid_t got;

	do {
		got = waitpid(child, &status, __WALL);
	} while (got == -1 && errno == EINTR);
	if (got != child) {
		say("child", "cannot be waited for");
		wait_for_all();
	} else if (WIFEXITED(status))
		say_in_base("child", "exited ", WEXITSTATUS(status), 10);
	else
		say_in_base("child", "died ", WTERMSIG(status), 10);
}

/* What a wrapper returned, errno where that is -1, and how the child ended where there is one. */
static inline void say_result(long result)
{
	int error = errno;

	end();
	say_number("result", result);
	if (result == -1)
		say_number("errno", error);
	if (result > 0)
		say_child(result);
}

static inline void *shared_memory(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		blocked("no memory");
	return at;
}

#endif
