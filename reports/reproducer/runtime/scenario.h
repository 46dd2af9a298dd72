/*
 * The course of a scenario: a host puts itself into the caller's state and hands out the steps one after another, as the
 * probe does; the tasks perform them.
 */
#ifndef REPRODUCER_SCENARIO_H
#define REPRODUCER_SCENARIO_H

#include "common.h"

enum result_kind { RETURNED, FAILED, NEVER_RETURNS, GONE, NO_SUCH_TASK, ANYTHING };

/* What a step must come to. */
struct expected {
	enum result_kind kind;
	const char *text;
	s64 value;	    /* what it returns, or the number of the error, or the wait status of a task that has gone */
	const char *symbol; /* or: a number that only this run knows. Where it is seen first it is bound, */
	const char *among;  /* and others of its kind must be others */
	int has_status;	    /* a wait gave this status */
	int status;
	u32 until;	    /* it slept until this step began; 0: it did not sleep */
	int is_not;  /* any value but that */
	int has_child;	    /* a waitid gave this code, and this number or symbol of a child */
	int code;
	s64 pid;
	const char *pid_symbol, *pid_among;
	int own_uid, own_caps; /* the value is that which the caller began with */
	int any_end; /* a task that has gone may have done so in any way */
};

struct planned {
	const char *text;
	struct step step;
	struct expected expected;
};

/* Written for each case. */
static void host_state(void);
static void caller_state(void);
static long make_caller(void);
static const struct planned *planned_step(u32 number);

static inline const struct operation *operation_of(const struct step *s)
{
	return &operations[s->operation];
}

/* A new image has its constants elsewhere. */
static void keep_tids(struct text *tids, u32 *kept)
{
	memcpy(scenario->text + *kept, tids->at, tids->length);
	tids->at = scenario->text + *kept;
	*kept += tids->length;
}

static void load_steps(u32 count)
{
	u32 kept = 0;

	scenario->steps_count = count;
	scenario->tasks_count = 1;
	for (u32 i = 0; i < count; i++) {
		struct step *s = &scenario->steps[i];

		*s = planned_step(i)->step;
		scenario->uses_shared |= step_uses_shared(s);
		scenario->traces |= (operation_of(s)->nature & TRACES) != 0;
		scenario->uses_execve |= text_is(text_of(operation_of(s)->name), "execve");
		if (!(operation_of(s)->nature & MAKES_TASK))
			continue;
		if (s->call.tids.length)
			keep_tids(&s->call.tids, &kept);
		s->call.args.stack = stack_of(s->v[KEY_CHILD]);
		s->call.args.stack_size = STACK_ROOM - ALTSTACK_ROOM;
		if (s->v[KEY_CHILD] >= scenario->tasks_count)
			scenario->tasks_count = s->v[KEY_CHILD] + 1;
	}
}

/* A program of a libc has a thread pointer; task 0 begins without. */
static void forget_thread_pointer(void)
{
#if defined(__x86_64__)
	sys(NR_arch_prctl, 0x1002, 0); /* ARCH_SET_FS */
#elif defined(__aarch64__)
	__asm__ volatile("msr tpidr_el0, xzr");
#elif defined(__i386__)
	struct descriptor none = { descriptor_is_of_64() ? ENTRY_OF_64 : ENTRY_OF_32, 0, DESCRIPTOR_LIMIT,
				   DESCRIPTOR_BITS };

	sys(243, &none); /* set_thread_area */
#elif defined(__arm__)
	sys(0xf0005, 0); /* set_tls */
#else
	__asm__ volatile("mv tp, zero");
#endif
}

static __attribute__((noreturn)) void be_task_zero(void)
{
	bind_to_parent(host.pid, host.pid_outside);
	caller_state();
	if (scenario->uses_shared && shared_region_map() != (long)REGION_SHARED) {
		blocked_because("the memory at 0x20050000 cannot be mapped");
		sys_exit(CANNOT_JUDGE);
	}
	sys(NR_chdir, "/");
	sys(NR_umask, 022);
	shared->uid = sys(NR_geteuid);
	shared->caps = capabilities_effective() & 0xffffffff;
	forget_thread_pointer();
	task_born(0);
}

