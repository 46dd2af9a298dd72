/*
 * The probe of clonecheck: makes clone, clone3, fork and vfork calls that it is told on standard input, and says on
 * standard output what came of them. README.md has the protocol and how the processes work together.
 *
 * This file is the conductor: it starts a host for each caller line, and sees to it that nothing is left of it.
 */
#include "sys.h"
#include "text.h"
#include "shared.h"
#include "json.h"
#include "input.h"
#include "proc.h"
#include "fault.h"
#include "host.h"
#include "conduct.h"

enum { EXIT_USAGE = 2, EXIT_STDOUT = 1, HOST_TRIES = 3 };

#define CONDUCTOR_SIGNALS (SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGTERM) | SIGNAL_BIT(SIGINT) | SIGNAL_BIT(SIGHUP))

static struct {
	s64 pid, pid_outside;
	long host;
	long janitor;
	int leash; /* write end of the janitor's pipe: it is held by every process that may leave something behind */
} conductor = { 0, 0, 0, 0, -1 };

static __attribute__((noreturn)) void complain_and_exit(const char *what, const char *argument)
{
	char text[256];
	struct builder b = builder_on(text);

	build(&b, "probe: ");
	build(&b, what);
	build(&b, argument);
	build(&b, "\n");
	sys(NR_write, 2, text, b.at - text);
	sys_exit(EXIT_USAGE);
}

