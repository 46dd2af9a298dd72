/* What came of the steps of a scenario: the conductor's notes, and the answer that they become. */
#ifndef PROBE_OUTCOME_H
#define PROBE_OUTCOME_H

#include "look.h"
#include "operations.h"

enum outcome_kind {
	STEP_UNDONE, /* "absent" */
	STEP_DONE,
	STEP_GONE,
	STEP_BLOCKED, /* still; or never came back */
	STEP_BUSY,
	STEP_LOST,
};

static struct {
	u64 deadline;
	u32 now;    /* the step that is being done */
	u32 asleep; /* bit k: task k sleeps, or is stopped, in the step: */
	u32 in_step[TASKS_MOST];
	u32 ended;
	u32 lingering; /* of these: others of its process were there yet */
	int stopped; /* the last step that was blocked was by a stop */
	u64 last_end; /* when one was last seen to end */
	struct {
		u8 kind;
		u8 waited; /* it was blocked; until this step: */
		u8 until;
		int status; /* wait status of one that has gone */
	} outcome[STEPS_MOST];
} notes;

static inline struct mailbox *mail_of(u32 task)
{
	return &scenario->mail[task];
}

static inline int is_asleep(u32 task)
{
	return notes.asleep >> task & 1;
}

static inline int is_ended(u32 task)
{
	return notes.ended >> task & 1;
}

static inline int is_there(u32 task)
{
	return mail_of(task)->state != MAIL_NONE && !is_ended(task);
}

static u32 tasks_there(void)
{
	u32 there = 0;

	for (u32 k = 0; k < scenario->tasks_count; k++)
		if (is_there(k))
			there |= 1U << k;
	return there;
}

static void outcome_is(u32 step, enum outcome_kind kind)
{
	notes.outcome[step].kind = kind;
}

static void step_blocked(u32 step, u32 task)
{
	notes.asleep |= 1U << task;
	notes.in_step[task] = step;
	notes.outcome[step].waited = 1;
	outcome_is(step, STEP_BLOCKED);
}

/* At the process as a whole, by its leader. */
static struct look look_at_group(u32 task)
{
	char path[PATH_OF_TASK];
	struct builder b = builder_on(path);

	build_text(&b, group_of(mail_of(task)));
	return look_for_end(path);
}

static int is_executing(u32 task)
{
	const struct mailbox *m = mail_of(task);

	return m->state == MAIL_BUSY && operation_of(&scenario->steps[m->step])->perform == step_execve;
}

/*
 * A thread that executes takes over the TID of its leader: what it was called vanishes before it can say so, and what the
 * leader was called means another.
 */
static struct look look_through_execve(u32 task, struct look (*look)(const char *task))
{
	struct look l = { SIGHT_OVER, STATE_NONE, 0, 0 };

	if (mail_of(task)->replaced)
		return l;
	l = look(mail_of(task)->path);
	return l.sight == SIGHT_OVER && is_executing(task) ? look_at_group(task) : l;
}

static struct look look_at_task(u32 task)
{
	return look_through_execve(task, look_at);
}

static struct look look_for_end_of(u32 task)
{
	return look_through_execve(task, look_for_end);
}

/* How a task ended that left no zombie: with its group, as far as that is known. */
static int status_of_group(u32 task)
{
	return mail_of(task)->replaced ? 0 : look_at_group(task).exit_code;
}

static void step_gone(u32 step, u32 task, const struct look *l)
{
	const struct step *s = &scenario->steps[step];
	int status = l->exit_code;

	outcome_is(step, STEP_GONE);
	if (mail_of(task)->state == MAIL_LEAVING)
		status = (s->v[KEY_STATUS] & 0xff) << 8;
	else if (!status)
		status = status_of_group(task);
	if (!status && (s->given & KEY(SIGNAL)))
		status = s->v[KEY_SIGNAL] & 0x7f;
	notes.outcome[step].status = status;
}

static void task_ended(u32 task, const struct look *l)
{
	u32 step = notes.in_step[task];

	notes.ended |= 1U << task;
	notes.last_end = sys_milliseconds();
	if (l->state == 'Z' && l->threads > 1)
		notes.lingering |= 1U << task;
	if (!is_asleep(task))
		return;
	notes.asleep &= ~(1U << task);
	step_gone(step, task, l);
	notes.outcome[step].until = notes.now + 1;
}

/* Blocked tasks that have come back: when step `until` is about to begin. */
static void collect_awake(u32 until)
{
	for (u32 k = 0; notes.asleep >> k; k++) {
		u32 step = notes.in_step[k];

		if (!is_asleep(k) || mail_of(k)->state != MAIL_IDLE)
			continue;
		notes.asleep &= ~(1U << k);
		notes.outcome[step].until = until;
		outcome_is(step, STEP_DONE);
	}
}

/* --- the answer --- */

static void put_result(const struct result *r)
{
	s64 ret = r->ret;

	if (r->form == FORM_CALL && ret < 0 && ret >= -4095) {
		put("\"errno\":\"");
		build_errno(&shared->line, ret);
		put("\"");
		return;
	}
	put("\"ret\":");
	put_number(ret);
	for (u32 i = 0; i < EXTRAS; i++)
		if (r->extras >> i & 1)
			put_key_number(extra_names[i], r->extra[i]);
}

static void put_gone(int status)
{
	put(status & 0x7f ? "\"gone\":\"signal " : "\"gone\":\"exit ");
	put_number(status & 0x7f ? status & 0x7f : status >> 8 & 0xff);
	put("\"");
}

static void put_outcome(u32 step)
{
	put("{");
	switch (notes.outcome[step].kind) {
	case STEP_UNDONE:
		put("\"absent\":true");
		break;
	case STEP_DONE:
		put_result(&scenario->results[step]);
		break;
	case STEP_GONE:
		put_gone(notes.outcome[step].status);
		break;
	case STEP_BLOCKED:
		put("\"blocked\":true");
		break;
	case STEP_BUSY:
		put("\"busy\":true");
		break;
	case STEP_LOST:
		put("\"lost\":\"timeout\"");
		break;
	}
	if (notes.outcome[step].waited && notes.outcome[step].kind != STEP_BLOCKED)
		put_key_number("blocked", notes.outcome[step].until);
	put("}");
}

static void answer_steps(void)
{
	answer_begin();
	put_key("steps");
	put("[");
	for (u32 i = 0; i < scenario->steps_count; i++) {
		if (i)
			put(",");
		put_outcome(i);
	}
	put("]");
	answer_end();
}

#endif