/* --- what came of it --- */

static struct {
	u32 count;
	struct {
		const char *symbol, *among;
		s64 number;
	} of[STEPS_MOST];
} bound;

/* Whether a number may be what the symbol stands for. */
static int bind(const char *symbol, const char *among, s64 number)
{
	for (u32 i = 0; i < bound.count; i++) {
		int same = text_is(text_of(bound.of[i].symbol), symbol);

		if (same)
			return bound.of[i].number == number;
		if (bound.of[i].number == number && text_is(text_of(bound.of[i].among), among))
			return 0;
	}
	bound.of[bound.count].symbol = symbol;
	bound.of[bound.count].among = among;
	bound.of[bound.count++].number = number;
	return 1;
}

static enum result_kind kind_of(u32 step)
{
	const struct result *r = &scenario->results[step];

	switch (notes.outcome[step].kind) {
	case STEP_DONE:
		return r->form == FORM_CALL && r->ret < 0 && r->ret >= -4095 ? FAILED : RETURNED;
	case STEP_GONE:
	case STEP_LOST:
		return GONE;
	case STEP_BLOCKED:
		return NEVER_RETURNS;
	default:
		return NO_SUCH_TASK;
	}
}

static u32 slept_until(u32 step)
{
	return notes.outcome[step].waited && notes.outcome[step].kind != STEP_BLOCKED ? notes.outcome[step].until : 0;
}

static int value_agrees(const struct expected *e, s64 value)
{
	if (e->own_uid)
		return value == shared->uid;
	if (e->own_caps)
		return value == shared->caps;
	if (e->is_not)
		return value != e->value;
	return e->symbol ? bind(e->symbol, e->among, value) : value == e->value;
}

static int child_agrees(const struct expected *e, const struct result *r)
{
	if (e->has_status && (!(r->extras >> EXTRA_STATUS & 1) || r->extra[EXTRA_STATUS] != e->status))
		return 0;
	if (!e->has_child)
		return 1;
	if (!(r->extras >> EXTRA_CODE & 1) || r->extra[EXTRA_CODE] != e->code)
		return 0;
	return e->pid_symbol ? bind(e->pid_symbol, e->pid_among, r->extra[EXTRA_PID]) : r->extra[EXTRA_PID] == e->pid;
}

/* Whether a step came to what it must. */
static int step_agrees(u32 step)
{
	const struct expected *e = &planned_step(step)->expected;
	const struct result *r = &scenario->results[step];
	enum result_kind kind = kind_of(step);

	if (e->kind == ANYTHING)
		return 1;
	/* The end lets go of what still sleeps: to return then is not to return. */
	if (e->kind == NEVER_RETURNS && slept_until(step) == scenario->steps_count)
		return 1;
	if (e->kind != kind)
		return 0;
	switch (kind) {
	case RETURNED:
		return slept_until(step) == e->until && child_agrees(e, r) && value_agrees(e, r->ret);
	case FAILED:
		return slept_until(step) == e->until && -r->ret == e->value;
	case GONE:
		return e->any_end || notes.outcome[step].status == e->value;
	default:
		return 1;
	}
}

