/* The host as the conductor of a scenario: hands out the steps one after another, and sees when each is over. */
#ifndef PROBE_CONDUCT_H
#define PROBE_CONDUCT_H

#include "host.h"
#include "look.h"
#include "performer.h"

enum {
	YIELDS = 30,
	SILENCE_MICROSECONDS = 2000,
	AFTER_END_MS = 200, /* how long a task may sleep on after what it waited for has come */
};

enum outcome_kind {
	STEP_UNDONE, /* "absent" */
	STEP_DONE,
	STEP_GONE,
	STEP_BLOCKED, /* still; or never came back */
	STEP_BUSY,
	STEP_LOST,
};

/* The conductor's own notes. */
static struct {
	u64 deadline;
	u32 now; /* the step that is being done */
	u32 asleep; /* tasks that are blocked, or stopped, in a step */
	u32 ended;
	u32 in_step[TASKS_MOST];
	struct {
		u8 kind;
		u8 waited;  /* it was blocked; until this step: */
		u8 until;
		int status; /* wait status of one that has gone */
	} outcome[STEPS_MOST];
} notes;

static inline struct mailbox *mail_of(u32 task)
{
	return &scenario->mail[task];
}

static inline int is_ended(u32 task)
{
	return notes.ended >> task & 1;
}

static inline int is_asleep(u32 task)
{
	return notes.asleep >> task & 1;
}

static inline int is_there(u32 task)
{
	return mail_of(task)->state != MAIL_NONE && !is_ended(task);
}

static inline int time_is_over(void)
{
	return sys_milliseconds() > notes.deadline;
}

/* Between two looks: the more there were, the longer. The bell ends it. */
static void pause(u32 looks)
{
	scenario->beat++;
	if (looks < YIELDS)
		sys(NR_sched_yield);
	else
		futex_wait(&scenario->bell, 0, looks < 2 * YIELDS ? 30 : 1000);
}

/* --- how steps end --- */

static void outcome_is(u32 step, enum outcome_kind kind)
{
	notes.outcome[step].kind = kind;
}

/* How a task ended that left no zombie: with its group, as far as that is known. */
static int status_of_group(u32 task)
{
	char path[PATH_OF_TASK];
	struct builder b = builder_on(path);
	struct text own = text_of(mail_of(task)->path);
	struct look l;

	build_text(&b, text_cut(&own, '/'));
	build(&b, "/stat");
	l = look_at(path);
	return l.state == 'Z' ? l.exit_code : 0;
}

static void step_gone(u32 step, u32 task, const struct look *l)
{
	const struct step *s = &scenario->steps[step];

	outcome_is(step, STEP_GONE);
	notes.outcome[step].status = l->state == 'Z' ? l->exit_code : 0;
	if (mail_of(task)->state == MAIL_LEAVING)
		notes.outcome[step].status = (s->v[KEY_STATUS] & 0xff) << 8;
	else if (!notes.outcome[step].status)
		notes.outcome[step].status = status_of_group(task);
	if (!notes.outcome[step].status && (s->given & KEY(SIGNAL)))
		notes.outcome[step].status = s->v[KEY_SIGNAL] & 0x7f;
}

static void task_ended(u32 task, const struct look *l)
{
	notes.ended |= 1U << task;
	if (is_asleep(task)) {
		notes.asleep &= ~(1U << task);
		step_gone(notes.in_step[task], task, l);
		notes.outcome[notes.in_step[task]].until = notes.now + 1;
	}
}

static int makes_task(u32 step)
{
	return operation_of(&scenario->steps[step])->nature & MAKES_TASK;
}

static int is_vfork(u32 step)
{
	const struct step *s = &scenario->steps[step];

	if (!makes_task(step))
		return 0;
	return (s->call.args.flags & CLONE_VFORK) || text_is(text_of(operation_of(s)->name), "vfork");
}

