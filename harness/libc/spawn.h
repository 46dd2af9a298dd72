/* posix_spawn(), of this same program under another name of a case. */
#ifndef LIBC_SPAWN_H
#define LIBC_SPAWN_H

#include <spawn.h>

#include "cases.h"
#include "child.h"

extern char **environ;

static const char *spawned_program;

/* Nothing but an end, for the child. */
static void exit_seven(void)
{
	_exit(7);
}

/* posix_spawn() returns an errno, and leaves errno itself alone. */
static void spawn_program(const char *path)
{
	static char name[] = "exit-seven";
	char *arguments[] = { name, name, NULL };
	pid_t child = 0;
	int error;

	begin();
	error = posix_spawn(&child, path, NULL, NULL, arguments, environ);
	end();
	say_number("returned-errno", error);
	if (error == 0)
		say_child(child);
}

static void spawn_result(void)
{
	spawn_program(spawned_program);
}

static void spawn_of_nothing(void)
{
	spawn_program("/nonexistent/program");
}

#define SPAWN_CASES \
	{ "exit-seven", exit_seven }, { "spawn-result", spawn_result }, { "spawn-call", spawn_result }, \
	{ "spawn-of-nothing", spawn_of_nothing }, { "spawn-errno", spawn_result },

#endif