static void describe_step(struct builder *b, u32 step)
{
	const struct result *r = &scenario->results[step];
	int status = notes.outcome[step].status;

	switch (kind_of(step)) {
	case RETURNED:
		build_number(b, r->ret);
		if (r->extras >> EXTRA_STATUS & 1) {
			build(b, ", status ");
			build_number(b, r->extra[EXTRA_STATUS]);
		}
		if (r->extras >> EXTRA_CODE & 1) {
			build(b, ", code ");
			build_number(b, r->extra[EXTRA_CODE]);
			build(b, ", pid ");
			build_number(b, r->extra[EXTRA_PID]);
		}
		break;
	case FAILED:
		build(b, "-1 ");
		build_errno(b, r->ret);
		break;
	case GONE:
		build(b, status & 0x7f ? "gone: signal " : "gone: exit ");
		build_number(b, status & 0x7f ? status & 0x7f : status >> 8 & 0xff);
		break;
	case NEVER_RETURNS:
		build(b, "never returns");
		break;
	default:
		build(b, "no such task");
	}
	if (slept_until(step)) {
		build(b, " (asleep until step ");
		build_number(b, slept_until(step));
		build(b, ")");
	}
}

static void judge_steps(void)
{
	struct builder b = builder_on(shared->why);
	u32 free_steps = 0;

	for (u32 i = 0; i < scenario->steps_count; i++) {
		const struct planned *p = planned_step(i);

		free_steps += p->expected.kind == ANYTHING;
		if (step_agrees(i))
			continue;
		shared->verdict = DIFFERS;
		build(&b, "step ");
		build_number(&b, i);
		build(&b, ", ");
		build(&b, p->text);
		if (notes.outcome[i].kind == STEP_LOST || (kind_of(i) == FAILED && scenario->results[i].ret == -ENOSYS)) {
			shared->verdict = CANNOT_JUDGE;
			build(&b, notes.outcome[i].kind == STEP_LOST ? ": timeout" : ": no such call");
			return;
		}
		build(&b, ": expected ");
		build(&b, p->expected.text);
		build(&b, ", observed ");
		describe_step(&b, i);
		return;
	}
	shared->verdict = CONFORMS;
	build(&b, "every step came to what it must");
	if (!free_steps)
		return;
	build(&b, ", but that nothing is said of ");
	build_number(&b, free_steps);
	build(&b, " of them");
}

/* --- the host --- */

static void clear_away(void)
{
	u64 deadline = sys_milliseconds() + TIME_LIMIT;
	int status;
	long pid;

	semaphore_remove();
	while ((pid = sys(NR_wait4, -1, &status, WNOHANG | WALL, 0)) != -ECHILD && sys_milliseconds() < deadline) {
		if (pid > 0)
			continue;
		if (is_init_of_its_own())
			sys(NR_kill, -1, SIGKILL);
		else
			kill_known();
		sys_signal_wait(SIGNAL_BIT(SIGCHLD), 10);
	}
}

static __attribute__((noreturn)) void host_main(s64 parent, s64 parent_outside, u32 steps)
{
	long task_zero;

	bind_to_parent(parent, parent_outside);
	sys(NR_prctl, PR_SET_CHILD_SUBREAPER, 1);
	if (memory_map() || stacks_map()) {
		blocked_because("the memory at 0x20000000 cannot be mapped");
		sys_exit(CANNOT_JUDGE);
	}
	sys(NR_unshare, CLONE_NEWUTS); /* so that no step names another machine but its own, where we may */
	host_state();
	stay_bound();
	host.pid = sys(NR_getpid);
	host.pid_outside = self_in_proc();
	shared->private_pids = is_init_of_its_own();
	scenario_host_is_this();
	load_steps(steps);
	if (execve_prepare())
		sys_exit(CANNOT_JUDGE);
	scenario_reset();
	shared_region_clear();
	task_zero = make_caller();
	if (task_zero == 0)
		be_task_zero();
	if (task_zero < 0) {
		blocked("task 0: clone", task_zero);
		sys_exit(CANNOT_JUDGE);
	}
	shared->verdict = CANNOT_JUDGE;
	if (task_zero_wait(task_zero) == 0 && scenario->mail[0].path[0]) {
		scenario_conduct();
		judge_steps();
	} else if (!shared->why[0]) {
		blocked_because("task 0 is not in /proc, or has ended");
	}
	clear_away();
	sys_exit(shared->verdict);
}

#endif
