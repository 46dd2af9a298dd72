/* Operations of scenarios: signal handlers, masks, pending signals, the alternate stack. */
#ifndef PROBE_STEPS_SIGNALS_H
#define PROBE_STEPS_SIGNALS_H

#include "mailbox.h"

enum {
	SIG_BLOCK = 0,
	SIG_UNBLOCK = 1,
};

/* In the words of the lines, so the order counts. */
enum disposition { DISPOSITION_DEFAULT, DISPOSITION_IGNORE, DISPOSITION_HANDLER };

struct sigaction {
	unsigned long handler;
	unsigned long flags;
#if !defined(__riscv)
	void (*restorer)(void);
#endif
	u32 mask[2];
};

struct altstack {
	unsigned long at;
	int flags;
	unsigned long size;
};

/*
 * Whose handler runs? Memory, stack and TID do not say it: they may be shared or copied, or be the same in another
 * namespace. /proc does.
 */
static void count_signal(int signal)
{
	char link[PATH_OF_TASK];
	long n = sys(NR_readlinkat, fd_proc, "thread-self", link, sizeof(link));

	for (u32 k = 0; n > 0 && k < scenario->tasks_count; k++) {
		struct mailbox *m = &scenario->mail[k];

		if (memcmp(m->path, link, n) == 0 && !m->path[n])
			m->handled[signal]++;
	}
}

static enum disposition disposition_of(const struct sigaction *action)
{
	return action->handler > 1 ? DISPOSITION_HANDLER : (enum disposition)action->handler;
}

static s64 step_sigaction(const struct step *s, struct result *r)
{
	struct sigaction action, before;
	s64 ret;

	(void)r;
	memset(&action, 0, sizeof(action));
	action.handler = s->v[KEY_HANDLER] == DISPOSITION_HANDLER ? (unsigned long)count_signal : s->v[KEY_HANDLER];
#if ENTRY_HAS_RESTORER
	action.flags = SA_RESTORER;
	action.restorer = entry_restorer;
#endif
	ret = sys(NR_rt_sigaction, s->v[KEY_SIGNAL], &action, &before, 8);
	return ret ? ret : disposition_of(&before);
}

static s64 step_sighandler(const struct step *s, struct result *r)
{
	struct sigaction now;
	s64 ret = sys(NR_rt_sigaction, s->v[KEY_SIGNAL], 0, &now, 8);

	(void)r;
	return ret ? ret : disposition_of(&now);
}

static s64 step_handled(const struct step *s, struct result *r)
{
	(void)r;
	return s->v[KEY_SIGNAL] < SIGNALS ? (s64)scenario->mail[s->task].handled[s->v[KEY_SIGNAL]] : -EINVAL;
}

static s64 change_mask(struct result *r, int how, const u64 *set)
{
	u64 before = 0;
	s64 ret = sys(NR_rt_sigprocmask, how, set, &before, 8);

	if (ret)
		return ret;
	r->form = FORM_VALUE;
	return before;
}

static s64 step_sigblock(const struct step *s, struct result *r)
{
	return change_mask(r, SIG_BLOCK, &s->v[KEY_MASK]);
}

static s64 step_sigunblock(const struct step *s, struct result *r)
{
	return change_mask(r, SIG_UNBLOCK, &s->v[KEY_MASK]);
}

static s64 step_sigmask(const struct step *s, struct result *r)
{
	(void)s;
	return change_mask(r, SIG_BLOCK, NULL);
}

static s64 step_sigpending(const struct step *s, struct result *r)
{
	u64 set = 0;
	s64 ret = sys(NR_rt_sigpending, &set, 8);

	(void)s;
	if (ret)
		return ret;
	r->form = FORM_VALUE;
	return set;
}

static s64 step_altstack(const struct step *s, struct result *r)
{
	struct altstack now = { 0, 0, 0 };
	s64 ret = sys(NR_sigaltstack, 0, &now);

	(void)s, (void)r;
	return ret ? ret : now.flags;
}

static s64 step_altstack_set(const struct step *s, struct result *r)
{
	struct altstack set = { STACKS_ADDRESS + s->task * STACK_ROOM, 0, ALTSTACK_ROOM };

	(void)r;
	return sys(NR_sigaltstack, &set, 0);
}

#endif