/* The child of a call has come to life, where there is one. */
static int child_has_come(u32 step)
{
	return mail_of(scenario->steps[step].v[KEY_CHILD])->state != MAIL_NONE;
}

/*
 * The task sleeps in its step, until something else happens. It was busy when it was looked at and still is, so what
 * it sleeps in is its call. A vfork sleeps otherwise too, but not any more once the child is there.
 */
static int sleeps_in_step(u32 step, const struct look *l)
{
	u32 nature = operation_of(&scenario->steps[step])->nature;

	if (is_stopped(l))
		return 1;
	if (l->state == 'D')
		return is_vfork(step) && child_has_come(step);
	if (l->state != 'S')
		return 0;
	if (l->flags & PF_EXITING)
		return 1; /* the init of a pid namespace waits for the others in it */
	return (nature & MAY_SLEEP) || (is_vfork(step) && child_has_come(step));
}

static int step_is_done(u32 step, u32 task)
{
	if (mail_of(task)->state != MAIL_IDLE)
		return 0;
	return !makes_task(step) || scenario->results[step].ret <= 0 || child_has_come(step);
}

/* Something that is worth a look at once, or only when nothing is heard of the task. */
static int is_worth_looks(u32 step, u32 task)
{
	u32 nature = operation_of(&scenario->steps[step])->nature;

	return (nature & (MAY_SLEEP | LEAVES)) || mail_of(task)->state == MAIL_LEAVING ||
	       (is_vfork(step) && child_has_come(step));
}

/* Waits for somebody to ring; 0 when nobody does for a while. */
static int hear(void)
{
	scenario->beat++;
	return futex_wait(&scenario->bell, 0, SILENCE_MICROSECONDS) != -ETIMEDOUT;
}

/* Waits until the step is over, one way or another. */
static void step_wait_for(u32 step, u32 task)
{
	struct mailbox *m = mail_of(task);
	struct look l;

	for (u32 looks = 0;; looks++) {
		scenario->bell = 0;
		fence();
		if (step_is_done(step, task))
			return outcome_is(step, STEP_DONE);
		if (!is_worth_looks(step, task) && hear())
			continue;
		l = look_at(m->path);
		fence();
		if (m->state != MAIL_IDLE && is_over(&l)) {
			task_ended(task, &l);
			return step_gone(step, task, &l);
		}
		if (m->state != MAIL_IDLE && sleeps_in_step(step, &l)) {
			notes.asleep |= 1U << task;
			notes.in_step[task] = step;
			notes.outcome[step].waited = 1;
			return outcome_is(step, STEP_BLOCKED);
		}
		if (time_is_over())
			return outcome_is(step, STEP_LOST);
		pause(looks);
	}
}

/* A blocked task has come back: when step `until` is about to begin. */
static void task_awake(u32 task, u32 until)
{
	u32 step = notes.in_step[task];

	notes.asleep &= ~(1U << task);
	notes.outcome[step].kind = STEP_DONE;
	notes.outcome[step].until = until;
}

static void collect_awake(u32 until)
{
	for (u32 k = 0; notes.asleep >> k; k++)
		if (is_asleep(k) && mail_of(k)->state == MAIL_IDLE)
			task_awake(k, until);
}

/* --- after a step that others feel --- */

/* A vfork whose child has ended is about to return. */
static int is_about_to_wake(u32 task)
{
	u32 step = notes.in_step[task];

	return is_vfork(step) && is_ended(scenario->steps[step].v[KEY_CHILD]);
}

/*
 * Whether nothing more will happen to a task by itself. Whoever wakes a task, for a signal or for what it waits for,
 * makes it runnable before it goes on itself; so one that is seen asleep afterwards has had its turn, or needed none.
 */
