/* Operations of scenarios that do harm, for tests of the harness: each is to cost its own scenario, and nothing else. */
#ifndef PROBE_STEPS_HOSTILE_H
#define PROBE_STEPS_HOSTILE_H

#include "alone.h"

enum { FORK_DEPTH = 7, SPIN_TURNS = 1 << 28 };

/* In another namespace the number would be somebody else's. */
static s64 kill_in(u64 pid_ns, s64 pid, u64 signal)
{
	if (!pid || namespace_inode("thread-self/ns/pid") != pid_ns)
		return -ESRCH;
	return sys(NR_kill, pid, signal);
}

static s64 step_kill_host(const struct step *s, struct result *r)
{
	(void)r;
	return kill_in(scenario->host_pid_ns, scenario->host_pid, s->v[KEY_SIGNAL]);
}

static s64 step_kill_conductor(const struct step *s, struct result *r)
{
	(void)r;
	return kill_in(scenario->conductor_pid_ns, scenario->conductor_pid, s->v[KEY_SIGNAL]);
}

/* The process group may hold the whole probe, and whoever started it without giving it one of its own. */
static s64 step_kill_group(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_kill, 0, s->v[KEY_SIGNAL]);
}

static s64 step_spin(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	while (!host_is_gone())
		for (volatile u32 turn = 0; turn < SPIN_TURNS; turn++)
			;
	end_all();
}

/* Every process makes two, and so do these, until the kernel refuses or there are as many as the depth allows. */
static s64 step_forks_without_end(const struct step *s, struct result *r)
{
	struct lonely lonely = { scenario->beat, 0 };
	u32 depth = 0, children = 0;

	(void)s, (void)r;
	while (depth < FORK_DEPTH && children < 2) {
		long pid = sys_fork(0);

		if (pid < 0)
			break;
		children = pid ? children + 1 : 0;
		depth += !pid;
	}
	for (;;)
		if (sys_poll(-1, 0, TICK_MICROSECONDS / 1000) == 0 && is_alone(&lonely))
			end_all();
	return 0;
}

#endif
