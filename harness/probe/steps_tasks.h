/* Operations of scenarios: making tasks, ending them, waiting for them, and what they are called. */
#ifndef PROBE_STEPS_TASKS_H
#define PROBE_STEPS_TASKS_H

#include "steps_pages.h"

static u64 stack_of(u64 task)
{
	return STACKS_ADDRESS + task * STACK_ROOM + ALTSTACK_ROOM;
}

/* The TID that a step means by K: as the maker of K got it; before it has, as K sees it itself. */
static long tid_of(u64 task)
{
	const struct mailbox *m = &scenario->mail[task];

	if (task == WHO_ANY)
		return -1;
	return m->tid ? m->tid : m->own_tid;
}

static s64 made(const struct step *s, s64 ret)
{
	if (ret > 0)
		scenario->mail[s->v[KEY_CHILD]].tid = ret;
	return ret;
}

static s64 step_clone(const struct step *s, struct result *r)
{
	const struct clone_args *a = &s->call.args;

	(void)r;
	return made(s, entry_clone(a->flags, a->stack + a->stack_size, a->parent_tid, a->child_tid, a->tls,
				   s->v[KEY_CHILD]));
}

static s64 step_clone3(const struct step *s, struct result *r)
{
	struct complaint c;

	(void)r;
	own_tids.count = 0; /* it may be the maker's */
	place_tids(&s->call, &c);
	return made(s, entry_call(NR_clone3, place_args(&s->call), s->call.size, 0, 0, 0, s->v[KEY_CHILD]));
}

#if STUB_HAS_FORK
static s64 step_fork(const struct step *s, struct result *r)
{
	(void)r;
	return made(s, entry_call(NR_fork, 0, 0, 0, 0, 0, s->v[KEY_CHILD]));
}

static s64 step_vfork(const struct step *s, struct result *r)
{
	(void)r;
	return made(s, entry_call(NR_vfork, 0, 0, 0, 0, 0, s->v[KEY_CHILD]));
}
#endif

static s64 step_exit(const struct step *s, struct result *r)
{
	(void)r;
	for (;;)
		sys(NR_exit, s->v[KEY_STATUS]);
	return 0;
}

static s64 step_exit_group(const struct step *s, struct result *r)
{
	(void)r;
	for (;;)
		sys(NR_exit_group, s->v[KEY_STATUS]);
	return 0;
}

static void result_extra(struct result *r, enum extra which, s64 value)
{
	r->extra[which] = value;
	r->extras |= 1U << which;
}

static s64 step_wait(const struct step *s, struct result *r)
{
	int status = 0;
	s64 ret = sys(NR_wait4, tid_of(s->v[KEY_WHO]), &status, s->v[KEY_OPTIONS], 0);

	if (ret > 0)
		result_extra(r, EXTRA_STATUS, status);
	return ret;
}

struct child_info {
	int signal, error, code;
	int pid __attribute__((aligned(sizeof(long)))); /* what begins here may hold pointers */
	u32 uid;
	int status;
	int more[25];
};

static s64 step_waitid(const struct step *s, struct result *r)
{
	struct child_info info = { .signal = 0 };
	long kind = s->v[KEY_WHO] == WHO_ANY ? P_ALL : P_PID, id = 0;
	s64 ret;

	if (s->given >> KEY_PIDFD & 1) {
		kind = P_PIDFD;
		id = *(volatile int *)memory_at(s->v[KEY_PIDFD]);
	} else if (kind == P_PID) {
		id = tid_of(s->v[KEY_WHO]);
	}
	ret = sys(NR_waitid, kind, id, &info, s->v[KEY_OPTIONS], 0);
	if (ret == 0) {
		result_extra(r, EXTRA_PID, info.pid);
		result_extra(r, EXTRA_CODE, info.code);
		result_extra(r, EXTRA_STATUS, info.status);
	}
	return ret;
}