static int is_quiet(u32 task, u64 since)
{
	struct mailbox *m = mail_of(task);
	struct look l = look_at(m->path);
	int patient = sys_milliseconds() - since > AFTER_END_MS;

	fence();
	if (is_over(&l)) {
		task_ended(task, &l);
		return 1;
	}
	if (is_stopped(&l))
		return 1;
	if (!is_asleep(task))
		return l.state == 'S';
	if (m->state == MAIL_IDLE)
		return 1;
	if (is_about_to_wake(task))
		return patient && (l.state == 'D' || l.state == 'S');
	return sleeps_in_step(notes.in_step[task], &l);
}

static u32 tasks_there(void)
{
	u32 there = 0;

	for (u32 k = 0; k < scenario->tasks_count; k++)
		if (is_there(k))
			there |= 1U << k;
	return there;
}

/* Waits for these tasks to be quiet; for all, when one of them ends. */
static void wait_for_quiet(u32 loud)
{
	u64 since = sys_milliseconds();

	let_ends_settle();
	for (u32 looks = 0; loud && !time_is_over(); looks++) {
		u32 ended = notes.ended;

		for (u32 k = 0; k < scenario->tasks_count; k++)
			if ((loud >> k & 1) && is_quiet(k, since))
				loud &= ~(1U << k);
		if (ended != notes.ended) {
			let_ends_settle();
			loud = tasks_there();
		}
		scenario->bell = 0;
		fence();
		if (loud)
			pause(looks);
	}
}

/* --- the course of a scenario --- */

/* A step that means a task which was never made. */
static int means_nobody(const struct step *s)
{
	static const u8 tasks[] = { KEY_WHO, KEY_A, KEY_B };

	for (u32 i = 0; i < sizeof(tasks); i++) {
		u64 k = s->v[tasks[i]];

		if ((s->given >> tasks[i] & 1) && k != WHO_ANY && mail_of(k)->state == MAIL_NONE)
			return 1;
	}
	return 0;
}

static void step_conduct(u32 step)
{
	const struct step *s = &scenario->steps[step];
	u32 task = s->task;

	notes.now = step;
	collect_awake(step);
	if (!is_there(task) || means_nobody(s))
		return outcome_is(step, STEP_UNDONE);
	if (is_asleep(task))
		return outcome_is(step, STEP_BUSY);
	mail_order(mail_of(task), step);
	step_wait_for(step, task);
	if (notes.outcome[step].kind == STEP_LOST)
		return;
	if (notes.outcome[step].kind != STEP_DONE)
		wait_for_quiet(tasks_there());
	else if (operation_of(s)->nature & TOUCHES_OTHERS)
		wait_for_quiet(tasks_there() & ~(1U << task));
	else if (notes.asleep)
		wait_for_quiet(notes.asleep);
}

/* Lets a task exit that is not in a step. */
static void task_leave(u32 task)
{
	struct look l = look_at(mail_of(task)->path);

	if (is_stopped(&l))
		return;
	mail_order(mail_of(task), STEP_LEAVE);
	for (u32 looks = 0; !is_over(&l) && !time_is_over(); looks++) {
		if (l.state == 'S' && (l.flags & PF_EXITING))
			break;
		scenario->bell = 0;
		fence();
		pause(looks);
		l = look_at(mail_of(task)->path);
	}
	wait_for_quiet(tasks_there());
	notes.ended |= 1U << task;
}

/*
 * At the end, tasks that are still blocked are given what they may wait for: all others exit, from the highest number
 * down, and so do those that come back by it.
 */
static void finish_blocked(void)
{
	u32 last = scenario->steps_count;

	collect_awake(last);
	while (notes.asleep && !time_is_over()) {
		u32 k = TASKS_MOST;

		while (k-- && (!is_there(k) || is_asleep(k)))
			;
		if (k >= TASKS_MOST)
			return;
		task_leave(k);
		collect_awake(last);
	}
}

static void scenario_reset(void)
{
	memset(&notes, 0, sizeof(notes));
	memset(scenario->mail, 0, scenario->tasks_count * sizeof(scenario->mail[0]));
	memset(scenario->results, 0, scenario->steps_count * sizeof(scenario->results[0]));
	scenario->semaphore = 0;
	scenario->bell = 0;
	notes.deadline = sys_milliseconds() + timeout_ms;
}

