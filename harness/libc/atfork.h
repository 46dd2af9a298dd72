/* Handlers of pthread_atfork(): which ways of making a child run them, and in which order. */
#ifndef LIBC_ATFORK_H
#define LIBC_ATFORK_H

#include <pthread.h>

#include "cases.h"
#include "child.h"

static int in_child;

/* One word for each handler that runs; those in the child are told apart. */
static void ran(const char *handler)
{
	say(in_child ? "ran-in-child" : "ran", handler);
}

static void prepare_1(void)
{
	ran("prepare-1");
}

static void parent_1(void)
{
	ran("parent-1");
}

static void child_1(void)
{
	in_child = 1;
	ran("child-1");
}

static void prepare_2(void)
{
	ran("prepare-2");
}

static void parent_2(void)
{
	ran("parent-2");
}

static void child_2(void)
{
	in_child = 1;
	ran("child-2");
}

static void register_handlers(void)
{
	if (pthread_atfork(prepare_1, parent_1, child_1) || pthread_atfork(prepare_2, parent_2, child_2))
		blocked("pthread_atfork() fails");
}

#ifdef WITH_FORK
static void atfork_fork(void)
{
	long result;

	register_handlers();
	result = fork();
	if (result == 0)
		_exit(0);
	say_result(result);
}

#define ATFORK_FORK_CASES { "atfork-fork", atfork_fork }, { "atfork-refused-fork", atfork_fork },
#else
#define ATFORK_FORK_CASES
#endif

#ifdef WITH_POSIX_FORK
static void atfork_async_fork(void)
{
	long result;

	register_handlers();
	result = _Fork();
	if (result == 0)
		_exit(0);
	say_result(result);
}

#define ATFORK_POSIX_FORK_CASES { "atfork-async-fork", atfork_async_fork },
#else
#define ATFORK_POSIX_FORK_CASES
#endif

#ifdef WITH_VFORK
static void atfork_vfork(void)
{
	volatile long result;

	register_handlers();
	result = vfork();
	if (result == 0)
		_exit(0);
	say_result(result);
}

#define ATFORK_VFORK_CASES { "atfork-vfork", atfork_vfork },
#else
#define ATFORK_VFORK_CASES
#endif

#ifdef WITH_RAW
static void atfork_raw_clone(void)
{
	long result;

	register_handlers();
	result = raw_clone(SIGCHLD);
	if (result == 0)
		_exit(0);
	say_result(result);
}

#define ATFORK_RAW_CASES { "atfork-raw-clone", atfork_raw_clone },
#else
#define ATFORK_RAW_CASES
#endif

#ifdef WITH_CLONE
static void atfork_clone(void)
{
	register_handlers();
	say_result(clone(return_seven, stack_top(), SIGCHLD, NULL));
}

#define ATFORK_CLONE_CASES { "atfork-clone", atfork_clone },
#else
#define ATFORK_CLONE_CASES
#endif

#ifdef WITH_SPAWN
static void atfork_spawn(void)
{
	register_handlers();
	spawn_result();
}

#define ATFORK_SPAWN_CASES { "atfork-spawn", atfork_spawn },
#else
#define ATFORK_SPAWN_CASES
#endif

/* The first is there so that the function is looked for also where there is nothing to go with it. */
#define ATFORK_CASES \
	{ "atfork-registered", register_handlers }, ATFORK_FORK_CASES ATFORK_POSIX_FORK_CASES ATFORK_VFORK_CASES ATFORK_RAW_CASES ATFORK_CLONE_CASES ATFORK_SPAWN_CASES

#endif
