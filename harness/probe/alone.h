/*
 * The end of a scenario whose host was killed, and the rest of the probe with it, where there is no pid namespace whose
 * end is the end of all: the tasks have to see to it themselves.
 */
#ifndef PROBE_ALONE_H
#define PROBE_ALONE_H

#include "mailbox.h"
#include "task.h"

/* The number may be another process's by now. */
static int same_program(s64 pid)
{
	char path[32], own[128], other[128];
	struct builder b = builder_on(path);
	long n = sys(NR_readlinkat, fd_proc, "self/exe", own, sizeof(own));

	build_number(&b, pid);
	build(&b, "/exe");
	return n > 0 && sys(NR_readlinkat, fd_proc, path, other, sizeof(other)) == n && memcmp(own, other, n) == 0;
}

enum { TICK_MICROSECONDS = 1000000, TICKS_ALONE = 10 };

static int host_is_gone(void)
{
	char path[16];
	struct builder b = builder_on(path);

	build_number(&b, scenario->host_in_proc);
	return proc_exists("self") && !proc_exists(path);
}

/* After each tick in which nothing has come. Hosts that cannot be seen to be gone have not moved for long. */
struct lonely {
	u32 beat, ticks;
};

static int is_alone(struct lonely *l)
{
	if (scenario->beat != l->beat)
		l->ticks = 0;
	l->beat = scenario->beat;
	return ++l->ticks > TICKS_ALONE || host_is_gone();
}

/* By a task that has noticed: others may be asleep for ever. Their numbers are ours where our own is. */
static __attribute__((noreturn)) void end_all(void)
{
	s64 self = self_in_proc();

	for (u32 k = 0; self == sys(NR_getpid) && k < scenario->tasks_count; k++) {
		s64 pid = text_leading_number(text_of(scenario->mail[k].path));

		if (pid && pid != self && same_program(pid))
			sys(NR_kill, pid, SIGKILL);
	}
	sys_exit(1);
}

#endif
