/* How deep the namespaces that the conductor was started in may be nested at most, where no number says it. */
#ifndef PROBE_NESTING_H
#define PROBE_NESTING_H

#include "attributes.h"

/* Scenarios and callers go no deeper than a few levels; each costs a namespace. */
enum { NESTING_TRIED = 6, USER_NS_DEEPEST = 33, PID_NS_DEEPEST = 32 };

/* Tries in a child; how many levels it could make. */
static s64 nesting_tried(s64 (*levels)(void))
{
	int status = -1;
	long pid = sys_fork(0);

	if (pid == 0) {
		stay_bound();
		sys_exit(levels());
	}
	if (pid > 0)
		sys(NR_wait4, pid, &status, WALL, 0);
	return status >= 0 && !(status & 0x7f) ? status >> 8 & 0xff : 0;
}

static s64 nesting_user_levels(void)
{
	for (s64 made = 0; made < NESTING_TRIED; made++)
		if (new_user_ns(MAP_UID | MAP_GID))
			return made;
	return NESTING_TRIED;
}

/* A namespace is made by the first child; who may make none where he is makes a user namespace of his own first. */
static s64 nesting_pid_levels(void)
{
	for (s64 made = 0; made < NESTING_TRIED; made++) {
		int status = 0;
		long pid;

		if (sys(NR_unshare, CLONE_NEWPID) && (made || new_user_ns(MAP_UID | MAP_GID) || sys(NR_unshare, CLONE_NEWPID)))
			return made;
		pid = sys_fork(0);
		if (pid < 0)
			return made;
		if (pid > 0) {
			sys(NR_wait4, pid, &status, WALL, 0);
			return status & 0x7f ? made : status >> 8 & 0xff;
		}
		stay_bound();
	}
	return NESTING_TRIED;
}

static void nesting_start(void)
{
	s64 levels = known.user_ns_level < 0 ? nesting_tried(nesting_user_levels) : 0;

	known.user_ns_level_most = levels ? USER_NS_DEEPEST - levels : -1;
	levels = known.pid_ns_level < 0 ? nesting_tried(nesting_pid_levels) : 0;
	known.pid_ns_level_most = levels ? PID_NS_DEEPEST - levels : -1;
}

#endif
