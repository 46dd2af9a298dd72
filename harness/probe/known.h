/* What the probe knows of a caller because it made it so; the kernel is asked for the rest. */
#ifndef PROBE_KNOWN_H
#define PROBE_KNOWN_H

#include "pids.h"

/* Whose a pid namespace is, when it is none of the user namespaces that the caller is in by the probe's doing. */
enum owner {
	OWNER_UNKNOWN = -1,
	OWNER_ABOVE = -2,
	OWNER_BELOW = -1000, /* less the user_ns_made of the one that it is below */
};

enum { NAMESPACE_KINDS = 8, FD_CGROUP_FIRST = 10 };

static const char *const namespace_kinds[NAMESPACE_KINDS] = { "user", "pid", "uts", "ipc", "net", "mnt", "cgroup",
							      "time" };

/* Negative numbers stand for what cannot be known. */
static struct {
	s64 kuid, keuid;
	s64 user_ns_level;
	s64 pid_ns_level;
	s64 user_ns_level_most, pid_ns_level_most; /* where the level is not known, but a trial made more of them */
	s64 outer_limit[NAMESPACE_KINDS]; /* lowest user.max_*_namespaces of the user namespaces that were left */
	s64 user_ns_made;		  /* user namespaces that the probe made, one in another */
	struct {
		u32 count;
		s64 of[LEVELS_MOST]; /* innermost last: enum owner, or user_ns_made of the one that owns it */
	} pid_ns_owner;
	int chrooted;
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

static void known_enter_pid_ns(s64 owner)
{
	if (known.pid_ns_level >= 0)
		known.pid_ns_level++;
	if (known.pid_ns_level_most >= 0)
		known.pid_ns_level_most++;
	if (known.pid_ns_owner.count < LEVELS_MOST)
		known.pid_ns_owner.of[known.pid_ns_owner.count++] = owner;
}

/* The owner of the pid namespace we were started in. The kernel shows an owner only to those who are not below it. */
static s64 pid_ns_owner_at_start(void)
{
	int fd = sys_open(fd_proc, "self/ns/pid", 0), owner;
	char path[32];
	struct builder b = builder_on(path);
	u64 inode;

	if (fd < 0)
		return known.user_ns_level == 0 ? 0 : OWNER_UNKNOWN;
	owner = sys(NR_ioctl, fd, NS_GET_USERNS);
	sys_close(fd);
	if (owner < 0)
		return owner == -EPERM ? OWNER_ABOVE : OWNER_UNKNOWN;
	build(&b, "self/fd/");
	build_number(&b, owner);
	inode = namespace_inode(path);
	sys_close(owner);
	return inode == namespace_inode("self/ns/user") ? 0 : OWNER_BELOW;
}

/* Those further out belong to the same user namespace or to one further out. */
static void known_pid_ns_owners(void)
{
	s64 own = pid_ns_owner_at_start(), outer = own;
	u32 levels;

	if (own == OWNER_BELOW || (own == 0 && known.user_ns_level < 0))
		outer = OWNER_UNKNOWN;
	pids_load();
	levels = own_tids.count;
	for (u32 i = 0; i < levels; i++)
		known.pid_ns_owner.of[i] = i + 1 == levels ? own : outer;
	known.pid_ns_owner.count = levels;
	own_tids.count = 0;
}

/* The state that the conductor was started in. */
static void known_start(void)
{
	/* Where there is no such file, there is no such namespace, or no /proc, and then nothing speaks for another one. */
	if (!proc_exists("self/ns/user") || namespace_inode("self/ns/user") == INODE_USER_INITIAL) {
		known.kuid = sys(NR_getuid);
		known.keuid = sys(NR_geteuid);
	} else {
		known.kuid = known.keuid = known.user_ns_level = -1;
	}
	if (proc_exists("self/ns/pid") && namespace_inode("self/ns/pid") != INODE_PID_INITIAL)
		known.pid_ns_level = -1;
	for (u32 i = 0; i < NAMESPACE_KINDS; i++)
		known.outer_limit[i] = -1;
	known_pid_ns_owners();
	known.chrooted = known_chrooted();
}

#endif
