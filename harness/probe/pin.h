/*
 * Scenarios keep to one processor: their tasks take turns, and to wake a task on another processor costs more than all
 * the rest. Now and then one is run without, so that the scheduler can choose a better one.
 */
#ifndef PROBE_PIN_H
#define PROBE_PIN_H

#include "attributes.h"

enum { CPUS_MOST = 1024, PINNED_RUN = 64 };

static struct {
	u8 before[CPUS_MOST / 8]; /* where we may run */
	long length;		  /* of that; 0 or negative: it is left as it is */
	u32 count;
	int pinned;
} pin;

/* SCHED_DEADLINE is refused to those that may not run everywhere. */
static void pin_prepare(void)
{
	pin.length = 0;
	if (!caller_has("deadline") && !caller_has("deadline-reset"))
		pin.length = sys(NR_sched_getaffinity, 0, sizeof(pin.before), pin.before);
}

static void pin_off(void)
{
	if (pin.pinned)
		sys(NR_sched_setaffinity, 0, pin.length, pin.before);
	pin.pinned = 0;
}

static void pin_on(void)
{
	u8 here[CPUS_MOST / 8];
	u32 cpu = 0;

	if (pin.length <= 0 || sys(NR_getcpu, &cpu, 0, 0) || cpu >= CPUS_MOST)
		return;
	memset(here, 0, sizeof(here));
	here[cpu / 8] = 1 << cpu % 8;
	pin.pinned = sys(NR_sched_setaffinity, 0, sizeof(here), here) == 0;
}

/* Before each scenario. */
static void pin_next(void)
{
	if (pin.count++ % PINNED_RUN == 0)
		pin_off();
	else if (!pin.pinned)
		pin_on();
}

#endif
