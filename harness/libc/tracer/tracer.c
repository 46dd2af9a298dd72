/*
 * The tracer of libc cases: starts a program for each line of standard input, and says on standard output what it wrote and which raw
 * calls it made. It uses no libc, so that it is the same whatever libc the program has. README.md beside it has the protocol.
 */
#include "numbers.h"
#include "input.h"
#include "output.h"
#include "answer.h"
#include "events.h"

enum { CASE_MILLISECONDS = 20000, NO_TRACING = 1, NO_FILTER = 2, NO_PROGRAM = 3 };

/* How the program ended: its raw wait status, or that it did not. */
struct end {
	int status;
	int started;
	int hung;
	long refused; /* the errno with which the tracing itself was refused */
};

static char **environment;

static __attribute__((noreturn)) void become_program(const char *name, struct answer answer, const char *path)
{
	const char *argv[] = { path, name, NULL };
	const struct rlimit no_core = { 0, 0 };
	int null = sys_open(AT_FDCWD, "/dev/null", O_RDWR);

	for (int fd = 0; fd < 3; fd++)
		sys(NR_dup3, null, fd, 0);
	sys_signal_mask(SIG_SETMASK, 0);
	sys(NR_setsid);
	sys(NR_prlimit64, 0, RLIMIT_CORE, &no_core, 0);
	if (sys(NR_ptrace, PTRACE_TRACEME))
		sys_exit(NO_TRACING);
	if (answer_enter(answer))
		sys_exit(NO_FILTER);
	sys(NR_kill, sys(NR_getpid), SIGSTOP);
	sys(NR_execve, path, argv, environment);
	sys_exit(NO_PROGRAM);
}

static void kill_all(void)
{
	for (u32 i = 0; i < seen.task_count; i++)
		if (seen.tasks[i].lives)
			sys(NR_kill, seen.tasks[i].pid, SIGKILL);
}

/* The signal that a stop is about and that the task is to get; 0 where the stop was only for us. */
static int stop(struct task *task, int status, struct end *end)
{
	int signal = status >> 8 & 0xff, event = status >> 16;
	int first = !task->begun;

	task->begun = 1;
	if (signal == SYSCALL_STOP) {
		long got = event_syscall(task);

		if (got < 0 && !end->refused) {
			end->refused = got;
			kill_all();
		}
		return 0;
	}
	if (event == PTRACE_EVENT_EXEC && task == seen.tasks)
		end->started = 1;
	if (event || (first && signal == SIGSTOP))
		return 0;
	return signal;
}

/* Something became of a task. Where the program has ended, what it left behind ends too. */
static void take(int pid, int status, struct end *end)
{
	struct task *task = task_of(pid);

	if (!task) {
		sys(NR_kill, pid, SIGKILL);
		return;
	}
	if ((status & 0xff) == 0x7f) {
		sys(NR_ptrace, PTRACE_SYSCALL, pid, 0, stop(task, status, end));
		return;
	}
	task->lives = 0;
	if (task == seen.tasks) {
		end->status = status;
		kill_all();
	}
}

/* Follows the program and everything that it makes until all have ended. */
static void follow(struct end *end)
{
	u64 deadline = sys_milliseconds() + CASE_MILLISECONDS;

	for (;;) {
		int status = 0;
		long pid = sys(NR_wait4, -1, &status, WNOHANG | WALL, 0);

		if (pid == -ECHILD)
			return;
		if (pid > 0) {
			take(pid, status, end);
			continue;
		}
		u64 now = sys_milliseconds();

		if (now >= deadline) {
			end->hung = 1;
			kill_all();
			deadline = now + CASE_MILLISECONDS;
		} else {
			sys_signal_wait(SIGNAL_BIT(SIGCHLD), deadline - now);
		}
	}
}

static void put_end(struct end end)
{
	if (end.hung)
		put(",\"hung\":true");
	else if (end.refused)
		put(",\"blocked\":\"PTRACE_GET_SYSCALL_INFO is refused here\"");
	else if (!end.started && end.status == NO_TRACING << 8)
		put(",\"blocked\":\"ptrace is refused here\"");
	else if (!end.started && end.status == NO_FILTER << 8)
		put(",\"blocked\":\"a seccomp filter is refused here\"");
	else if (!end.started)
		put(",\"blocked\":\"the program cannot be executed here\"");
	else if (end.status & 0x7f)
		put(",\"died\":"), put_number(end.status & 0x7f);
	else
		put(",\"exited\":"), put_number(end.status >> 8 & 0xff);
}

static void run_case(const char *name, struct answer answer, const char *path)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
			     PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	struct end end = { 0, 0, 0, 0 };
	long pid;
	int status = 0;

	seen.count = seen.task_count = seen.overflowed = 0;
	pid = sys_fork(0);
	if (pid == 0)
		become_program(name, answer, path);
	if (pid < 0)
		complain_and_exit("tracer: no process can be made here\n");
	task_of(pid);
	while (sys(NR_wait4, pid, &status, WALL, 0) == -EINTR)
		;
	if ((status & 0xff) == 0x7f) {
		sys(NR_ptrace, PTRACE_SETOPTIONS, pid, 0, options);
		seen.tasks[0].begun = 1;
		sys(NR_ptrace, PTRACE_SYSCALL, pid, 0, 0);
		follow(&end);
	} else {
		end.status = status;
	}
	put("{\"type\":\"result\",\"case\":");
	u32 length = 0;

	while (name[length])
		length++;
	put_string(name, length);
	put_end(end);
	if (seen.overflowed)
		put(",\"overflowed\":true");
	put(",\"events\":[");
	for (u32 i = 0; i < seen.count; i++) {
		if (i)
			put(",");
		put_event(&seen.events[i]);
	}
	put("]}\n");
	output_flush();
}

static void put_header(void)
{
	char names[6][65];
	u32 length = 0;

	memset(names, 0, sizeof(names));
	sys(NR_uname, names);
	while (names[2][length])
		length++;
	put("{\"type\":\"header\",\"protocol\":1,\"arch\":\"" STUB_ARCH "\",\"release\":");
	put_string(names[2], length);
	put(",\"uid\":");
	put_number(sys(NR_geteuid));
	put("}\n");
	output_flush();
}

/* Where it may, the tracer is the first process of a PID namespace: what a program signals, by whatever pid, is in there. */
static void enter_namespace(void)
{
	long inside = sys_fork(CLONE_NEWPID);
	int status = 0;

	if (inside < 0)
		return;
	if (inside == 0) {
		sys(NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
		return;
	}
	while (sys(NR_wait4, inside, &status, WALL, 0) == -EINTR)
		;
	sys_exit(status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff);
}

__attribute__((noreturn, used)) void probe_main(u64 *stack)
{
	environment = (char **)(stack + 1 + stack[0] + 1);
	enter_namespace();
	sys_signal_mask(SIG_SETMASK, SIGNAL_BIT(SIGCHLD));
	put_header();
	for (char *line = input_line(); line; line = input_line()) {
		char *how = input_cut(line), *path = how ? input_cut(how) : NULL;
		struct answer answer;

		if (!path || answer_read(how, &answer))
			complain_and_exit("tracer: a line is NAME ANSWER PATH, with ANSWER -, clone3:ERRNO or all:ERRNO\n");
		run_case(line, answer, path);
	}
	sys_exit(0);
}
