/*
 * What every reproducer has beside the probe's fragments: memory that its processes share, the state of the caller, and
 * the one line that it prints. Definitions here stand in the place of the probe's own of the same name.
 */
#ifndef REPRODUCER_COMMON_H
#define REPRODUCER_COMMON_H

enum { CONFORMS = 0, DIFFERS = 1, CANNOT_JUDGE = 77 };

/* Nothing takes longer, in milliseconds. */
enum { TIME_LIMIT = 10000 };

/* What the processes of this program have in common. */
struct shared {
	volatile struct outcome outcome; /* what the stub leaves behind of a call that made a child */
	volatile s64 refused;		 /* -errno of a call that was refused */
	volatile u32 ended;		 /* the caller has ended: */
	volatile u32 signal;		 /* of this signal, or was stopped by it */
	volatile u32 late;		 /* it was still there when the time was over */
	volatile u32 verdict;		 /* of a scenario: CONFORMS, DIFFERS or CANNOT_JUDGE */
	volatile s64 uid, caps;		 /* that task 0 begins with */
	volatile u32 private_pids;	 /* there is a PID namespace of our own, whose end is the end of all in it */
	volatile u32 cgroup_serial;
	volatile u32 cgroup_dirs;
	char cgroup_dir[CGROUP_DIRS_MOST][CGROUP_PATH_SIZE];
	char cgroup_missing[8][WHY_SIZE];
	char why[WHY_SIZE]; /* why the caller's state could not be made, or what is to be said of a scenario */
	struct {
		char text[WHY_SIZE];
	} caller;
	char scratch[2][SCRATCH_SIZE];
};

static struct shared *shared;

/* Prints one line. */
static void say(const char *verdict, const char *what)
{
	char line[512];
	struct builder b = builder_on(line);

	build(&b, verdict);
	build(&b, ": ");
	build(&b, what);
	build(&b, "\n");
	sys(NR_write, 1, line, b.at - line);
}

static int cannot_judge(const char *why)
{
	say("cannot judge here", why);
	return CANNOT_JUDGE;
}

/* Makes a part of the caller's state, or ends this process: shared->why says what is in the way. */
static void enter(const char *word, u64 value, int (*how)(const struct attribute *a))
{
	struct attribute a = { 0, 0, text_length(word), value };
	struct builder b = builder_on(shared->caller.text);

	build(&b, word);
	attribute_now = text_of(word);
	if (how(&a))
		sys_exit(CANNOT_JUDGE);
	attribute_now.length = 0;
}

/* Of use to the probe alone: what it says of a caller. */
static void known_leave_user_ns(void)
{
}

static void known_enter_pid_ns(s64 owner)
{
	(void)owner;
}

/* For a new image of this program, to which it belongs alone. */
static int shared_map(void)
{
	long at = sys(NR_mmap, 0, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at < 0 && at > -4096)
		return -1;
	shared = (struct shared *)at;
	return 0;
}

/* Capabilities that the case needs and that this process has not. */
static int lacks_capabilities(u64 needed)
{
	return (capabilities_effective() & needed) != needed;
}

/* Signals are waited for; a core file or a closed output shall not be in the way. */
static int prepare(void)
{
	struct rlimit no_core = { 0, 0 };

	resolve_libc();
	if (shared_map())
		return -1;
	signals_prepare();
	sys_signal_mask(SIG_SETMASK, ALL_SIGNALS);
	close_inherited();
	sys(NR_prlimit64, 0, RLIMIT_CORE, &no_core, 0);
	sys(NR_prctl, PR_SET_CHILD_SUBREAPER, 1);
	sys(NR_prctl, PR_SET_DUMPABLE, 1);
	proc_open();
	return 0;
}

/* Whether all that this process can see is its own. A kernel that passes over CLONE_NEWPID would let us kill the machine. */
static int is_init_of_its_own(void)
{
	return shared->private_pids && sys(NR_getpid) == 1;
}

/* By a process that has made others: ends those that are left, as far as they are ours. */
static void end_the_rest(s64 own_pid)
{
	if (is_init_of_its_own())
		sys(NR_kill, -1, SIGKILL);
	else
		kill_children(own_pid, 0);
}

/* In a PID namespace of its own where we may, so that its end is the end of everything. */
static long make_host(void)
{
	long pid = sys_fork(CLONE_NEWPID);

	shared->private_pids = 1;
	if (pid >= 0)
		return pid;
	shared->private_pids = 0;
	return sys_fork(0);
}

/* For the attribute pids-max: this process is the last that the cgroup may have. */
static void use_pids_up(void)
{
	long error = cgroup_write_pids_max(known.group_tasks + known.arena_tasks);

	if (!error)
		return;
	blocked("pids-max: write pids.max", error);
	sys_exit(CANNOT_JUDGE);
}

/* For the attribute autoreap: nobody can wait for this process, but its pidfd says when it has gone. */
static long make_autoreaped(void)
{
	long pid = arena_fork_autoreaped();

	if (pid > 0) {
		sys_poll(host.pidfd, 0, TIME_LIMIT);
		shared->ended = 1;
	}
	return pid;
}

#define INTERRUPTIONS (SIGNAL_BIT(SIGTERM) | SIGNAL_BIT(SIGINT) | SIGNAL_BIT(SIGHUP))

/* Waits for the host to end, and for whatever it left behind; -1 when it did not end by itself. */
static int wait_for_host(long started)
{
	u64 deadline = sys_milliseconds() + 3 * TIME_LIMIT;
	s64 self = sys(NR_getpid);
	int status = 0, code = -1;
	long got;

	while ((got = sys(NR_wait4, -1, &status, WNOHANG | WALL, 0)) != -ECHILD) {
		if (got == started && !(status & 0x7f))
			code = status >> 8 & 0xff;
		if (got > 0)
			continue;
		got = sys_signal_wait(SIGNAL_BIT(SIGCHLD) | INTERRUPTIONS, 100);
		if ((got > 0 && got != SIGCHLD) || sys_milliseconds() > deadline)
			sys(NR_kill, started, SIGKILL);
		if (code >= 0 || sys_milliseconds() > deadline)
			kill_children(self, 0);
	}
	return code;
}

#endif
