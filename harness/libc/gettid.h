/* gettid(), and what it is after a raw clone. */
#ifndef LIBC_GETTID_H
#define LIBC_GETTID_H

#include "cases.h"
#include "child.h"

static void gettid_alone(void)
{
	say_number("gettid", gettid());
}

#ifdef WITH_RAW
static void raw_clone_gettid(void)
{
	pid_t *seen = shared_memory(sizeof(*seen));
	long result;

	*seen = gettid();
	result = raw_clone(SIGCHLD);
	if (result == 0) {
		*seen = gettid();
		_exit(0);
	}
	say_child(result);
	say("gettid", *seen == result ? "the child's own TID" : "the caller's TID");
}

#define GETTID_RAW_CASES { "raw-clone-gettid", raw_clone_gettid },
#else
#define GETTID_RAW_CASES
#endif

/* The first is there so that the function is looked for also where there is no raw call to go with it. */
#define GETTID_CASES { "gettid-alone", gettid_alone }, GETTID_RAW_CASES

#endif
