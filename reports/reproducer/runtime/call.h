/*
 * The course of one call. Three processes: this one, a host that puts itself into the caller's state and sees to the end
 * of everything, and the caller itself, which makes the call.
 */
#ifndef REPRODUCER_CALL_H
#define REPRODUCER_CALL_H

#include "common.h"

/* Written for each case. */
static void host_state(void);
static void caller_state(void);
static long make_caller(void);
static long the_call(volatile struct outcome *outcome);

static void wait_for_caller(long caller)
{
	u64 deadline = sys_milliseconds() + TIME_LIMIT;
	s64 self = sys(NR_getpid);
	int status;
	long pid;

	while ((pid = sys(NR_wait4, -1, &status, WNOHANG | WUNTRACED | WALL, 0)) != -ECHILD) {
		if (pid == caller && (status & 0xff) == 0x7f) {
			shared->signal = status >> 8 & 0xff;
			sys(NR_kill, pid, SIGKILL);
		} else if (pid == caller) {
			shared->ended = 1;
			if (!shared->signal)
				shared->signal = status & 0x7f;
		}
		if (pid > 0)
			continue;
		sys_signal_wait(SIGNAL_BIT(SIGCHLD), 100);
		if (sys_milliseconds() <= deadline)
			continue;
		shared->late = !shared->ended;
		sys(NR_kill, caller, SIGKILL);
		end_the_rest(self);
	}
}

static __attribute__((noreturn)) void host_main(s64 parent, s64 parent_outside)
{
	s64 self, self_outside;
	long caller;

	bind_to_parent(parent, parent_outside);
	sys(NR_prctl, PR_SET_CHILD_SUBREAPER, 1);
	if (memory_map()) {
		blocked_because("the memory at 0x20000000 cannot be mapped");
		sys_exit(CANNOT_JUDGE);
	}
	host_state();
	stay_bound();
	self = sys(NR_getpid);
	self_outside = self_in_proc();
	caller = make_caller();
	if (caller == 0) {
		bind_to_parent(self, self_outside);
		caller_state();
		shared->refused = the_call(&shared->outcome); /* comes back only when it is refused: see stub_child_call() */
		sys_exit(0);
	}
	if (caller < 0) {
		blocked("the caller: clone", caller);
		sys_exit(CANNOT_JUDGE);
	}
	wait_for_caller(caller);
	sys_exit(shared->why[0] ? CANNOT_JUDGE : 0);
}

/* What the call came to: 0 for success, else the number of the error; -1 when that is not known. */
static long result_of_call(void)
{
	if (shared->outcome.ret > 0 || shared->outcome.mark)
		return 0;
	return shared->refused < 0 ? -shared->refused : -1;
}

#endif
