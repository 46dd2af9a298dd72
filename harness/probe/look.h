/*
 * Looking at a task of a scenario from outside, in /proc.
 *
 * To look is not harmless: whoever reads the state of a task holds its memory for a moment, and a task that ends in that
 * moment finds its memory shared, and clears its TID word (CLONE_CHILD_CLEARTID), which it would not otherwise. So a
 * state is read only when the memory has gone, or when the task is known to sleep.
 *
 * Nor is a state the truth: a task that is about to sleep says so before it has made sure that it has to. "syscall" waits
 * until a task is off its processor.
 */
#ifndef PROBE_LOOK_H
#define PROBE_LOOK_H

#include "mailbox.h"

enum { PF_EXITING = 4 };

enum sight {
	SIGHT_ALIVE,	/* it runs, or may; nothing more is known */
	SIGHT_ASLEEP,	/* off its processor until somebody wakes it */
	SIGHT_DOZING,	/* its state says so, but it may be about to go on */
	SIGHT_STOPPED,
	SIGHT_DYING,
	SIGHT_STUCK,	/* it dies, and sleeps over it: the init of a pid namespace waits for the others in it */
	SIGHT_OVER,	/* a zombie, or nothing any more */
};

struct look {
	enum sight sight;
	char state;    /* the letter of /proc; STATE_NONE when there is no such task */
	int exit_code; /* of a zombie, where it may be known */
	int threads;   /* of the process of a zombie */
};

enum { STATE_NONE = '-', STATE_UNKNOWN = '?' };

static const char *task_file(const char *task, const char *name, struct builder *b)
{
	const char *path = b->at;

	build(b, task);
	build(b, name);
	return path;
}

/* Reads a file of the task; the length or -errno. */
static long task_read(const char *task, const char *name, char *buffer, long size)
{
	char path[2 * PATH_OF_TASK];
	struct builder b = builder_on(path);
	long n = sys_open(fd_proc, task_file(task, name, &b), 0);
	int fd = n;

	if (fd < 0)
		return n;
	n = sys(NR_read, fd, buffer, size);
	sys_close(fd);
	return n;
}

/* Has it memory? Negative when that cannot be known. */
static int has_memory(const char *task)
{
	char path[2 * PATH_OF_TASK], link;
	struct builder b = builder_on(path);
	long n = sys(NR_readlinkat, fd_proc, task_file(task, "/exe", &b), &link, 1);

	return n > 0 ? 1 : n == -ENOENT || n == -ESRCH ? 0 : -1;
}

/* Some kernels do not say what system call a task is in. */
static int has_syscall_files(void)
{
	static int known, there;
	char first;

	if (!known)
		there = task_read("self", "/syscall", &first, 1) != -ENOENT;
	known = 1;
	return there;
}

/* Is it off its processor, until it is woken? Negative when that cannot be known. */
static int is_inactive(const char *task)
{
	char first;
	long n = task_read(task, "/syscall", &first, 1);

	if (n == -ENOENT || n == -ESRCH)
		return has_syscall_files() ? 0 : -1;
	return n <= 0 ? -1 : first != 'r'; /* "running" */
}

/* The state; its flags are returned. */
static u32 look_state(const char *task, struct look *l)
{
	char buffer[512];
	struct text t = { buffer, 0 };
	long n = task_read(task, "/stat", buffer, sizeof(buffer));
	u32 flags = 0;

	l->state = n == -ENOENT || n == -ESRCH ? STATE_NONE : STATE_UNKNOWN;
	t.length = n > 0 ? n : 0;
	for (u32 i = 0; i < t.length; i++)
		if (buffer[i] == ')')
			t.at = buffer + i + 1; /* the last one: a name may hold some too */
	t.length -= t.at - buffer;
	for (u32 field = 3; field <= 52 && t.length; field++) {
		struct text word = text_word(&t);

		if (field == 3 && word.length)
			l->state = word.at[0];
		else if (field == 9)
			flags = text_leading_number(word);
		else if (field == 20 && l->state == 'Z')
			l->threads = text_leading_number(word);
		else if (field == 52 && l->state == 'Z')
			l->exit_code = text_leading_number(word);
	}
	return flags;
}

/*
 * A task whose state is that of sleep. It was off its processor before, but one that is being woken is so too; now it is
 * no more, or is about to sleep, or sleeps.
 */
static enum sight sight_of_sleep(const char *task)
{
	int inactive = is_inactive(task);

	return inactive < 0 ? SIGHT_DOZING : inactive ? SIGHT_ASLEEP : SIGHT_ALIVE;
}

/* zap_pid_ns_processes() sleeps over children as any wait does, and idles over those of others (TASK_IDLE; not in 5.10). */
static int waits_in_death(char state)
{
	return state == 'S' || state == 'I';
}

static struct look look_at(const char *task)
{
	struct look l = { SIGHT_ALIVE, STATE_UNKNOWN, 0, 0 };
	int memory = has_memory(task);
	u32 flags;

	if (memory && is_inactive(task) == 0)
		return l;
	flags = look_state(task, &l);
	/* A dead task ('X') is about to vanish; its group is told of it after that. */
	if (l.state == 'Z' || l.state == STATE_NONE)
		l.sight = SIGHT_OVER;
	else if (l.state == 'T' || l.state == 't')
		l.sight = SIGHT_STOPPED;
	else if (flags & PF_EXITING)
		l.sight = waits_in_death(l.state) && sight_of_sleep(task) != SIGHT_ALIVE ? SIGHT_STUCK : SIGHT_DYING;
	else if (!memory)
		l.sight = SIGHT_DYING;
	else if (l.state == 'S' || l.state == 'D')
		l.sight = sight_of_sleep(task);
	return l;
}

/* Only whether it dies or has ended. */
static struct look look_for_end(const char *task)
{
	struct look l = { SIGHT_ALIVE, STATE_UNKNOWN, 0, 0 };

	return has_memory(task) > 0 ? l : look_at(task);
}

/*
 * The end of a task shows in /proc a moment before its parent has been told. That happens under a lock which a wait
 * takes, so after this it is done.
 */
static void let_ends_settle(void)
{
	u32 info[32];

	sys(NR_waitid, P_ALL, 0, info, WNOHANG | WNOWAIT | WEXITED, 0);
}

#endif
