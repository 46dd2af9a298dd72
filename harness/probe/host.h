/* The host: puts itself into the state of a caller, and makes arenas one after another. */
#ifndef PROBE_HOST_H
#define PROBE_HOST_H

#include "arena.h"
#include "watchdog.h"

enum { BARKS_MOST = 3, DEATHS_MOST = 50 };

static struct {
	s64 pid, pid_outside; /* its own, in its pid namespace and in that of /proc */
	int pidfd;	      /* of an arena that is not waited for */
	int arena_init;	      /* the arena is the init of a pid namespace */
	int conducts;	      /* the arena is task 0 of a scenario */
	int clears;	      /* all that is left of a scenario is to be killed */
} host;

/* conduct.h and performer.h */
static void scenarios_run(void);
static __attribute__((noreturn)) void task_zero(void);

/* How an arena came to its end. */
struct arena_end {
	int over;
	int code;   /* enum ending, when it ended by itself */
	int signal; /* that it died of, or was stopped by */
	int timeout;
	int stuck; /* something that it left behind does not go */
};

static long arena_fork_autoreaped(void)
{
	struct clone_args args = { .flags = CLONE_AUTOREAP | CLONE_PIDFD, .pidfd = (unsigned long)&host.pidfd };

	if (host.arena_init)
		args.flags |= CLONE_NEWPID;
	return sys(NR_clone3, &args, sizeof(args));
}

/* A fresh arena; its pid, or -1 and shared->why. */
static long arena_make(void)
{
	long pid;

	shared->ending = 0;
	if (known.fd_pids_max >= 0)
		cgroup_write_pids_max(-1);
	pid = known.autoreap ? arena_fork_autoreaped() : sys_fork(host.arena_init ? CLONE_NEWPID : 0);
	if (pid == 0) {
		bind_to_parent(host.pid, host.pid_outside);
		if (host.arena_init)
			known_enter_pid_ns(known.user_ns_made);
		if (host.conducts)
			task_zero();
		arena_main();
	}
	if (pid < 0)
		return blocked(known.autoreap ? "autoreap: clone3" : host.arena_init ? "pidns-init: clone" : "clone", pid);
	return pid;
}

struct pidfd_info {
	u64 mask, cgroup;
	u32 ids[11];
	int exit_code;
	u64 more[4];
};

/*
 * An arena that the kernel reaps is seen to end by its pidfd alone: POLLHUP, which is always polled for, comes when it
 * has been reaped.
 */
static void arena_wait_autoreaped(struct arena_end *end, u64 tick)
{
	struct pidfd_info info;
	int has_child;

	if (sys_poll(host.pidfd, 0, tick) <= 0)
		return;
	has_child = case_in_flight() && shared->slot.outcome.ret;
	memset(&info, 0, sizeof(info));
	info.mask = PIDFD_INFO_EXIT;
	if (sys(NR_ioctl, host.pidfd, PIDFD_GET_INFO, &info) || !(info.mask & PIDFD_INFO_EXIT))
		info.exit_code = shared->ending || has_child ? 0 : SIGKILL;
	sys_close(host.pidfd);
	end->over = 1;
	end->signal = info.exit_code & 0x7f;
	end->code = has_child ? END_CHILD : (int)shared->ending;
}

static void arena_reaped(struct arena_end *end, long pid, int status)
{
	if ((status & 0xff) == 0x7f) {
		end->signal = status >> 8 & 0xff;
		sys(NR_kill, pid, SIGKILL);
		return;
	}
	shared->doing = DOING_WORK; /* it may have been reading */
	end->over = 1;
	end->code = status & 0x7f ? 0 : status >> 8 & 0xff;
	if (!end->signal)
		end->signal = status & 0x7f;
}

/* All that the init of a pid namespace sees is its own; anybody else sees the machine. */
static int kill_all_in_namespace(void)
{
	if (!shared->private_pids || sys(NR_getpid) != 1)
		return 0;
	sys(NR_kill, -1, SIGKILL);
	return 1;
}

/* Nothing has moved for too long: what we made must go. */
static void host_kill(long arena, const struct arena_end *end)
{
	if (!end->over)
		sys(NR_kill, arena, SIGKILL);
	else if (!kill_all_in_namespace())
		kill_children(host.pid, 0);
}

/* Waits until the arena and all that it left behind have gone. */
static struct arena_end arena_wait(long arena)
{
	struct arena_end end = { 0, 0, 0, 0, 0 };
	struct watchdog dog;
	u32 barks = 0;
	int status;
	long pid;

	watchdog_start(&dog, case_limit());
	for (;;) {
		pid = sys(NR_wait4, -1, &status, WNOHANG | WUNTRACED | WALL, 0);
		if (pid == arena)
			arena_reaped(&end, pid, status);
		if (pid > 0)
			continue;
		if (pid == -ECHILD && (!known.autoreap || end.over))
			return end;
		if (host.clears && !shared->private_pids)
			kill_children(host.pid, 0);
		if (known.autoreap && !end.over)
			arena_wait_autoreaped(&end, watchdog_tick(&dog));
		else if (sys_signal_wait(SIGNAL_BIT(SIGCHLD), watchdog_tick(&dog)) != -EAGAIN)
			continue;
		if (watchdog_barks(&dog)) {
			if (end.over && ++barks == BARKS_MOST) {
				end.stuck = 1;
				return end;
			}
			if (!end.over && !end.timeout) {
				end.timeout = 1;
				shared->hangs++;
			}
			host_kill(arena, &end);
			watchdog_again(&dog);
		}
	}
}

