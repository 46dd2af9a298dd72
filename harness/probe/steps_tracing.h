/* Operations of scenarios: ptrace(2), as far as a tracer learns by it of clones. */
#ifndef PROBE_STEPS_TRACING_H
#define PROBE_STEPS_TRACING_H

#include "look.h"
#include "steps_tasks.h"

enum {
	PTRACE_TRACEME = 0,
	PTRACE_CONT = 7,
	PTRACE_DETACH = 17,
	PTRACE_SETOPTIONS = 0x4200,
	PTRACE_GETEVENTMSG = 0x4201,
	PTRACE_SEIZE = 0x4206,
	PTRACE_INTERRUPT = 0x4207,
	STATUS_SIZE = 4096,
	TRACER_UNKNOWN = 99,
};

/* A field of "status" of any task; empty when there is no such task. */
static struct text task_status(const char *task, const char *name, char buffer[STATUS_SIZE])
{
	long n = task_read(task, "/status", buffer, STATUS_SIZE);

	return status_field((struct text){ buffer, n > 0 ? n : 0 }, name);
}

/* Of a list of numbers, outermost namespace first, that of a level; 0 when there are fewer. */
static s64 number_at(struct text list, u32 level)
{
	while (level--)
		text_word(&list);
	return text_leading_number(text_word(&list));
}

static u32 words_of(struct text list)
{
	u32 count = 0;

	while (text_word(&list).length)
		count++;
	return count;
}

/*
 * The number that a task has in the caller's pid namespace: that of another one might mean somebody else, whom it would
 * not do to trace. 0 when it has none, which no task has.
 */
static s64 number_here(u64 task)
{
	char own[STATUS_SIZE], other[STATUS_SIZE];
	u32 level = words_of(task_status("thread-self", "NSpid", own));
	const char *path = scenario->mail[task].path;

	return level && path[0] ? number_at(task_status(path, "NSpid", other), level - 1) : 0;
}

static s64 ptrace_of(const struct step *s, long request, u64 data)
{
	s64 number = number_here(s->v[KEY_WHO]);

	return number ? sys(NR_ptrace, request, number, 0, data) : -ESRCH;
}

static s64 step_ptrace_traceme(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_ptrace, PTRACE_TRACEME);
}

static s64 step_ptrace_seize(const struct step *s, struct result *r)
{
	(void)r;
	return ptrace_of(s, PTRACE_SEIZE, s->v[KEY_OPTIONS]);
}

static s64 step_ptrace_setoptions(const struct step *s, struct result *r)
{
	(void)r;
	return ptrace_of(s, PTRACE_SETOPTIONS, s->v[KEY_OPTIONS]);
}

static s64 step_ptrace_cont(const struct step *s, struct result *r)
{
	(void)r;
	return ptrace_of(s, PTRACE_CONT, s->v[KEY_SIGNAL]);
}

static s64 step_ptrace_detach(const struct step *s, struct result *r)
{
	(void)r;
	return ptrace_of(s, PTRACE_DETACH, 0);
}

static s64 step_ptrace_interrupt(const struct step *s, struct result *r)
{
	(void)r;
	return ptrace_of(s, PTRACE_INTERRUPT, 0);
}

static s64 step_ptrace_eventmsg(const struct step *s, struct result *r)
{
	unsigned long message = 0;
	s64 ret = ptrace_of(s, PTRACE_GETEVENTMSG, (unsigned long)&message);

	(void)r;
	return ret ? ret : (s64)message;
}

static s64 step_tracer(const struct step *s, struct result *r)
{
	s64 tracer = number_at(own_status("TracerPid"), 0);

	(void)s, (void)r;
	for (u32 k = 0; tracer && k < scenario->tasks_count; k++)
		if (tid_in_proc(k) == tracer)
			return k + 1;
	return tracer ? TRACER_UNKNOWN : 0;
}

#endif
