/* What the program did, in order: calls that make tasks, and what it says, which is what it writes to its standard output. */
#ifndef TRACER_EVENTS_H
#define TRACER_EVENTS_H

#include "numbers.h"
#include "output.h"

enum { EVENTS_MOST = 256, SAID_LONGEST = 160, TASKS_MOST = 64 };

struct event {
	u32 task;
	const char *call;   /* NULL: something was said, or somebody to be killed */
	int kills;          /* the negative pid that was to be killed */
	int said_length;
	char said[SAID_LONGEST];
	int returned;
	s64 result;
	struct clone_args args;
};

/* A task of the program; the first is the program itself. */
struct task {
	int pid;
	int lives;
	int begun;          /* its first stop is over */
	struct event *open; /* the call that it is in */
};

static struct {
	struct event events[EVENTS_MOST];
	u32 count;
	int overflowed;
	struct task tasks[TASKS_MOST];
	u32 task_count;
} seen;

static inline struct task *task_of(int pid)
{
	struct task *task;

	for (u32 i = 0; i < seen.task_count; i++)
		if (seen.tasks[i].pid == pid && seen.tasks[i].lives)
			return &seen.tasks[i];
	if (seen.task_count == TASKS_MOST) {
		seen.overflowed = 1;
		return NULL;
	}
	task = &seen.tasks[seen.task_count++];
	*task = (struct task){ pid, 1, 0, NULL };
	return task;
}

static inline struct event *event_add(struct task *task)
{
	struct event *event;

	if (seen.count == EVENTS_MOST) {
		seen.overflowed = 1;
		return NULL;
	}
	event = &seen.events[seen.count++];
	memset(event, 0, sizeof(*event));
	event->task = task - seen.tasks;
	return event;
}

static inline long read_from(int pid, void *to, u64 from, u64 length)
{
	struct iovec here = { to, length }, there = { (void *)from, length };

	return sys(NR_process_vm_readv, pid, &here, 1, &there, 1, 0);
}

/* The raw arguments of clone() stand in another order where CONFIG_CLONE_BACKWARDS is set. */
static inline struct clone_args clone_arguments(const u64 *args)
{
	u32 flags = args[0];
	struct clone_args read = { .flags = flags & ~0xffU, .exit_signal = flags & 0xff, .stack = args[1], .parent_tid = args[2] };

#if defined(__x86_64__)
	read.child_tid = args[3];
	read.tls = args[4];
#else
	read.tls = args[3];
	read.child_tid = args[4];
#endif
	return read;
}

static inline void event_call(struct task *task, const char *name, const struct syscall_info *info)
{
	struct event *event = event_add(task);
	u64 size = info->entry.args[1];

	if (!event)
		return;
	event->call = name;
	task->open = event;
	if (same(name, "clone"))
		event->args = clone_arguments(info->entry.args);
	else if (same(name, "clone3"))
		read_from(task->pid, &event->args, info->entry.args[0], size < sizeof(event->args) ? size : sizeof(event->args));
	else if (same(name, "vfork"))
		event->args = (struct clone_args){ .flags = 0x4100, .exit_signal = SIGCHLD };
	else
		event->args = (struct clone_args){ .exit_signal = SIGCHLD };
}

static inline void event_said(struct task *task, u64 from, u64 length)
{
	struct event *event = event_add(task);

	if (!event)
		return;
	length = length < SAID_LONGEST ? length : SAID_LONGEST;
	event->said_length = read_from(task->pid, event->said, from, length);
	while (event->said_length > 0 && event->said[event->said_length - 1] == '\n')
		event->said_length--;
}

/* A process group, or everything, was to be killed; the filter has refused it. */
static inline void event_kill(struct task *task, int pid)
{
	struct event *event = event_add(task);

	if (event)
		event->kills = pid;
}

static inline const char *call_name(u64 nr)
{
	if (nr == NR_clone)
		return "clone";
	if (nr == NR_clone3)
		return "clone3";
#if STUB_HAS_FORK
	if (nr == NR_fork)
		return "fork";
	if (nr == NR_vfork)
		return "vfork";
#endif
	return NULL;
}

/* A task stands before or behind a system call. */
static inline long event_syscall(struct task *task)
{
	struct syscall_info info;
	long got;

	memset(&info, 0, sizeof(info));
	got = sys(NR_ptrace, PTRACE_GET_SYSCALL_INFO, task->pid, sizeof(info), &info);
	if (got < 0)
		return got;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		const char *name = call_name(info.entry.nr);

		if (name)
			event_call(task, name, &info);
		else if (info.entry.nr == NR_write && info.entry.args[0] == 1)
			event_said(task, info.entry.args[1], info.entry.args[2]);
		else if (info.entry.nr == NR_kill && (int)info.entry.args[0] < 0)
			event_kill(task, info.entry.args[0]);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && task->open) {
		task->open->returned = 1;
		task->open->result = info.exit.result;
		task->open = NULL;
	}
	return 0;
}

static inline void put_event(const struct event *event)
{
	put("{\"task\":");
	put_number(event->task);
	if (event->kills) {
		put(",\"kills\":");
		put_number(event->kills);
	} else if (!event->call) {
		put(",\"said\":");
		put_string(event->said, event->said_length > 0 ? event->said_length : 0);
	} else {
		put(",\"call\":\"");
		put(event->call);
		put("\"");
		put_hex("flags", event->args.flags);
		put(",\"exit_signal\":");
		put_number(event->args.exit_signal);
		put_hex("stack", event->args.stack);
		put_hex("stack_size", event->args.stack_size);
		put_hex("parent_tid", event->args.parent_tid);
		put_hex("child_tid", event->args.child_tid);
		put_hex("tls", event->args.tls);
		put(",\"result\":");
		if (event->returned)
			put_number(event->result);
		else
			put("null");
	}
	put("}");
}

#endif