static void answer_lost(const char *what, s64 number)
{
	char text[WHY_SIZE];
	struct builder b = builder_on(text);

	build(&b, what);
	if (number >= 0)
		build_number(&b, number);
	answer_string("lost", text_of(text));
}

/* The answer to a case whose arena has ended without giving one. */
static void answer_ended(const struct arena_end *end)
{
	if (fault_count && fault_in_answer())
		return;
	if (shared->slot.outcome.ret > 0)
		return answer_outcome(shared->slot.outcome.ret);
	if (end->timeout)
		return answer_lost("timeout", -1);
	if (!end->signal)
		return answer_lost("exit ", end->code);
	if (!shared->slot.outcome.mark)
		return answer_lost("signal ", end->signal);
	answer_begin();
	put(",\"pid\":null");
	put_key_number("signal", end->signal);
	answer_end();
}

/* A sweep is in flight: what the arena's end says of the word that it was at. The next arena goes on behind it. */
static void sweep_ended(const struct arena_end *end)
{
	if (shared->sweep.done == shared->sweep.count)
		return sweep_answer();
	if (shared->slot.outcome.ret > 0 || (end->signal && !end->timeout && shared->slot.outcome.mark))
		sweep_note(sweep_code(fault_in_outcome(1, sweep_flags())));
	else if (end->code != END_RENEW)
		sweep_note(SWEEP_LOST);
	shared->slot.outcome.ret = 0;
	shared->slot.outcome.mark = 0;
}

/* No fresh arena: answers the case in flight with that, */
static void answer_no_arena(void)
{
	char text[WHY_SIZE];
	struct builder b = builder_on(text);

	build(&b, "arena: ");
	build(&b, shared->why);
	answer_string("lost", text_of(text));
}

static void case_ended(const struct arena_end *end)
{
	if (shared->slot.call != CALL_SWEEP)
		answer_ended(end);
	else if (end->code == END_BLOCKED)
		answer_no_arena();
	else
		sweep_ended(end);
}

/* or the next one, or ends when there is none. */
static void host_lose_case(void)
{
	struct line line;
	struct call call;

	while (input_peek(&line) && !is_caller_line(line.text)) {
		if (is_idle_line(line.text)) {
			input_take(&line);
			continue;
		}
		if (case_begin(&line, &call) == 0)
			answer_no_arena();
		return;
	}
	sys_exit(END_LINE);
}

/* Whether an arena that ended between two cases was in its state. Where no arena has ever been, the host ends. */
static int arena_was_ready(const struct arena_end *end)
{
	static u64 taken_before;
	static u32 deaths;

	deaths = shared->taken == taken_before ? deaths + 1 : 0;
	taken_before = shared->taken;
	/* It asked for another one, or was killed, which is nobody's fault as long as it does not go on for ever. */
	if (end->code != END_BLOCKED && shared->caller_said && deaths < DEATHS_MOST)
		return 1;
	if (end->code != END_BLOCKED)
		blocked_because(shared->caller_said ? "died again and again" : "died before it was in its state");
	if (!shared->caller_said)
		sys_exit(END_BLOCKED);
	return 0;
}

/* One arena's life. */
static void host_round(void)
{
	long arena = arena_make();
	struct arena_end end = { 1, END_BLOCKED, 0, 0, 0 };

	if (arena > 0)
		end = arena_wait(arena);
	shared->doing = DOING_WORK;
	shared->beat++;
	if (end.code == END_DIE || end.code == END_STDOUT || end.code == END_LINE)
		sys_exit(end.code);
	if (end.code == END_SCENARIO)
		return scenarios_run();
	if (case_in_flight())
		case_ended(&end);
	else if (!arena_was_ready(&end))
		host_lose_case();
	if (end.stuck)
		sys_exit(0); /* the conductor makes another host */
}

static __attribute__((noreturn)) void host_main(s64 conductor, s64 conductor_outside, int private_pids)
{
	exit_without_reader = END_STDOUT;
	bind_to_parent(conductor, conductor_outside);
	sys(NR_prctl, PR_SET_CHILD_SUBREAPER, 1);
	/* A kernel may take CLONE_NEWPID and make no namespace: what is then around us is the machine. */
	shared->private_pids = private_pids && sys(NR_getpid) == 1;
	if (shared->private_pids)
		known_enter_pid_ns(known.user_ns_made);
	if (memory_map()) {
		blocked_because("mmap of the arena's memory");
		sys_exit(END_BLOCKED);
	}
	sys(NR_unshare, CLONE_NEWUTS); /* so that scenarios name no machine but their own, where we may */
	if (attributes_enter_host())
		sys_exit(END_BLOCKED);
	stay_bound();
	host.pid = sys(NR_getpid);
	host.pid_outside = self_in_proc();
	host.arena_init = caller_has("pidns-init");
	shared->beat++;
	for (;;)
		host_round();
}

#endif
