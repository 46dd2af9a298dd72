/* A task of a scenario: waits at its mailbox, does the step that it finds there, and says so. */
#ifndef PROBE_PERFORMER_H
#define PROBE_PERFORMER_H

#include "alone.h"
#include "arena.h"
#include "scenario.h"

/*
 * Sleeps until there is a step. Tasks end with their host even where nobody is left to end them, as when the whole
 * probe is killed and has no pid namespace: then nothing moves any more.
 */
static void mail_wait(struct mailbox *m)
{
	struct lonely lonely = { scenario->beat, 0 };

	while (m->state != MAIL_ORDERED)
		if (futex_wait(&m->state, MAIL_IDLE, TICK_MICROSECONDS) == -ETIMEDOUT && is_alone(&lonely))
			end_all();
	fence();
}

static __attribute__((noreturn)) void mail_leave(struct mailbox *m)
{
	mail_say(m, MAIL_LEAVING);
	for (;;)
		sys(NR_exit, 0);
}

/* Once there has been a way back from the kernel, every signal sent before has had its effect. */
static void mail_pong(struct mailbox *m)
{
	sys(NR_getpid);
	mail_say(m, MAIL_IDLE);
}

static void mail_perform(struct mailbox *m)
{
	u32 step = m->step;
	const struct step *s = &scenario->steps[step];
	const struct operation *o = operation_of(s);
	struct result *r = &scenario->results[step];

	if (o->nature & LEAVES)
		mail_say(m, MAIL_LEAVING);
	else
		m->state = MAIL_BUSY;
	fence();
	r->ret = o->perform(s, r);
	mail_say(m, MAIL_IDLE);
}

/* Where to find the task in /proc, from outside of whatever namespaces it is in. */
static void mail_introduce(struct mailbox *m)
{
	long n;

	m->own_tid = sys(NR_gettid);
	m->own_pid = sys(NR_getpid);
	n = sys(NR_readlinkat, fd_proc, "thread-self", m->path, PATH_OF_TASK - 1);
	m->path[n > 0 ? n : 0] = 0;
}

static __attribute__((noreturn)) void task_lives(struct mailbox *m)
{
	/* One that was held at its birth may have been given a step by now. */
	if (m->state != MAIL_ORDERED)
		mail_say(m, MAIL_IDLE);
	for (;;) {
		mail_wait(m);
		if (m->step == STEP_LEAVE)
			mail_leave(m);
		else if (m->step == STEP_PING)
			mail_pong(m);
		else
			mail_perform(m);
	}
}

/*
 * A task enters here, with a stack of its own or, after fork and vfork, further down on that of its maker. Whatever
 * else it has may be shared, copied or strange, so nothing is kept but in the mailbox.
 */
__attribute__((noreturn, used)) void task_born(unsigned long number)
{
	struct mailbox *m = &scenario->mail[number];

	mail_introduce(m);
	task_lives(m);
}

/* And here by execve, in a new image that is told its number and the descriptor of the scenario's memory. */
static __attribute__((noreturn)) void task_again(const char *number, const char *fd)
{
	u64 task = text_leading_number(text_of(number)) % TASKS_MOST;
	struct mailbox *m;

	if (image_map(text_leading_number(text_of(fd))))
		sys_exit(END_BLOCKED);
	m = &scenario->mail[task];
	children_in_other_pid_ns = m->other_pid_ns;
	mail_introduce(m);
	replace_group(m);
	scenario->results[m->step].ret = 0;
	task_lives(m);
}

/* Task 0. What a session may have been started with does not matter to a scenario. */
static __attribute__((noreturn)) void task_zero(void)
{
	arena_enter_state();
	if (scenario->uses_shared) {
		long at = shared_region_map();

		if (at != (long)REGION_SHARED) {
			blocked("mmap of SHARED", at);
			end_with(END_BLOCKED);
		}
	}
	sys(NR_chdir, "/");
	sys(NR_umask, 022);
	task_born(0);
}

#endif
