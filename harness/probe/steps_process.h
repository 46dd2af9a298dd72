/* Operations of scenarios: timers, limits, scheduling, and what else a process or a thread says about itself. */
#ifndef PROBE_STEPS_PROCESS_H
#define PROBE_STEPS_PROCESS_H

#include "mailbox.h"

enum {
	PR_GET_PDEATHSIG = 2,
	PR_SET_TIMERSLACK = 29,
	PR_GET_TIMERSLACK = 30,
	PR_GET_CHILD_SUBREAPER = 37,
	ITIMER_REAL = 0,
	SIGEV_NONE = 1,
};

#define PERSONALITY_ASK 0xffffffffUL

struct timer_times {
	long interval[2];
	long value[2]; /* seconds, and microseconds or nanoseconds */
};

static s64 step_itimer_set(const struct step *s, struct result *r)
{
	struct timer_times times = { { 0, 0 }, { s->v[KEY_VALUE], 0 } };

	(void)r;
	return sys(NR_setitimer, ITIMER_REAL, &times, 0);
}

static s64 step_itimer(const struct step *s, struct result *r)
{
	struct timer_times times;
	s64 ret = sys(NR_getitimer, ITIMER_REAL, &times);

	(void)s, (void)r;
	return ret ? ret : times.value[0] || times.value[1];
}

/* It notifies nobody, and is never set. */
static s64 step_timer_create(const struct step *s, struct result *r)
{
	struct {
		unsigned long value;
		int signal, notify;
		u64 more[6];
	} event = { 0, 0, SIGEV_NONE, { 0 } };
	int id = 0;
	s64 ret = sys(NR_timer_create, CLOCK_MONOTONIC, &event, &id);

	(void)s, (void)r;
	return ret ? ret : id;
}

static s64 step_timer_there(const struct step *s, struct result *r)
{
	struct timer_times times;

	(void)r;
	return sys(NR_timer_gettime, s->v[KEY_ID], &times);
}

/* What prctl stores at an address. */
static s64 prctl_number(int option)
{
	int number = 0;
	s64 ret = sys(NR_prctl, option, &number);

	return ret ? ret : number;
}

static s64 step_pdeathsig_set(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_prctl, PR_SET_PDEATHSIG, s->v[KEY_SIGNAL]);
}

static s64 step_pdeathsig(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return prctl_number(PR_GET_PDEATHSIG);
}

static s64 step_subreaper_set(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_prctl, PR_SET_CHILD_SUBREAPER, s->v[KEY_VALUE]);
}

static s64 step_subreaper(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return prctl_number(PR_GET_CHILD_SUBREAPER);
}

static s64 step_timerslack_set(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_prctl, PR_SET_TIMERSLACK, s->v[KEY_VALUE]);
}

static s64 step_timerslack(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_prctl, PR_GET_TIMERSLACK);
}

static s64 step_personality_set(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_personality, s->v[KEY_VALUE]);
}

static s64 step_personality(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_personality, PERSONALITY_ASK);
}

static s64 step_rlimit_set(const struct step *s, struct result *r)
{
	struct rlimit limit = sys_rlimit(RLIMIT_LOCKS);

	(void)r;
	limit.soft = s->v[KEY_VALUE];
	return sys(NR_prlimit64, 0, RLIMIT_LOCKS, &limit, 0);
}

static s64 step_rlimit(const struct step *s, struct result *r)
{
	(void)s;
	r->form = FORM_VALUE;
	return sys_rlimit(RLIMIT_LOCKS).soft;
}

static s64 step_sched(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_sched_getscheduler, 0);
}

static s64 step_sched_set(const struct step *s, struct result *r)
{
	int priority = 0;

	(void)r;
	return sys(NR_sched_setscheduler, 0, s->v[KEY_POLICY], &priority);
}

#endif
