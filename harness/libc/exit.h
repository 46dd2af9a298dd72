/* Handlers of atexit(): who runs them, and how often. */
#ifndef LIBC_EXIT_H
#define LIBC_EXIT_H

#include <stdlib.h>

#include "cases.h"
#include "child.h"

static pid_t registered_by;

static void at_exit(void)
{
	say("ran", getpid() == registered_by ? "in the parent" : "in the child");
}

static void register_exit(void)
{
	registered_by = getpid();
	if (atexit(at_exit))
		blocked("atexit() fails");
}

/* A child that ends, seen from the parent, which then ends itself. */
static inline void exit_behind(long result)
{
	say_child(result);
	end();
	exit(0);
}

#ifdef WITH_FORK
static void exit_in_fork(void)
{
	long result;

	register_exit();
	begin();
	result = fork();
	if (result == 0)
		exit(7);
	exit_behind(result);
}

static void exit_at_once_in_fork(void)
{
	long result;

	register_exit();
	begin();
	result = fork();
	if (result == 0)
		_exit(7);
	exit_behind(result);
}

#define EXIT_FORK_CASES { "exit-in-fork", exit_in_fork }, { "exit-at-once-in-fork", exit_at_once_in_fork },
#else
#define EXIT_FORK_CASES
#endif

#ifdef WITH_VFORK
static void exit_at_once_in_vfork(void)
{
	volatile long result;

	register_exit();
	begin();
	result = vfork();
	if (result == 0)
		_exit(7);
	exit_behind(result);
}

#define EXIT_VFORK_CASES { "exit-at-once-in-vfork", exit_at_once_in_vfork },
#else
#define EXIT_VFORK_CASES
#endif

#ifdef WITH_CLONE
static void exit_by_return_from_clone(void)
{
	char *top = stack_top();

	register_exit();
	begin();
	exit_behind(clone(return_seven, top, SIGCHLD, NULL));
}

static int exit_seven_at_once(void *arg)
{
	(void)arg;
	_exit(7);
}

static void exit_at_once_in_clone(void)
{
	char *top = stack_top();

	register_exit();
	begin();
	exit_behind(clone(exit_seven_at_once, top, SIGCHLD, NULL));
}

#define EXIT_CLONE_CASES \
	{ "exit-by-return-from-clone", exit_by_return_from_clone }, { "exit-at-once-in-clone", exit_at_once_in_clone },
#else
#define EXIT_CLONE_CASES
#endif

/* The first is there so that the function is looked for also where there is nothing to go with it. */
#define EXIT_CASES { "exit-registered", register_exit }, EXIT_FORK_CASES EXIT_VFORK_CASES EXIT_CLONE_CASES

#endif
