/*
 * The operation execve: a task goes on in a new image of the probe. Nothing of a process's memory is left then, so the
 * memory in which host and tasks meet is a file, and its descriptor and those of the probe, / and /proc stay open.
 */
#ifndef PROBE_EXECVE_H
#define PROBE_EXECVE_H

#include "blocked.h"
#include "memory.h"
#include "steps_files.h"
#include "watchdog.h"

enum {
	AT_EMPTY_PATH = 0x1000,
	FALLOC_FL_KEEP_SIZE = 1,
	FALLOC_FL_PUNCH_HOLE = 2,
	R_OK_X_OK = 5,
};

#define TASK_ARGUMENT "--task"

static char **environment; /* of the probe: new images get the same */

/* Moves a descriptor out of the way, as fd_keep does, but leaves it open over execve. */
static int fd_keep_open(int fd)
{
	int kept = fd_keep(fd);

	if (kept >= 0)
		sys(NR_fcntl, kept, F_SETFD, 0);
	return kept;
}

static int memory_file(void)
{
	long fd = sys(NR_memfd_create, "clonecheck", 0);

	if (fd >= 0 && sys(NR_ftruncate, fd, 2 * WINDOW_SIZE)) {
		sys_close(fd);
		return -EINVAL;
	}
	return fd < 0 ? fd : fd_keep_open(fd);
}

/* By the conductor, for all hosts. Where there are no files of memory, there is no execve. */
static int scenario_map(void)
{
	int fd = memory_file();

	if (fd >= 0 && scenario_map_at(fd)) {
		sys_close(fd);
		fd = -EINVAL;
	}
	if (fd < 0 && scenario_map_at(fd))
		return -1;
	scenario->fd_memory = fd;
	scenario->fd_probe = fd_keep_open(sys_open(fd_proc, "self/exe", O_PATH));
	scenario->fd_proc = fd_proc;
	scenario->fd_root = fd_root;
	sys(NR_fcntl, fd_proc, F_SETFD, 0);
	sys(NR_fcntl, fd_root, F_SETFD, 0);
	scenario->timeout_ms = timeout_ms;
	return 0;
}

/* Before each scenario: SHARED is zero. */
static void shared_region_clear(void)
{
	int fd = scenario->fd_memory;

	if (!scenario->uses_shared || fd < 0)
		return;
	if (sys(NR_fallocate, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, WINDOW_SIZE, WINDOW_SIZE) == 0)
		return;
	/* Not every kernel punches holes. */
	sys(NR_ftruncate, fd, WINDOW_SIZE);
	sys(NR_ftruncate, fd, 2 * WINDOW_SIZE);
}

/* What stands in the way of execve that is none of the kernel's doing: 0, or -1 and shared->why. */
static int execve_prepare(void)
{
	char path[32];
	struct builder b = builder_on(path);

	if (!scenario->uses_execve)
		return 0;
	if (scenario->fd_memory < 0)
		return blocked("scenario: memfd_create", scenario->fd_memory);
	if (scenario->fd_probe < 0)
		return blocked("scenario: open of the probe", scenario->fd_probe);
	build(&b, "self/fd/");
	build_number(&b, scenario->fd_probe);
	if (sys(NR_faccessat, fd_proc, path, R_OK_X_OK))
		return blocked_because("scenario: the caller may not read and execute the file of the probe");
	return 0;
}

static s64 step_execve(const struct step *s, struct result *r)
{
	char task[24], fd[24];
	char *arguments[] = { "probe", TASK_ARGUMENT, task, fd, NULL };
	struct builder b = builder_on(task), c = builder_on(fd);
	long ret;

	(void)r;
	build_number(&b, s->task);
	build_number(&c, scenario->fd_memory);
	scenario->mail[s->task].other_pid_ns = children_in_other_pid_ns;
	ret = sys(NR_execveat, scenario->fd_probe, "", arguments, environment, AT_EMPTY_PATH);
	if (ret == -ENOSYS)
		ret = sys(NR_execve, "/proc/self/exe", arguments, environment);
	return ret;
}

/* --- the new image --- */

/* The part of a path that names the thread group. */
static struct text group_of(const struct mailbox *m)
{
	struct text path = text_of(m->path);

	return text_cut(&path, '/');
}

/* A thread takes over what its leader was called. All others of the group have ended. */
static void replace_group(struct mailbox *m)
{
	struct text own = group_of(m);

	for (u32 k = 0; own.length && k < scenario->tasks_count; k++) {
		struct mailbox *other = &scenario->mail[k];
		struct text group = group_of(other);

		if (other == m || group.length != own.length || memcmp(group.at, own.at, own.length))
			continue;
		if (text_is(text_of(m->path), other->path))
			m->tid = other->tid;
		other->replaced = 1;
	}
}

/* Does for a new image what arena, host and conductor have done for the first. Signals and all else are left as they are. */
static int image_map(int fd)
{
	if (scenario_map_at(fd) || stacks_map() || memory_map() || shared_map())
		return -1;
	fd_proc = scenario->fd_proc;
	fd_root = scenario->fd_root;
	timeout_ms = scenario->timeout_ms;
	shared->private_pids = scenario->private_pids;
	return scenario->uses_shared ? is_mapped_at(shared_region_map(), REGION_SHARED) : 0;
}

#endif