static s64 tid_in_proc(u64 task)
{
	struct text path = text_of(scenario->mail[task].path);

	text_cut(&path, '/');
	text_cut(&path, '/');
	return text_leading_number(path);
}

/*
 * A TID of another pid namespace may be that of a process here which is none of ours. This can only be where /proc is of
 * the namespace that we are in, and that is not our own.
 */
static int is_somebody_else(const struct step *s, enum key key)
{
	u64 who = s->v[key];

	if (shared->private_pids || !(s->given >> key & 1) || tid_in_proc(s->task) != scenario->mail[s->task].own_tid)
		return 0;
	return tid_in_proc(who) != tid_of(who);
}

static s64 step_kill(const struct step *s, struct result *r)
{
	(void)r;
	if (is_somebody_else(s, KEY_WHO))
		return -ESRCH;
	return sys(NR_kill, tid_of(s->v[KEY_WHO]), s->v[KEY_SIGNAL]);
}

/* The leader of a group is called by its TID, which may be another one here than it knows itself. */
static s64 step_tgkill(const struct step *s, struct result *r)
{
	const struct mailbox *m = &scenario->mail[s->v[KEY_WHO]];
	long tid = tid_of(s->v[KEY_WHO]);

	(void)r;
	if (is_somebody_else(s, KEY_WHO))
		return -ESRCH;
	return sys(NR_tgkill, m->own_pid == m->own_tid ? tid : m->own_pid, tid, s->v[KEY_SIGNAL]);
}

static s64 step_getpid(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_getpid);
}

static s64 step_gettid(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_gettid);
}

static s64 step_getppid(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_getppid);
}

static s64 step_getpgrp(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_getpgid, 0);
}

static s64 step_getsid(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_getsid, 0);
}

static s64 step_setsid(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_setsid);
}

/* Of itself, or of a child, and to a group of its own or to that of a task. */
static s64 step_setpgid(const struct step *s, struct result *r)
{
	(void)r;
	if (is_somebody_else(s, KEY_WHO) || is_somebody_else(s, KEY_PGRP))
		return -ESRCH;
	return sys(NR_setpgid, s->given & 1U << KEY_WHO ? tid_of(s->v[KEY_WHO]) : 0,
		   s->given & 1U << KEY_PGRP ? tid_of(s->v[KEY_PGRP]) : 0);
}

/* The numbers of the task in its pid namespaces: level 0 is its own, and the last one that of /proc. */
static s64 step_nspid(const struct step *s, struct result *r)
{
	struct text all = own_status("NSpid"), rest = all;
	u64 count = 0;

	(void)r;
	while (text_word(&rest).length)
		count++;
	if (s->v[KEY_LEVEL] >= count)
		return -ENOENT;
	for (u64 skip = count - 1 - s->v[KEY_LEVEL]; skip; skip--)
		text_word(&all);
	return text_leading_number(text_word(&all));
}

static s64 step_kcmp(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_kcmp, tid_of(s->v[KEY_A]), tid_of(s->v[KEY_B]), s->v[KEY_TYPE], 0, 0);
}

static s64 step_tls(const struct step *s, struct result *r)
{
	(void)s;
	r->form = FORM_VALUE;
	return entry_thread_pointer();
}

static s64 step_set_tid_address(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_set_tid_address, s->v[KEY_AT]);
}

static s64 step_robust_list(const struct step *s, struct result *r)
{
	unsigned long head = 0, length = 0;
	s64 ret = sys(NR_get_robust_list, 0, &head, &length);

	(void)s, (void)r;
	return ret ? ret : head != 0;
}

struct robust_head {
	struct robust_head *next;
	long offset;
	void *pending;
};

/* An empty list, in the task's own part of the memory. */
static s64 step_robust_list_set(const struct step *s, struct result *r)
{
	struct robust_head *head = (struct robust_head *)(STACKS_ADDRESS + s->task * STACK_ROOM);

	(void)r;
	*head = (struct robust_head){ head, 0, 0 };
	return sys(NR_set_robust_list, head, sizeof(*head));
}

#endif
