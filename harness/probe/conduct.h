/* The host as the conductor of a scenario: hands out the steps one after another, and gives the answer. */
#ifndef PROBE_CONDUCT_H
#define PROBE_CONDUCT_H

#include "host.h"
#include "performer.h"
#include "pin.h"
#include "quiet.h"

/* A step that means a task which was never made. */
static int means_nobody(const struct step *s)
{
	static const u8 tasks[] = { KEY_WHO, KEY_A, KEY_B, KEY_PGRP };

	for (u32 i = 0; i < sizeof(tasks); i++) {
		u64 k = s->v[tasks[i]];

		if ((s->given >> tasks[i] & 1) && k != WHO_ANY && mail_of(k)->state == MAIL_NONE)
			return 1;
	}
	return 0;
}

static int touches_others(const struct step *s)
{
	u32 nature = operation_of(s)->nature;

	return (nature & TOUCHES_OTHERS) || (scenario->autokills && (nature & CLOSES));
}

/* The tasks to which something may happen by a step that is over, as a mask. */
static u32 who_feels(u32 step)
{
	const struct step *s = &scenario->steps[step];

	switch (notes.outcome[step].kind) {
	case STEP_BLOCKED:
		return notes.stopped ? tasks_there() : 0;
	case STEP_DONE:
		if (child_is_held(step))
			return tasks_there();
		return touches_others(s) ? tasks_there() & ~(1U << s->task) : notes.asleep;
	default:
		return tasks_there();
	}
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
	if (notes.outcome[step].kind != STEP_LOST)
		wait_for_quiet(who_feels(step));
}

/* Lets a task exit that is not in a step. */
static void task_leave(u32 task)
{
	struct mailbox *m = mail_of(task);
	struct look l = look_at_task(task);

	if (l.sight == SIGHT_STOPPED)
		return;
	mail_order(m, STEP_LEAVE);
	for (u32 looks = 0; !time_is_over(); looks++) {
		listen();
		l = scenario->traces && looks > YIELDS ? look_at_task(task) : look_for_end_of(task);
		if (l.sight == SIGHT_STOPPED)
			return; /* by its tracer, which may leave too */
		if (l.sight == SIGHT_OVER || (l.sight == SIGHT_STUCK && is_stuck_for_good(task)))
			break;
		pause(looks);
	}
	task_ended(task, &l);
	wait_for_quiet(tasks_there());
}

/*
 * At the end, tasks that are still blocked are given what they may wait for: all others exit, from the highest number
 * down, and so do those that come back by it.
 */
static void finish_blocked(void)
{
	u32 last = scenario->steps_count, left = 0;

	collect_awake(last);
	while (notes.asleep && !time_is_over()) {
		u32 rest = tasks_there() & ~notes.asleep & ~left, k = TASKS_MOST;

		if (!rest)
			return;
		while (!(rest >> --k & 1))
			;
		left |= 1U << k;
		task_leave(k);
		collect_awake(last);
	}
}

static void scenario_reset(void)
{
	memset(&notes, 0, sizeof(notes));
	memset(scenario->mail, 0, scenario->tasks_count * sizeof(scenario->mail[0]));
	memset(scenario->results, 0, scenario->steps_count * sizeof(scenario->results[0]));
	scenario->semaphore_ns = scenario->host_ns;
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
		if (looks && sys(NR_waitid, P_PID, arena, info, WNOHANG | WNOWAIT | WEXITED, 0) == 0 && info[3])
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

/* --- the end --- */

/* Where there is no pid namespace of our own, those that we know of, by the numbers in /proc. */
static void kill_known(void)
{
	if (self_in_proc() != host.pid)
		return;
	for (u32 k = 0; k < scenario->tasks_count; k++) {
		s64 pid = text_leading_number(text_of(mail_of(k)->path));

		/* 0 would be our own process group. */
		if (is_there(k) && pid > 1)
			sys(NR_kill, pid, SIGKILL);
	}
	kill_children(host.pid, 0);
}

/* A fresh arena, which is task 0, and the steps; 0, or -1 when it did not come to life: shared->why. */
static int scenario_perform(long *arena, struct arena_end *end)
{
	if (execve_prepare())
		return -1;
	scenario_reset();
	shared_region_clear();
	host.conducts = 1;
	*arena = arena_make();
	host.conducts = 0;
	if (*arena < 0)
		return -1;
	if (task_zero_wait(*arena) == 0 && mail_of(0)->path[0])
		return 0;
	if (mail_of(0)->state != MAIL_NONE)
		blocked_because("scenario: the task is not in /proc");
	else if (shared->ending != END_BLOCKED)
		blocked_because(time_is_over() ? "timeout" : "died before it was in its state");
	sys(NR_kill, *arena, SIGKILL);
	*end = arena_wait(*arena);
	return -1;
}

/* Ends what is left, and what comes to be ours by it. */
static void scenario_clear(long arena, struct arena_end *end)
{
	semaphore_remove();
	host.clears = 1;
	if (!kill_all_in_namespace())
		kill_known();
	sys(NR_kill, arena, SIGKILL);
	*end = arena_wait(arena);
	host.clears = 0;
}

/* The name of the machine, as it was before scenarios named it; "" at first. */
static char machine_name[65];

static int sets_hostname(void)
{
	for (u32 i = 0; i < scenario->steps_count; i++)
		if (operation_of(&scenario->steps[i])->perform == step_sethostname)
			return 1;
	return 0;
}

static void hostname_keep(void)
{
	struct names names;

	if (!machine_name[0] && sys(NR_uname, &names) == 0)
		memcpy(machine_name, names.node, sizeof(machine_name));
}

static void hostname_restore(void)
{
	if (sets_hostname())
		sys(NR_sethostname, machine_name, text_length(machine_name));
}

/* Tracers name tasks by numbers of their own pid namespace, which not every /proc says. */
static int is_traced_blindly(struct complaint *c)
{
	char own[STATUS_SIZE];

	if (!scenario->traces || words_of(task_status("thread-self", "NSpid", own)))
		return 0;
	c->word = text_of("tracing");
	c->what = "needs NSpid in /proc/PID/status, which is not there";
	return 1;
}

static void scenario_run(const struct line *line)
{
	struct arena_end end = { 1, 0, 0, 0, 0 };
	struct text rest = line->text, id = text_word(&rest);
	struct complaint c;
	int failed;
	long arena;

	text_word(&rest);
	failed = case_check(line, id, &c) || scenario_parse(rest, &c) || is_traced_blindly(&c);
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
		hostname_restore();
	}
	shared->doing = DOING_WORK;
	shared->beat++;
	if (end.stuck)
		sys_exit(0); /* the conductor makes another host */
}

static void scenario_host_is_this(void)
{
	scenario->host_ns = own_ipc_ns();
	scenario->host_pid_ns = namespace_inode("self/ns/pid");
	scenario->host_pid = host.pid;
	scenario->host_in_proc = host.pid_outside;
	scenario->private_pids = shared->private_pids;
}

/* Scenarios, as long as there are any. */
static void scenarios_run(void)
{
	struct line line;

	if (stacks_map()) {
		blocked_because("mmap of the scenarios' memory");
		host_lose_case();
		return;
	}
	hostname_keep();
	scenario_host_is_this();
	pin_prepare();
	while (input_peek(&line) && (is_idle_line(line.text) || is_scenario_line(line.text))) {
		if (is_idle_line(line.text)) {
			input_take(&line);
			continue;
		}
		pin_next();
		scenario_run(&line);
	}
	pin_off();
}

#endif
