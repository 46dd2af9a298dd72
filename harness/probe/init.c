/*
 * The first process of a virtual machine that holds nothing but the probe: mounts what the probe reads, starts it, and carries
 * bytes between it and a serial port, which kernel messages do not enter. A byte 4 from outside ends the probe's input.
 *
 * It says on the console why it gives up, and every end of it resets the machine.
 */
#include "sys.h"

#if defined(__x86_64__)
enum { NR_execve = 59, NR_mount = 165, NR_reboot = 169 };
#elif defined(__i386__) || defined(__arm__)
enum { NR_execve = 11, NR_mount = 21, NR_reboot = 88 };
#else
enum { NR_execve = 221, NR_mount = 40, NR_reboot = 142 };
#endif

enum {
	O_NOCTTY = 0400,
	O_NONBLOCK = 04000,
	F_SETFL = 4,
	TCSETS = 0x5402,
	TCSBRK = 0x5409,
	TIOCGICOUNT = 0x545d,
	RESET = 0x01234567,
	RESET_MAGIC1 = 0xfee1dead,
	RESET_MAGIC2 = 672274793,
	END_OF_INPUT = 4,
	WAIT_MS = 200,
};

#define SERIAL_8N1 (010002 | 0000060 | 0000200 | 0004000) /* B115200, CS8, CREAD, CLOCAL */

struct termios {
	u32 input, output, control, local;
	u8 line;
	u8 characters[19];
};

/* struct serial_icounter_struct; the ones after `rx` to `buf_overrun` count what was lost. */
struct line_counts {
	int cts, dsr, rng, dcd, rx, tx, frame, overrun, parity, brk, buf_overrun;
	int reserved[9];
};

/* Bytes on their way from one descriptor to another. */
struct flow {
	int from, to;
	u32 start, end;
	u32 size;
	u8 *bytes;
};

static u8 inward_bytes[4 << 20], outward_bytes[1 << 16];

static void say(const char *text)
{
	unsigned long length = 0;

	while (text[length])
		length++;
	sys(NR_write, 2, text, length);
}

static void say_number(u32 number)
{
	u32 tenth = divided(number, 10);
	char digit = '0' + (number - 10 * tenth);

	if (tenth)
		say_number(tenth);
	sys(NR_write, 2, &digit, 1);
}

static __attribute__((noreturn)) void machine_end(int line)
{
	sys(NR_ioctl, line, TCSBRK, 1);
	for (;;)
		sys(NR_reboot, RESET_MAGIC1, RESET_MAGIC2, RESET, 0);
}

static __attribute__((noreturn)) void give_up(int line, const char *why)
{
	say("clonecheck: ");
	say(why);
	say("\n");
	machine_end(line);
}

static void write_file(const char *path, const char *text, u32 length)
{
	int fd = sys_open(AT_FDCWD, path, O_WRONLY);

	sys(NR_write, fd, text, length);
	sys_close(fd);
}

/* What is missing in this kernel is missing for the probe too, which says so. */
static void file_systems_mount(void)
{
	sys(NR_mount, "proc", "/proc", "proc", 0, 0);
	sys(NR_mount, "sysfs", "/sys", "sysfs", 0, 0);
	sys(NR_mount, "securityfs", "/sys/kernel/security", "securityfs", 0, 0);
	sys(NR_mount, "cgroup2", "/sys/fs/cgroup", "cgroup2", 0, 0);
	sys(NR_mount, "cgroup", "/cgroup-v1", "cgroup", 0, "none,name=clonecheck");
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+pids", 5);
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory", 7);
}

