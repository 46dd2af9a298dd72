/* What the probe knows of a caller because it made it so; the kernel is asked for the rest. */
#ifndef PROBE_KNOWN_H
#define PROBE_KNOWN_H

#include "proc.h"

enum { NAMESPACE_KINDS = 8, FD_CGROUP_FIRST = 10, FD_CGROUP_LAST = 17 };

static const char *const namespace_kinds[NAMESPACE_KINDS] = { "user", "pid", "uts", "ipc", "net", "mnt", "cgroup",
							      "time" };

/* Negative numbers stand for what cannot be known. */
static struct {
	s64 kuid, keuid;
	s64 user_ns_level;
	s64 pid_ns_level;
	s64 outer_limit[NAMESPACE_KINDS]; /* lowest user.max_*_namespaces of the user namespaces that were left */
	int own_user_ns;		  /* the user namespace was made by the probe */
	int chrooted;
	int foreign_pid_ns; /* the pid namespace is owned by a child user namespace */
	int seccomp;	    /* the filter is ours */
	s64 host_tasks;	    /* tasks of the user beside arenas; negative: others may have the same user */
	int group_tasks;    /* tasks in the cgroup of pids-max beside arenas; 0: there is none */
	int fd_pids_max;
	u32 cgroup_fds; /* bit i: descriptor FD_CGROUP_FIRST + i is there */
	u32 cgroup_tried;
	int autoreap;
	/* by the arena: */
	int arena_tasks;
	const char *pid_ns_for_children;
} known = { .fd_pids_max = -1, .host_tasks = -1, .arena_tasks = 1, .pid_ns_for_children = "same" };

static s64 namespace_limit(u32 kind)
{
	char path[64];
	struct builder b = builder_on(path);

	build(&b, "sys/user/max_");
	build(&b, namespace_kinds[kind]);
	build(&b, "_namespaces");
	return proc_number(path);
}

/* Remembers the limits of a user namespace that is about to be left for a child of its. */
static void known_leave_user_ns(void)
{
	for (u32 i = 0; i < NAMESPACE_KINDS; i++) {
		s64 limit = namespace_limit(i);

		if (limit >= 0 && (known.outer_limit[i] < 0 || limit < known.outer_limit[i]))
			known.outer_limit[i] = limit;
	}
}

/* In a chroot? Seen by trying what is refused there: a user namespace. */
static int known_chrooted(void)
{
	struct text mounts = proc_read("self/mountinfo", 0);
	int status = -1, root_is_mount = 0;
	long pid;

	pid = sys_fork(0);
	if (pid == 0)
		sys_exit(sys(NR_unshare, CLONE_NEWUSER) == 0 ? 0 : 1);
	if (pid > 0)
		sys(NR_wait4, pid, &status, WALL, 0);
	if (status == 0)
		return 0;
	if (!mounts.length)
		return -1;
	while (mounts.length) {
		struct text line = text_cut(&mounts, '\n');

		for (u32 i = 0; i < 4; i++)
			text_word(&line);
		root_is_mount |= text_is(text_word(&line), "/");
	}
	return root_is_mount ? -1 : 1;
}

/* The state that the conductor was started in. */
static void known_start(void)
{
	if (namespace_inode("self/ns/user") == INODE_USER_INITIAL) {
		known.kuid = sys(NR_getuid);
		known.keuid = sys(NR_geteuid);
	} else {
		known.kuid = known.keuid = known.user_ns_level = -1;
	}
	known.pid_ns_level = namespace_inode("self/ns/pid") == INODE_PID_INITIAL ? 0 : -1;
	for (u32 i = 0; i < NAMESPACE_KINDS; i++)
		known.outer_limit[i] = -1;
	known.chrooted = known_chrooted();
}

#endif
