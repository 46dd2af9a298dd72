/* Waiting in a scenario: for a step to be over, and for all tasks to have felt what it did. */
#ifndef PROBE_QUIET_H
#define PROBE_QUIET_H

#include "held.h"
#include "watchdog.h"

enum {
	TURNS = 2,
	YIELDS = 30,
	SHORT_PAUSES = 60,
	LINGER_PAUSES = 20,
	SILENCE_MICROSECONDS = 2000,
	DOZE_MS = 20,	    /* how long a task is to doze before it counts as asleep */
	LATE_MS = 200, /* how long one may sleep on after what it waited for has come */
};

static inline int time_is_over(void)
{
	return sys_milliseconds() > notes.deadline;
}

/* Called before looking: whoever changes anything after this rings. */
static inline void listen(void)
{
	scenario->bell = 0;
	fence();
}

/* Waits for somebody to ring; 0 when nobody does for a while. */
static int hear(void)
{
	scenario->beat++;
	return futex_wait(&scenario->bell, 0, SILENCE_MICROSECONDS) != -ETIMEDOUT;
}

/* Between two looks: the more there were, the longer. */
static void pause(u32 looks)
{
	scenario->beat++;
	if (looks < YIELDS)
		sys(NR_sched_yield);
	else
		futex_wait(&scenario->bell, 0, looks < YIELDS + SHORT_PAUSES ? 30 : 1000);
}

static u32 nature_of(u32 step)
{
	return operation_of(&scenario->steps[step])->nature;
}

static int is_vfork(u32 step)
{
	const struct step *s = &scenario->steps[step];

	return (nature_of(step) & MAKES_TASK) && (s->call.kind == CALL_VFORK || (s->call.args.flags & CLONE_VFORK));
}

/* The child of a call has come to life, or is held before that. */
static int child_has_come(u32 step)
{
	return mail_of(scenario->steps[step].v[KEY_CHILD])->state != MAIL_NONE;
}

static int child_is_held(u32 step)
{
	return (nature_of(step) & MAKES_TASK) && mail_of(scenario->steps[step].v[KEY_CHILD])->state == MAIL_HELD;
}

static int is_late(u64 since)
{
	return sys_milliseconds() - since > LATE_MS;
}

static int is_sound(const struct look *l, u64 since)
{
	return l->sight == SIGHT_ASLEEP || (l->sight == SIGHT_DOZING && sys_milliseconds() - since > DOZE_MS);
}

/* A vfork may sleep otherwise too, but not any more once the child is there. */
static int sleeps_in_step(u32 step, const struct look *l, u64 since)
{
	if (!is_sound(l, since))
		return 0;
	if (is_vfork(step))
		return child_has_come(step);
	return (nature_of(step) & MAY_SLEEP) && l->state == 'S';
}

/* --- after something that others feel --- */

/*
 * The init of a pid namespace waits for the others in it, and then for their numbers to be given back, which happens a
 * moment after they have vanished and shows nowhere.
 */
static int is_stuck(const struct look *l)
{
	return l->sight == SIGHT_STUCK && is_late(notes.last_end);
}

static int is_at_rest(u32 task, const struct look *l)
{
	if (l->sight == SIGHT_OVER)
		task_ended(task, l);
	return l->sight == SIGHT_OVER || l->sight == SIGHT_STOPPED || is_stuck(l);
}

/* A call has made a child, or stopped over it, and nothing is known of the child yet. */
static int child_is_due(u32 step, u32 task)
{
	u32 state = mail_of(task)->state;

	if (!(nature_of(step) & MAKES_TASK) || child_has_come(step))
		return 0;
	if (state == MAIL_IDLE ? scenario->results[step].ret <= 0 : state != MAIL_BUSY)
		return 0;
	if (scenario->traces)
		held_find(step, task);
	return !child_has_come(step);
}

/*
 * A task that is blocked. Whoever wakes one makes it runnable before he goes on himself, so one that is seen asleep now
 * has had its turn, or needed none.
 */
static int is_asleep_still(u32 task, u64 since)
{
	const struct mailbox *m = mail_of(task);
	u32 step = notes.in_step[task];
	struct look l;

	if (m->state == MAIL_IDLE)
		return !child_is_due(step, task);
	l = look_at_task(task);
	fence();
	if (m->state == MAIL_IDLE || (l.sight == SIGHT_STOPPED && child_is_due(step, task)))
		return 0;
	if (is_vfork(step) && is_ended(scenario->steps[step].v[KEY_CHILD]) && is_sound(&l, since))
		return is_late(since);
	return sleeps_in_step(step, &l, since) || is_at_rest(task, &l);
}

/* Something that is worth looks at once, and not only when nothing is heard of the task. */
static int is_worth_looks(u32 step, u32 task)
{
	return (nature_of(step) & (MAY_SLEEP | LEAVES | TOUCHES_OTHERS)) ||
	       (scenario->traces && (nature_of(step) & MAKES_TASK)) ||
	       (is_vfork(step) && child_has_come(step) && mail_of(task)->state != MAIL_IDLE);
}

/* How many looks at a task that may end are to be careful ones, until only a stop can be why nothing is heard of it. */
static u32 careful_looks(u32 step)
{
	const struct step *s = &scenario->steps[step];
	u64 signal = s->given & KEY(SIGNAL) ? s->v[KEY_SIGNAL] : 0;

	if (!is_worth_looks(step, s->task))
		return 2; /* it has been silent for long before each */
	if (nature_of(step) & TRACES)
		return signal ? YIELDS + SHORT_PAUSES : 0; /* nobody ends by being let go */
	return signal >= SIGSTOP && signal <= SIGTTOU ? YIELDS / 4 : YIELDS + SHORT_PAUSES;
}