/* Waits for task 0 to be in its state; 0, or -1 when it has ended before. */
static int task_zero_wait(long arena)
{
	u32 info[32];

	for (u32 looks = 0;; looks++) {
		scenario->bell = 0;
		fence();
		if (mail_of(0)->state == MAIL_IDLE)
			return 0;
		info[2] = info[3] = 0;
		if (looks && sys(NR_waitid, P_PID, arena, info, WNOHANG | 0x01000004, 0) == 0 && info[3])
			return -1;
		if (time_is_over())
			return -1;
		futex_wait(&scenario->bell, 0, 2000);
	}
}

static void scenario_conduct(void)
{
	for (u32 i = 0; i < scenario->steps_count; i++) {
		step_conduct(i);
		if (notes.outcome[i].kind == STEP_LOST)
			return;
	}
	if (notes.asleep)
		finish_blocked();
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

/* --- the end --- */

/* Where there is no pid namespace of our own, those that we know of, by the numbers in /proc. */
static void kill_known(void)
{
	if (self_in_proc() != host.pid)
		return;
	for (u32 k = 0; k < scenario->tasks_count; k++)
		if (is_there(k))
			sys(NR_kill, text_leading_number(text_of(mail_of(k)->path)), SIGKILL);
	host_kill_children();
}

static void semaphore_remove(void)
{
	if (scenario->semaphore && scenario->semaphore_ns == namespace_inode("thread-self/ns/ipc"))
		sys(NR_semctl, scenario->semaphore - 1, 0, IPC_RMID, 0);
	scenario->semaphore = 0;
}

/* A fresh arena, which is task 0, and the steps; 0, or -1 when it did not come to life: shared->why. */
static int scenario_perform(long *arena, struct arena_end *end)
{
	scenario_reset();
	host.conducts = 1;
	*arena = arena_make();
	host.conducts = 0;
	if (*arena < 0)
		return -1;
	if (task_zero_wait(*arena) == 0)
		return 0;
	if (shared->ending != END_BLOCKED)
		blocked_because(time_is_over() ? "timeout" : "died before it was in its state");
	sys(NR_kill, *arena, SIGKILL);
	*end = arena_wait(*arena);
	return -1;
}

/* Ends what is left. */
static void scenario_clear(long arena, struct arena_end *end)
{
	semaphore_remove();
	if (shared->private_pids)
		sys(NR_kill, -1, SIGKILL);
	else
		kill_known();
	sys(NR_kill, arena, SIGKILL);
	*end = arena_wait(arena);
}

static void scenario_run(const struct line *line)
{
	struct arena_end end = { 1, 0, 0, 0, 0 };
	struct text rest = line->text, id = text_word(&rest);
	struct complaint c;
	int failed;
	long arena;

	text_word(&rest);
	failed = case_check(line, id, &c) || scenario_parse(rest, &c);
	input_take_case(line, id);
	if (failed)
		return answer_complaint(&c);
	shared->slot.call = CALL_SCENARIO;
	if (fault_count)
		fault_at_case();
	if (scenario_perform(&arena, &end)) {
		answer_no_arena();
	} else {
		scenario_conduct();
		if (!fault_count || !fault_in_answer())
			answer_steps();
		scenario_clear(arena, &end);
	}
	shared->doing = DOING_WORK;
	shared->beat++;
	if (end.stuck)
		sys_exit(0); /* the conductor makes another host */
}

/* Scenarios, as long as there are any. */
static void scenarios_run(void)
{
	struct line line;

	if (scenario_map()) {
		blocked_because("mmap of the scenarios' memory");
		host_lose_case();
		return;
	}
	while (input_peek(&line)) {
		if (is_idle_line(line.text))
			input_take(&line);
		else if (is_scenario_line(line.text))
			scenario_run(&line);
		else
			return;
	}
}

#endif
