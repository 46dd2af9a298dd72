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

/* A new limit from now on. */
static void watchdog_again(struct watchdog *w)
{
	w->since = 0;
}

#endif
