/* Making processes that end with their makers. */
#ifndef PROBE_TASK_H
#define PROBE_TASK_H

#include "proc.h"

/* The parent's pid in the pid namespace of /proc, where one's own namespace does not show it; 0 when unknown. */
static s64 parent_in_proc(void)
{
	struct text field = status_field(proc_read("self/status", 1), "PPid");

	return text_leading_number(text_word(&field));
}

/* One's own pid there. */
static s64 self_in_proc(void)
{
	char link[16];
	long n = sys(NR_readlinkat, fd_proc, "self", link, sizeof(link));

	return n > 0 ? (s64)text_leading_number((struct text){ link, n }) : 0;
}

/* Credentials that change take the death signal with them, and make /proc/self root's. */
static void stay_bound(void)
{
	sys(NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
	sys(NR_prctl, PR_SET_DUMPABLE, 1);
}

/* Our children, as far as they can be known without a pid namespace of our own, but one. */
static void kill_children(s64 own_pid, s64 but)
{
	struct text list, word;

	if (self_in_proc() != own_pid)
		return; /* the numbers in /proc are not ours */
	list = proc_read("thread-self/children", 1);
	for (word = text_word(&list); word.length; word = text_word(&list)) {
		s64 pid = text_leading_number(word);

		if (pid != but)
			sys(NR_kill, pid, SIGKILL);
	}
}

/* Called first by a new process. The parent may have died before the death signal was set. */
static void bind_to_parent(s64 parent, s64 parent_in_its_proc)
{
	s64 seen;

	sys(NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
	seen = sys(NR_getppid);
	if (seen == 0) {
		/* It is outside of this pid namespace, or outside of that of /proc too. */
		seen = parent_in_proc();
		parent = parent_in_its_proc;
		if (!seen || !parent)
			return;
	}
	if (seen != parent)
		sys_exit(END_LINE);
}

#endif