/* The line as it is, without editing, echo, signals or flow control. */
static int line_open(void)
{
	struct termios raw = { 0, 0, SERIAL_8N1, 0, 0, { 0 } };
	int fd = sys_open(AT_FDCWD, "/dev/channel", O_RDWR | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		give_up(2, "the serial port of the protocol cannot be opened");
	raw.characters[6] = 1; /* VMIN */
	sys(NR_ioctl, fd, TCSETS, &raw);
	return fd;
}

/* A byte that is lost would make one case another, so the machine ends first. */
static void line_check(int line)
{
	struct line_counts counts = { 0 };

	if (sys(NR_ioctl, line, TIOCGICOUNT, &counts) < 0)
		return;
	if (counts.frame | counts.overrun | counts.parity | counts.buf_overrun)
		give_up(line, "the serial port lost bytes");
}

static long probe_start(const int input[2], const int output[2])
{
	char *arguments[] = { "probe", NULL }, *environment[] = { NULL };
	long pid = sys_fork(0);

	if (pid)
		return pid;
	sys(NR_dup3, input[0], 0, 0);
	sys(NR_dup3, output[1], 1, 0);
	sys(NR_execve, "/probe", arguments, environment);
	say("clonecheck: the probe cannot be executed\n");
	sys_exit(127);
}

/* 0: nothing more comes. */
static int flow_fill(struct flow *f)
{
	long n;

	if (f->start == f->end || f->end == f->size) {
		memmove(f->bytes, f->bytes + f->start, f->end - f->start);
		f->end -= f->start;
		f->start = 0;
	}
	if (f->end == f->size)
		return 1;
	n = sys(NR_read, f->from, f->bytes + f->end, f->size - f->end);
	if (n > 0)
		f->end += n;
	return n > 0 || n == -EAGAIN || n == -EINTR;
}

/* 0: nobody reads any more. */
static int flow_drain(struct flow *f)
{
	long n = sys(NR_write, f->to, f->bytes + f->start, f->end - f->start);

	if (n > 0)
		f->start += n;
	return n > 0 || n == -EAGAIN || n == -EINTR;
}

/* Takes what the input ends with off it. */
static int flow_ended(struct flow *f)
{
	if (f->end == f->start || f->bytes[f->end - 1] != END_OF_INPUT)
		return 0;
	f->end--;
	return 1;
}

static void flow_wait(const struct flow *in, const struct flow *out, int more_comes)
{
	struct pollfd ready[] = {
		{ more_comes ? in->from : -1, POLLIN, 0 },
		{ in->end > in->start ? in->to : -1, POLLOUT, 0 },
		{ out->end < out->size || out->start == out->end ? out->from : -1, POLLIN, 0 },
		{ out->end > out->start ? out->to : -1, POLLOUT, 0 },
	};
	struct timespec limit = { 0, WAIT_MS * 1000000 };

	sys(NR_ppoll, ready, ARRAY_SIZE(ready), &limit, 0, 8);
}

/* Carries until the probe has closed its output and all of it has gone out. */
static void carry(struct flow *in, struct flow *out, int line, long probe, int *status)
{
	int more_comes = 1, one, ended = 0;

	for (;;) {
		flow_wait(in, out, more_comes);
		if (more_comes) {
			flow_fill(in);
			line_check(line);
			more_comes = !flow_ended(in);
		}
		if (in->end > in->start && !flow_drain(in))
			in->start = in->end;
		if (!more_comes && in->start == in->end && in->to >= 0) {
			sys_close(in->to);
			in->to = -1;
		}
		if (!flow_fill(out))
			ended = 1;
		if (out->end > out->start)
			flow_drain(out);
		else if (ended)
			return;
		for (long pid; (pid = sys(NR_wait4, -1, &one, WNOHANG | WALL, 0)) > 0;)
			if (pid == probe)
				*status = one;
	}
}

static void report(int status)
{
	if (!status)
		return;
	say("clonecheck: the probe ");
	say(status & 0x7f ? "died of signal " : "exited with ");
	say_number(status & 0x7f ? status & 0x7f : status >> 8 & 0xff);
	say("\n");
}

__attribute__((noreturn, used)) void probe_main(void)
{
	int input[2] = { -1, -1 }, output[2] = { -1, -1 }, line, status = 0;
	struct flow in = { .size = sizeof(inward_bytes), .bytes = inward_bytes };
	struct flow out = { .size = sizeof(outward_bytes), .bytes = outward_bytes };
	long probe;

	file_systems_mount();
	line = line_open();
	sys(NR_pipe2, input, O_CLOEXEC);
	sys(NR_pipe2, output, O_CLOEXEC);
	probe = probe_start(input, output);
	sys_close(input[0]);
	sys_close(output[1]);
	sys(NR_fcntl, input[1], F_SETFL, O_NONBLOCK);
	sys(NR_fcntl, output[0], F_SETFL, O_NONBLOCK);
	in.from = line;
	in.to = input[1];
	out.from = output[0];
	out.to = line;
	carry(&in, &out, line, probe, &status);
	while (sys(NR_wait4, probe, &status, WALL, 0) == -EINTR)
		;
	report(status);
	machine_end(line);
}
