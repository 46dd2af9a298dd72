/*
 * What a libc makes of clone, fork, vfork, posix_spawn and pthread_create: one case each time it is run. It uses only what the libc
 * offers; WITH_… says which of it there is, which is found out by compiling this file. README.md has the whole.
 */
#define _GNU_SOURCE
#ifdef WITH_CLONE
#include "clone.h"
#include "optional.h"
#endif
#ifdef WITH_RAW
#include "raw.h"
#endif
#ifdef WITH_RAW3
#include "raw3.h"
#endif
#ifdef WITH_GETTID
#include "gettid.h"
#endif
#ifdef WITH_FORK
#include "fork.h"
#endif
#ifdef WITH_POSIX_FORK
#include "posix_fork.h"
#endif
#ifdef WITH_VFORK
#include "vfork.h"
#endif
#ifdef WITH_SPAWN
#include "spawn.h"
#endif
#ifdef WITH_THREAD
#include "thread.h"
#endif
#ifdef WITH_ATFORK
#include "atfork.h"
#endif
#ifdef WITH_EXIT
#include "exit.h"
#endif
#include "cases.h"
#include "say.h"

static const struct wrapper_case cases[] = {
#ifdef WITH_CLONE
	CLONE_CASES OPTIONAL_CASES
#endif
#ifdef WITH_RAW
	RAW_CASES
#endif
#ifdef WITH_RAW3
	RAW3_CASES
#endif
#ifdef WITH_GETTID
	GETTID_CASES
#endif
#ifdef WITH_FORK
	FORK_CASES
#endif
#ifdef WITH_POSIX_FORK
	POSIX_FORK_CASES
#endif
#ifdef WITH_VFORK
	VFORK_CASES
#endif
#ifdef WITH_SPAWN
	SPAWN_CASES
#endif
#ifdef WITH_THREAD
	THREAD_CASES
#endif
#ifdef WITH_ATFORK
	ATFORK_CASES
#endif
#ifdef WITH_EXIT
	EXIT_CASES
#endif
	{ NULL, NULL },
};

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
#ifdef WITH_SPAWN
	spawned_program = argv[0];
#endif
	for (const struct wrapper_case *each = cases; each->name; each++) {
		if (strcmp(each->name, argv[1]) == 0) {
			each->run();
			return 0;
		}
	}
	return 2;
}
