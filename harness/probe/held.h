/*
 * Children that their tracer stops at their birth, before they come to their mailbox: the host finds them in /proc, and
 * says for them what they are called.
 */
#ifndef PROBE_HELD_H
#define PROBE_HELD_H

#include "outcome.h"

enum { LIST_SIZE = 4096 };

static int is_task_known(s64 tid)
{
	for (u32 k = 0; k < scenario->tasks_count; k++)
		if (tid_in_proc(k) == tid)
			return 1;
	return 0;
}

/* Stopped by its tracer. Of one that has no mailbox yet this means that it never ran. */
static int is_trace_stopped(const char *task)
{
	char buffer[STATUS_SIZE];
	struct text state = task_status(task, "State", buffer);

	return text_begins(text_word(&state), "t");
}

static s64 last_number(struct text list)
{
	u32 count = words_of(list);

	return count ? number_at(list, count - 1) : 0;
}

/* What the child would say of itself, and what its maker will be told. */
static void held_introduce(struct mailbox *m, const char *task, u32 maker)
{
	char buffer[STATUS_SIZE];
	struct builder b = builder_on(m->path);
	u32 level = words_of(task_status(mail_of(maker)->path, "NSpid", buffer));

	build_number(&b, number_at(task_status(task, "Tgid", buffer), 0));
	build(&b, "/task/");
	build_number(&b, number_at(task_status(task, "Pid", buffer), 0));
	m->own_pid = last_number(task_status(task, "NStgid", buffer));
	m->own_tid = last_number(task_status(task, "NSpid", buffer));
	if (level && !m->tid)
		m->tid = number_at(task_status(task, "NSpid", buffer), level - 1);
	fence();
	m->state = MAIL_HELD;
}

/* One of the tasks that a maker may have made; threads too are found by their number alone. 1 when it is the child. */
static int held_try(u32 step, u32 maker, s64 tid)
{
	char task[PATH_OF_TASK];
	struct builder b = builder_on(task);

	if (!tid || is_task_known(tid))
		return 0;
	build_number(&b, tid);
	if (!is_trace_stopped(task))
		return 0;
	held_introduce(mail_of(scenario->steps[step].v[KEY_CHILD]), task, maker);
	return 1;
}

/* Among the children of a task. */
static int held_among_children(u32 step, u32 maker, const char *task)
{
	char buffer[LIST_SIZE];
	long n = task_read(task, "/children", buffer, sizeof(buffer));
	struct text list = { buffer, n > 0 ? n : 0 }, word;

	for (word = text_word(&list); word.length; word = text_word(&list))
		if (held_try(step, maker, text_leading_number(word)))
			return 1;
	return 0;
}

/* Among the entries of a directory of tasks: the threads of a process, or all processes. */
static int held_among_entries(u32 step, u32 maker, const char *directory)
{
	char list[LIST_SIZE];
	int fd = sys_open(fd_proc, directory, O_DIRECTORY), found = 0;
	long n;

	while (fd >= 0 && !found && (n = sys(NR_getdents64, fd, list, sizeof(list))) > 0)
		for (long at = 0; at < n && !found; at += *(const u16 *)(list + at + 16))
			found = held_try(step, maker, text_leading_number(text_of(list + at + 19)));
	if (fd >= 0)
		sys_close(fd);
	return found;
}

static int children_are_listed(void)
{
	return proc_exists("thread-self/children");
}

/* With CLONE_PARENT a child is that of any task, or of the host. */
static int held_among_all(u32 step, u32 maker)
{
	if (!children_are_listed())
		return held_among_entries(step, maker, ".");
	for (u32 k = 0; k < scenario->tasks_count; k++)
		if (is_there(k) && held_among_children(step, maker, mail_of(k)->path))
			return 1;
	return held_among_children(step, maker, "thread-self");
}

/* Looks for the child of a step under way. */
static void held_find(u32 step, u32 maker)
{
	char threads[2 * PATH_OF_TASK];
	struct builder b = builder_on(threads);

	if (!is_there(maker))
		return;
	build_text(&b, group_of(mail_of(maker)));
	build(&b, "/task");
	if (!held_among_entries(step, maker, threads))
		held_among_all(step, maker);
}

#endif