/* Ends with who started us, also while we are stopped and hear nothing of our input's end. */
static void bind_to_starter(u64 pid)
{
	sys(NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
	if ((u64)sys(NR_getppid) != pid)
		sys_exit(EXIT_STDOUT);
}

static void parse_arguments(char **argv)
{
	u64 starter;

	for (char **a = argv + 1; argv[0] && *a; a++) {
		struct text word = text_of(*a);

		if (text_is(word, "--timeout") && a[1]) {
			if (text_number(text_of(*++a), &timeout_ms) || timeout_ms < 10 || timeout_ms > 86400000)
				complain_and_exit("--timeout takes milliseconds, 10 to 86400000: ", *a);
		} else if (text_is(word, "--fault") && a[1]) {
			if (fault_add(*++a))
				complain_and_exit("no such fault: ", *a);
		} else if (text_is(word, "--bound-to") && a[1]) {
			if (text_number(text_of(*++a), &starter))
				complain_and_exit("--bound-to takes the number of a process: ", *a);
			bind_to_starter(starter);
		} else {
			complain_and_exit("usage: probe [--timeout MS] [--fault FAULT] …; no such argument: ", *a);
		}
	}
}

static u64 page_size_of(const unsigned long *aux)
{
	for (; aux[0]; aux += 2)
		if (aux[0] == AT_PAGESZ)
			return aux[1];
	return 4096;
}

/* Descriptors that were inherited would be in the way of those that cases know by number. */
static void close_inherited(void)
{
	if (sys(NR_close_range, 3, ~0U, 0) == 0)
		return;
	for (int fd = 3; fd < 4096; fd++)
		sys_close(fd);
}

/*
 * The janitor removes cgroup directories and the semaphore of a scenario when the conductor is killed. It holds the reading
 * end of a pipe whose writing end goes to conductor, host and arena: it reads nothing until the last of them has gone. It is
 * a child without an exit signal, so that the conductor's waits do not see it.
 */
static void janitor_start(void)
{
	int ends[2];
	char byte;

	if (conductor.janitor)
		return;
	if (sys(NR_pipe2, ends, O_CLOEXEC))
		return;
	conductor.janitor = sys(NR_clone, 0);
	if (conductor.janitor == 0) {
		/* It may have been stopped, and has to go on when there is something to clean up. */
		sys(NR_prctl, PR_SET_PDEATHSIG, SIGCONT);
		sys_close(ends[1]);
		sys_close(0);
		sys_close(1);
		sys(NR_setsid);
		sys_signal_mask(SIG_SETMASK, ALL_SIGNALS);
		while (sys(NR_read, ends[0], &byte, 1) == -EINTR)
			;
		semaphore_remove();
		cgroup_remove_all(1);
		sys_exit(0);
	}
	sys_close(ends[0]);
	conductor.leash = fd_keep(ends[1]);
}

static void janitor_end(void)
{
	int status;

	if (conductor.leash >= 0)
		sys_close(conductor.leash);
	conductor.leash = -1;
	if (conductor.janitor > 0) {
		sys(NR_kill, conductor.janitor, SIGCONT);
		while (sys(NR_wait4, conductor.janitor, &status, WCLONE, 0) == -EINTR)
			;
	}
	conductor.janitor = 0;
}

/* What a host has left: processes only where it had no pid namespace of its own, and these end with it. */
static void host_bury(void)
{
	struct watchdog dog;
	int status;
	long pid;

	watchdog_start(&dog, timeout_ms);
	for (u32 barks = 0; barks < BARKS_MOST;) {
		pid = sys(NR_wait4, -1, &status, WNOHANG, 0);
		if (pid > 0)
			continue;
		if (pid == -ECHILD)
			break;
		if (!shared->private_pids)
			kill_children(conductor.pid, conductor.janitor);
		if (sys_signal_wait(SIGNAL_BIT(SIGCHLD), watchdog_tick(&dog)) != -EAGAIN)
			continue;
		shared->doing = DOING_WORK;
		if (watchdog_barks(&dog)) {
			watchdog_again(&dog);
			barks++;
		}
	}
	semaphore_remove();
	cgroup_remove_all(0);
	conductor.host = 0;
}

/* Told to end: everything goes first. */
static __attribute__((noreturn)) void interrupted(long signal)
{
	sys(NR_kill, conductor.host, SIGKILL);
	host_bury();
	janitor_end();
	sys_exit(128 + signal);
}

/* Waits for the host to end: enum ending, or 0 when it died. One that is stopped would not go on by itself. */
static int host_wait(struct arena_end *died)
{
	struct watchdog dog;
	int status = 0;
	long got;

	/* The host has its own watchdog, and gets the time to use it. */
	watchdog_start(&dog, 3 * timeout_ms + 1000);
	for (;;) {
		got = sys(NR_wait4, conductor.host, &status, WNOHANG | WUNTRACED, 0);
		if (got == conductor.host && (status & 0xff) != 0x7f) {
			if (!died->signal)
				died->signal = status & 0x7f;
			return status & 0x7f ? 0 : status >> 8 & 0xff;
		}
		if (got == conductor.host) {
			died->signal = status >> 8 & 0xff;
			sys(NR_kill, conductor.host, SIGKILL);
		}
		got = sys_signal_wait(CONDUCTOR_SIGNALS, watchdog_tick(&dog));
		if (got == SIGTERM || got == SIGINT || got == SIGHUP)
			interrupted(got);
		if (got == -EAGAIN && watchdog_barks(&dog)) {
			died->timeout = 1;
			sys(NR_kill, conductor.host, SIGKILL);
			watchdog_again(&dog);
		}
	}
}

/* In a pid namespace of its own where we may. */
static int host_start(void)
{
	int private_pids = 1;
	long pid;

	janitor_start();
	pid = sys_fork(CLONE_NEWPID);
	if (pid < 0) {
		private_pids = 0;
		pid = sys_fork(0);
	}
	if (pid == 0)
		host_main(conductor.pid, conductor.pid_outside, private_pids);
	if (pid < 0)
		return blocked("host: clone", pid);
	conductor.host = pid;
	return 0;
}

/* Runs hosts for the present caller until the next line is not theirs. Returns how the last one ended. */
static int host_run(void)
{
	struct arena_end died;
	u32 answered = cases_answered(), deaths = 0;
	int ending;

	for (;;) {
		if (host_start())
			return END_BLOCKED;
		died = (struct arena_end){ 1, 0, 0, 0, 0 };
		ending = host_wait(&died);
		host_bury();
		shared->doing = DOING_WORK;
		if (ending >= END_LINE)
			return ending;
		if (case_in_flight())
			answer_ended(&died);
		deaths = answered == cases_answered() ? deaths + 1 : 0;
		answered = cases_answered();
		if (deaths == HOST_TRIES) {
			blocked_because("the host died again and again");
			return END_BLOCKED;
		}
	}
}

/* Answers the cases of a caller whose state was not reached. */
static void answer_blocked(void)
{
	struct line line;
	struct call call;
	char why[WHY_SIZE];

	memcpy(why, shared->why, sizeof(why));
	if (!shared->caller_said)
		put_blocked_caller(why);
	shared->caller_said = 1;
	while (input_peek(&line) && !is_caller_line(line.text)) {
		if (is_idle_line(line.text))
			input_take(&line);
		else if (case_begin(&line, &call) == 0)
			answer_string("blocked", text_of(why));
	}
}

/* One caller and its cases; 0 at the end of the input. */
static int caller_run(void)
{
	struct line line;
	int ending = END_BLOCKED;

	while (input_peek(&line) && is_idle_line(line.text))
		input_take(&line);
	if (!input_peek(&line))
		return 0;
	if (is_caller_line(line.text)) {
		caller_parse(line.text, line.too_long);
		input_take(&line);
	} else {
		caller_parse(text_of("caller self"), 0);
	}
	shared->caller_said = 0;
	shared->why[0] = 0;
	if (shared->caller.error[0]) {
		attribute_now.length = 0;
		blocked_because(shared->caller.error);
	} else {
		sys_signal_mask(SIG_SETMASK, ALL_SIGNALS);
		ending = host_run();
		sys_signal_mask(SIG_SETMASK, SIGNAL_BIT(13) | SIGNAL_BIT(SIGCHLD));
	}
	if (ending == END_STDOUT) {
		janitor_end();
		sys_exit(EXIT_STDOUT);
	}
	if (ending == END_DIE)
		for (;;)
			sys(NR_kill, sys(NR_getpid), SIGKILL);
	if (ending == END_BLOCKED)
		answer_blocked();
	return 1;
}

static void signals_prepare(void)
{
	struct {
		void *handler;
		unsigned long flags;
		void *restorer;
		u32 mask[2];
	} standard = { .handler = NULL };

	/* A caller of ours may have left it ignored, and then children would vanish before they are waited for. */
	sys(NR_rt_sigaction, SIGCHLD, &standard, 0, 8);
	sys_signal_mask(SIG_SETMASK, SIGNAL_BIT(13) | SIGNAL_BIT(SIGCHLD)); /* 13: SIGPIPE; write says EPIPE */
}

/* The hard limit is as high as it may be, so that scenarios can set another one below it. */
static void forbid_cores(void)
{
	struct rlimit none = { 0, RLIM_INFINITY };

	if (sys(NR_prlimit64, 0, RLIMIT_CORE, &none, 0) == 0)
		return;
	none.hard = sys_rlimit(RLIMIT_CORE).hard;
	sys(NR_prlimit64, 0, RLIMIT_CORE, &none, 0);
}

__attribute__((noreturn, used)) void probe_main(unsigned long *stack)
{
	unsigned long argc = *stack, *aux;
	char **argv = (char **)(stack + 1);

	for (aux = stack + 2 + argc; *aux; aux++)
		;
	environment = (char **)(stack + 2 + argc);
	aux++;
	if (argc == 4 && text_is(text_of(argv[1]), TASK_ARGUMENT))
		task_again(argv[2], argv[3]);
	exit_without_reader = EXIT_STDOUT;
	parse_arguments(argv);
	signals_prepare();
	close_inherited();
	if (shared_map())
		complain_and_exit("mmap of the shared memory failed", "");
	forbid_cores();
	sys(NR_prctl, PR_SET_CHILD_SUBREAPER, 1);
	sys(NR_prctl, PR_SET_DUMPABLE, 1);
	proc_open();
	known_start();
	nesting_start();
	conductor.pid = sys(NR_getpid);
	conductor.pid_outside = self_in_proc();
	if (scenario_map())
		complain_and_exit("mmap of the scenarios' memory failed", "");
	scenario->conductor_pid = conductor.pid;
	scenario->conductor_pid_ns = namespace_inode("self/ns/pid");
	put_header(page_size_of(aux));
	while (caller_run())
		;
	line_begin();
	put("{\"type\":\"footer\"");
	put_key_number("cases", cases_answered());
	put("}");
	line_end(0);
	flush();
	janitor_end();
	sys_exit(0);
}