/*
 * One that was pinged, or that ends. Only a stop needs a look that might do harm. Nobody is looked at before there was a turn
 * for an answer: what /proc shows of a thread is dear, as whoever reaps its process waits for that to be taken down again.
 */
static int is_idle_still(u32 task, u32 looks)
{
	struct mailbox *m = mail_of(task);
	struct look l;

	if (m->state == MAIL_IDLE)
		return 1;
	if (looks < TURNS)
		return 0;
	l = looks < careful_looks(notes.now) ? look_for_end_of(task) : look_at_task(task);
	return is_at_rest(task, &l);
}

static void ping(u32 tasks)
{
	for (u32 k = 0; tasks >> k; k++)
		if ((tasks >> k & 1) && !is_asleep(k) && mail_of(k)->state == MAIL_IDLE)
			mail_order(mail_of(k), STEP_PING);
}

static int has_others_of_group(u32 task)
{
	struct text own = group_of(mail_of(task));

	for (u32 k = 0; k < scenario->tasks_count; k++) {
		struct text group = group_of(mail_of(k));

		if (is_there(k) && group.length == own.length && !memcmp(group.at, own.at, own.length))
			return 1;
	}
	return 0;
}

/* The last task of its process has ended, and threads that are no task's have not. */
static int is_lingering(u32 task)
{
	struct look l = look_at_group(task);

	return l.state == 'Z' && l.threads > 1 && !has_others_of_group(task);
}

/*
 * An emulator has threads of its own in a process, and the parent is told of its end when they too have ended. Where they
 * do not, nobody waits for them.
 */
static void ends_settle(void)
{
	for (u32 looks = 0; notes.lingering && looks < YIELDS + SHORT_PAUSES + LINGER_PAUSES; looks++) {
		for (u32 k = 0; notes.lingering >> k; k++)
			if ((notes.lingering >> k & 1) && !is_lingering(k))
				notes.lingering &= ~(1U << k);
		if (notes.lingering)
			pause(looks);
	}
	notes.lingering = 0;
	let_ends_settle();
}

/* Waits until nothing more happens to these tasks by itself; when one of them ends, to any. */
static void wait_for_quiet(u32 loud)
{
	u32 ended = notes.ended;
	u64 since;

	if (!loud)
		return;
	since = sys_milliseconds();
	ends_settle();
	ping(loud);
	for (u32 looks = 0; loud && !time_is_over(); looks++) {
		listen();
		for (u32 k = 0; loud >> k; k++)
			if ((loud >> k & 1) && (is_asleep(k) ? is_asleep_still(k, since) : is_idle_still(k, looks)))
				loud &= ~(1U << k);
		if (ended != notes.ended) {
			ended = notes.ended;
			since = sys_milliseconds();
			ends_settle();
			loud = tasks_there();
			ping(loud);
		}
		if (loud)
			pause(looks);
	}
}

/* --- the step itself --- */

/* It dies, and waits for others, all of which have had their turn. */
static int is_stuck_for_good(u32 task)
{
	struct look l;

	wait_for_quiet(tasks_there() & ~(1U << task));
	l = look_at_task(task);
	return is_stuck(&l);
}

static int step_is_done(u32 step, u32 task)
{
	if (mail_of(task)->state != MAIL_IDLE)
		return 0;
	return !(nature_of(step) & MAKES_TASK) || scenario->results[step].ret <= 0 || child_has_come(step);
}

/*
 * While it may end, one that is not in a call that may sleep is looked at with care. One that executes gives up its memory
 * as one that ends does, and takes longer.
 */
static struct look look_in_step(u32 step, u32 task, u32 looks, u64 since)
{
	u32 state = mail_of(task)->state;
	int may_end = state != MAIL_BUSY || !(nature_of(step) & (MAY_SLEEP | MAKES_TASK));
	int careful = is_executing(task) ? !is_late(since) : may_end && looks < careful_looks(step);

	return careful ? look_for_end_of(task) : look_at_task(task);
}

/* 1 when the step is over otherwise than by a result. */
static int step_is_over(u32 step, u32 task, u32 looks, u64 since)
{
	struct mailbox *m = mail_of(task);
	u32 state = m->state;
	struct look l = look_in_step(step, task, looks, since);

	fence();
	if (m->state == MAIL_IDLE)
		return 0;
	if (l.sight == SIGHT_OVER) {
		task_ended(task, &l);
		step_gone(step, task, &l);
		return 1;
	}
	/* Its tracer is told of a child: it is about to stop too. */
	if (l.sight == SIGHT_STOPPED && state == MAIL_BUSY && (nature_of(step) & MAKES_TASK) && !child_has_come(step))
		return 0;
	if (l.sight == SIGHT_STOPPED || (state == MAIL_BUSY && sleeps_in_step(step, &l, since)) ||
	    (l.sight == SIGHT_STUCK && is_stuck_for_good(task))) {
		step_blocked(step, task);
		notes.stopped = l.sight == SIGHT_STOPPED || child_is_held(step);
		return 1;
	}
	return 0;
}

/* Waits until the step is over, one way or another. */
static void step_wait_for(u32 step, u32 task)
{
	u64 since = sys_milliseconds();

	for (u32 looks = 0;; looks++) {
		listen();
		if (step_is_done(step, task))
			return outcome_is(step, STEP_DONE);
		if (!is_worth_looks(step, task) && hear())
			continue;
		if (looks && scenario->traces && (nature_of(step) & MAKES_TASK) && !child_has_come(step))
			held_find(step, task);
		if (looks && step_is_over(step, task, looks, since))
			return;
		if (time_is_over())
			return outcome_is(step, STEP_LOST);
		pause(looks);
	}
}

#endif
