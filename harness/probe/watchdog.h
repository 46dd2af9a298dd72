/* Notices that nothing moves: the same case, for longer than the limit, and nobody waiting for input or output. */
#ifndef PROBE_WATCHDOG_H
#define PROBE_WATCHDOG_H

#include "shared.h"

static u64 timeout_ms = 10000;

struct watchdog {
	u64 limit;
	u64 since;
	u32 taken, answered, beat;
};

static void watchdog_start(struct watchdog *w, u64 limit)
{
	*w = (struct watchdog){ limit, 0, 0, 0, 0 };
}

/* How long to sleep between two looks. */
static u64 watchdog_tick(const struct watchdog *w)
{
	u64 tick = w->limit / 8;

	return tick < 5 ? 5 : tick > 200 ? 200 : tick;
}

/* Looks; 1 when the limit is over. */
static int watchdog_barks(struct watchdog *w)
{
	u64 now = sys_milliseconds();

	if (!w->since || shared->doing == DOING_IO || w->taken != cases_taken() || w->answered != cases_answered() ||
	    w->beat != shared->beat) {
		*w = (struct watchdog){ w->limit, now, cases_taken(), cases_answered(), shared->beat };
		return 0;
	}
	return now - w->since > w->limit;
}

/* Down to this, in milliseconds, or what was asked for. */
enum { CASE_LIMIT_LEAST = 2000 };

/*
 * How long a call may take. A target that did not come back from one may not come back from many more: each halves the limit.
 * What is cut off by it is not judged, so that a shorter one never makes a difference.
 */
static u64 case_limit(void)
{
	u64 limit = timeout_ms >> (shared->hangs < 16 ? shared->hangs : 16);

	if (limit >= CASE_LIMIT_LEAST)
		return limit;
	return timeout_ms < CASE_LIMIT_LEAST ? timeout_ms : CASE_LIMIT_LEAST;
}

/* A new limit from now on. */
static void watchdog_again(struct watchdog *w)
{
	w->since = 0;
}

#endif
