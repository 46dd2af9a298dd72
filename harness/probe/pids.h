/* Process ids at the levels of the pid namespaces: the caller's own, and unused ones. */
#ifndef PROBE_PIDS_H
#define PROBE_PIDS_H

#include "proc.h"

enum { LEVELS_MOST = 48 };

/* The task's TID at each level that /proc shows, innermost first. Read once by each arena, since each has its own. */
static struct {
	u32 count;
	u32 tid[LEVELS_MOST];
} own_tids;

/* Children go to another pid namespace than their maker's, whose level comes first. It may have no init yet. */
static int children_in_other_pid_ns, children_in_empty_pid_ns;

static void pids_load(void)
{
	struct text list, word;
	u32 i, n = 0;

	if (own_tids.count)
		return;
	list = status_field(proc_read("self/status", 1), "NSpid");
	for (word = text_word(&list); word.length && n < LEVELS_MOST; word = text_word(&list))
		own_tids.tid[n++] = text_leading_number(word);
	for (i = 0; i < n / 2; i++) {
		u32 outer = own_tids.tid[i];

		own_tids.tid[i] = own_tids.tid[n - 1 - i];
		own_tids.tid[n - 1 - i] = outer;
	}
	if (!n)
		own_tids.tid[n++] = sys(NR_gettid);
	own_tids.count = n;
}

/* Which level of the caller's the element of set_tid is for; -1 for that of a namespace the caller is not in. */
static int pids_level(u32 element, u64 flags)
{
	return (int)element - ((flags & CLONE_NEWPID) || children_in_other_pid_ns);
}

static int pid_in_use(int level, u32 pid)
{
	char path[16];
	struct builder b = builder_on(path);

	if (level == 0)
		return sys(NR_kill, pid, 0) != -3; /* ESRCH */
	/* /proc belongs to the outermost namespace that it shows; those between are ours, and nearly empty. */
	if (level != (int)own_tids.count - 1)
		return 0;
	build_number(&b, pid);
	return proc_exists(path);
}

/* A number that no task has at that level: from the top down, which the kernel reaches last. */
static u32 pids_free(u32 element, u64 flags)
{
	int level = pids_level(element, flags);
	u32 pid;

	pids_load();
	pid = 32767 - own_tids.tid[0] % 512;
	while (level >= 0 && pid > 300 && pid_in_use(level, pid))
		pid--;
	return pid;
}

/* The caller's TID; in a namespace that it is not in, its innermost one stands for it. */
static u32 pids_self(u32 element, u64 flags)
{
	int level = pids_level(element, flags);

	pids_load();
	if (level >= (int)own_tids.count)
		return pids_free(element, flags);
	return own_tids.tid[level < 0 ? 0 : level];
}

#endif
