/* Operations of scenarios: descriptors, pidfds, working directory and umask. */
#ifndef PROBE_STEPS_FILES_H
#define PROBE_STEPS_FILES_H

#include "mailbox.h"

enum {
	F_GETFD = 1,
	F_SETFD = 2,
	F_GETFL = 3,
	F_SETFL = 4,
	F_GETLK = 5,
	F_SETLK = 6,
	F_WRLCK = 1,
	F_UNLCK = 2,
	O_APPEND = 02000,
	O_NONBLOCK = 04000,
};

/* In the words of the lines, so the order counts. */
enum { TO_ROOT, TO_PROC };

/* Moves it to a number, or to the next one that is free. */
static s64 move_to(long fd, u64 number)
{
	long moved;

	if (fd < 0 || (u64)fd == number)
		return fd;
	moved = sys(NR_fcntl, fd, F_DUPFD, number);
	sys_close(fd);
	return moved;
}

static s64 step_open(const struct step *s, struct result *r)
{
	(void)r;
	return move_to(sys(NR_openat, AT_FDCWD, "/", O_DIRECTORY, 0), s->v[KEY_FD]);
}

static s64 step_memfd(const struct step *s, struct result *r)
{
	(void)r;
	return move_to(sys(NR_memfd_create, "scenario", 0), s->v[KEY_FD]);
}

static s64 step_close(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_close, s->v[KEY_FD]);
}

static s64 step_getfd(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_fcntl, s->v[KEY_FD], F_GETFD);
}

static s64 step_setfd(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_fcntl, s->v[KEY_FD], F_SETFD, s->v[KEY_FLAG]);
}

static s64 step_getfl(const struct step *s, struct result *r)
{
	s64 ret = sys(NR_fcntl, s->v[KEY_FD], F_GETFL);

	(void)r;
	return ret < 0 ? ret : ret & (O_APPEND | O_NONBLOCK);
}

static s64 step_setfl(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_fcntl, s->v[KEY_FD], F_SETFL, s->v[KEY_FLAG]);
}

static s64 step_dup(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_fcntl, s->v[KEY_FD], F_DUPFD, s->v[KEY_TO_FD]);
}

struct file_lock {
	short type, whence;
	long start, length;
	int pid;
};

static s64 step_lock(const struct step *s, struct result *r)
{
	struct file_lock whole = { .type = F_WRLCK };

	(void)r;
	return sys(NR_fcntl, s->v[KEY_FD], F_SETLK, &whole);
}

/* Whether somebody else's lock would be in the way. */
static s64 step_locked(const struct step *s, struct result *r)
{
	struct file_lock whole = { .type = F_WRLCK };
	s64 ret = sys(NR_fcntl, s->v[KEY_FD], F_GETLK, &whole);

	(void)r;
	return ret ? ret : whole.type != F_UNLCK;
}

static s64 step_lseek(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_lseek, s->v[KEY_FD], s->v[KEY_OFFSET], s->v[KEY_WHENCE]);
}

static long pidfd_at(const struct step *s)
{
	return *(volatile int *)memory_at(s->v[KEY_AT]);
}

static s64 step_pidfd_getfl(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_fcntl, pidfd_at(s), F_GETFL);
}

static s64 step_pidfd_getfd(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_fcntl, pidfd_at(s), F_GETFD);
}

static s64 step_pidfd_poll(const struct step *s, struct result *r)
{
	struct pollfd p = { pidfd_at(s), POLLIN, 0 };
	struct timespec none = { 0, 0 };
	s64 ret = sys(NR_ppoll, &p, 1, &none, 0, 8);

	(void)r;
	return ret < 0 ? ret : p.revents;
}

static s64 step_pidfd_kill(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_pidfd_send_signal, pidfd_at(s), s->v[KEY_SIGNAL], 0, 0);
}

static s64 step_chdir(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_chdir, s->v[KEY_TO] == TO_ROOT ? "/" : "/proc");
}

static s64 step_cwd(const struct step *s, struct result *r)
{
	char path[256];
	s64 n = sys(NR_getcwd, path, sizeof(path));
	struct text t = { path, n > 0 ? n - 1 : 0 };

	(void)s, (void)r;
	if (n < 0 && n != -ERANGE)
		return n;
	return text_is(t, "/") ? 0 : text_is(t, "/proc") ? 1 : 2;
}

static s64 step_umask(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_umask, s->v[KEY_MASK]);
}

#endif
