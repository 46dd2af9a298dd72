/* Files of the system: /proc and / through descriptors kept from the start, so that a chroot does not matter. */
#ifndef PROBE_PROC_H
#define PROBE_PROC_H

#include "shared.h"
#include "text.h"

enum { ENOMEM = 12, ENFILE = 23, EMFILE = 24 };

enum {
	PID_MAX_DEFAULT = 32768,
	FD_KEPT = 60, /* kept descriptors are put above what cases may see */
	INODE_PID_INITIAL = 0xeffffffc,
	INODE_USER_INITIAL = 0xeffffffd,
};

static int fd_proc = -1, fd_root = -1;

/* Moves a descriptor out of the way; where the limit forbids that it stays. */
static int fd_keep(int fd)
{
	int kept;

	if (fd < 0)
		return -1;
	kept = sys(NR_fcntl, fd, F_DUPFD_CLOEXEC, FD_KEPT);
	if (kept < 0)
		return fd;
	sys_close(fd);
	return kept;
}

static void proc_open(void)
{
	fd_proc = fd_keep(sys_open(AT_FDCWD, "/proc", O_DIRECTORY));
	fd_root = fd_keep(sys_open(AT_FDCWD, "/", O_DIRECTORY));
}

/* A path below fd_root, whatever the process's own root is by now. */
static const char *below_root(const char *path)
{
	while (*path == '/')
		path++;
	return *path ? path : ".";
}

static int open_path(const char *path, int flags)
{
	return sys_open(fd_root, below_root(path), flags);
}

/* Reads a file into one of the scratch buffers. An empty text when it cannot be read. */
static struct text read_all(int fd, u32 buffer)
{
	struct text t = { shared->scratch[buffer], 0 };

	while (fd >= 0 && t.length < SCRATCH_SIZE) {
		long n = sys(NR_read, fd, t.at + t.length, SCRATCH_SIZE - t.length);

		if (n <= 0)
			break;
		t.length += n;
	}
	if (fd >= 0)
		sys_close(fd);
	return t;
}

static struct text proc_read(const char *path, u32 buffer)
{
	return read_all(sys_open(fd_proc, path, 0), buffer);
}

/* Why files cannot be read now though there are some: no descriptor or memory is left. 0 where they can, or there is no /proc. */
static long proc_hindered(void)
{
	long fd = fd_proc < 0 ? 0 : sys_open(fd_proc, "self/status", 0);

	if (fd > 0)
		sys_close(fd);
	return fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM ? fd : 0;
}

static int proc_exists(const char *path)
{
	return sys(NR_faccessat, fd_proc, path, 0) == 0;
}

/* The number in a file of one number; -1 when there is none. */
static s64 proc_number(const char *path)
{
	struct text t = proc_read(path, 1);

	return t.length ? (s64)text_leading_number(t) : -1;
}

/* Writes a whole string in one call; 0 or -errno. */
static long proc_write(const char *path, const char *content)
{
	int fd = sys_open(fd_proc, path, O_WRONLY);
	long n;

	if (fd < 0)
		return fd;
	n = sys(NR_write, fd, content, text_length(content));
	sys_close(fd);
	return n < 0 ? n : 0;
}

/* What stands behind "Name:" in /proc/self/status. */
static struct text status_field(struct text status, const char *name)
{
	while (status.length) {
		struct text line = text_cut(&status, '\n');
		struct text key = text_cut(&line, ':');

		if (text_is(key, name))
			return line;
	}
	return (struct text){ NULL, 0 };
}

/* The number of a namespace, as in user:[4026531837]; 0 when it cannot be read. */
static u64 namespace_inode(const char *path)
{
	char link[64];
	long n = sys(NR_readlinkat, fd_proc, path, link, sizeof(link));
	struct text t = { link, n > 0 ? n : 0 };

	text_cut(&t, '[');
	return text_leading_number(t);
}

#endif
