/*
 * What a caller can be made to be. Host attributes are entered once, in the order given; arena attributes by each
 * arena, in the order of the table, since most other orders shut themselves out.
 */
#ifndef PROBE_ATTRIBUTES_H
#define PROBE_ATTRIBUTES_H

#include "blocked.h"
#include "cgroup.h"
#include "known.h"
#include "pids.h"
#include "task.h"

enum { USER_IDS = 0x20000000 };

/* --- capabilities and privileges --- */

struct capabilities {
	u32 effective, permitted, inheritable;
};

struct capability_header {
	u32 version;
	int pid;
};

static struct capability_header capability_v3 = { 0x20080522, 0 };

static u64 capabilities_effective(void)
{
	struct capabilities c[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	sys(NR_capget, &capability_v3, c);
	return (u64)c[1].effective << 32 | c[0].effective;
}

/* The bounding set can only be dropped from with CAP_SETPCAP, so it goes first, as far as it may. */
static int capabilities_keep(u64 mask)
{
	struct capabilities c[2];
	long error;

	for (u32 cap = 0; cap < 64; cap++)
		if (!(mask >> cap & 1))
			sys(NR_prctl, PR_CAPBSET_DROP, cap);
	error = sys(NR_capget, &capability_v3, c);
	if (error)
		return blocked("capget", error);
	for (u32 i = 0; i < 2; i++) {
		c[i].permitted &= mask >> (32 * i);
		c[i].effective = c[i].permitted;
		c[i].inheritable = 0;
	}
	error = sys(NR_capset, &capability_v3, c);
	if (error)
		return blocked("capset", error);
	stay_bound();
	return 0;
}

static int enter_no_caps(const struct attribute *a)
{
	(void)a;
	return capabilities_keep(0);
}

static int enter_caps(const struct attribute *a)
{
	return capabilities_keep(a->value);
}

static int enter_no_new_privs(const struct attribute *a)
{
	long error = sys(NR_prctl, PR_SET_NO_NEW_PRIVS, 1);

	(void)a;
	return error ? blocked("prctl", error) : 0;
}

/* The last id of a user namespace's map that can serve when the preferred one is not in it; 0 when there is none. */
static u64 mapped_id(const char *map, u64 preferred)
{
	struct text lines = proc_read(map, 1);
	u64 found = 0;

	if (!proc_exists(map))
		return preferred;
	while (lines.length) {
		struct text line = text_cut(&lines, '\n');
		u64 first = text_leading_number(text_word(&line)), count;

		text_word(&line);
		count = text_leading_number(text_word(&line));
		if (preferred >= first && preferred - first < count)
			return preferred;
		if (first + count > 1 && first + count - 1 > found)
			found = first + count - 1;
	}
	return found;
}

/*
 * The uid is derived from the pid, so that no other process has it and its tasks can be counted. In a user namespace
 * that does not map it, the highest that is mapped has to do, and the count is unknown.
 */
static int enter_user(const struct attribute *a)
{
	u64 own = USER_IDS + self_in_proc(), uid, gid;
	struct capabilities none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	long error;

	(void)a;
	if (sys(NR_geteuid) != 0)
		return 0;
	uid = mapped_id("self/uid_map", own);
	gid = mapped_id("self/gid_map", own);
	if (!uid || !gid)
		return blocked_because("no other id is mapped");
	error = sys(NR_setgroups, 0, 0);
	if (error && error != -EPERM)
		return blocked("setgroups", error);
	error = sys(NR_setresgid, gid, gid, gid);
	if (error)
		return blocked("setresgid", error);
	error = sys(NR_setresuid, uid, uid, uid);
	if (error)
		return blocked("setresuid", error);
	error = sys(NR_capset, &capability_v3, none);
	if (error)
		return blocked("capset", error);
	stay_bound();
	known.kuid = known.keuid = known.user_ns_level == 0 ? (s64)uid : -1;
	known.host_tasks = uid == own ? 1 : -1;
	return 0;
}

/* --- user namespaces --- */

enum { MAP_UID = 1, MAP_GID = 2 };

static int write_map(const char *path, const char *call, u64 outer)
{
	char line[40];
	struct builder b = builder_on(line);
	long error;

	build(&b, "0 ");
	build_number(&b, outer);
	build(&b, " 1\n");
	error = proc_write(path, line);
	return error ? blocked(call, error) : 0;
}

/* 0, or what unshare refused it with, or 1 when the maps were refused (shared->why is set). */
static long new_user_ns(int maps)
{
	u64 uid = sys(NR_geteuid), gid = sys(NR_getegid);
	long error;

	known_leave_user_ns();
	error = sys(NR_unshare, CLONE_NEWUSER);
	if (error)
		return error;
	known.user_ns_made++;
	if (known.user_ns_level >= 0)
		known.user_ns_level++;
	if (known.user_ns_level_most >= 0)
		known.user_ns_level_most++;
	stay_bound();
	if ((maps & MAP_UID) && write_map("self/uid_map", "write uid_map", uid))
		return 1;
	if (maps & MAP_GID) {
		proc_write("self/setgroups", "deny");
		if (write_map("self/gid_map", "write gid_map", gid))
			return 1;
	}
	return 0;
}

static int enter_user_ns(int maps)
{
	long error = new_user_ns(maps);

	if (error < 0)
		return blocked("unshare", error);
	return error ? -1 : 0;
}

static int enter_userns(const struct attribute *a)
{
	(void)a;
	return enter_user_ns(MAP_UID | MAP_GID);
}

static int enter_userns_unmapped(const struct attribute *a)
{
	(void)a;
	return enter_user_ns(0);
}

static int enter_userns_no_gid_map(const struct attribute *a)
{
	(void)a;
	return enter_user_ns(MAP_UID);
}

static int enter_userns_no_uid_map(const struct attribute *a)
{
	(void)a;
	return enter_user_ns(MAP_GID);
}

static int enter_userns_deepest(const struct attribute *a)
{
	(void)a;
	for (u32 made = 0; made < 100; made++) {
		long error = new_user_ns(MAP_UID | MAP_GID);

		if (error == -ENOSPC || error == -EUSERS)
			return 0;
		if (error < 0)
			return blocked("unshare", error);
		if (error)
			return -1;
	}
	return blocked_because("100 nested user namespaces and no end");
}

static int enter_max(const struct attribute *a)
{
	struct text word = { shared->caller.text + a->word + 4, a->length - 4 };
	struct text kind = text_cut(&word, '=');
	int found = 0;

	if (!known.user_ns_made)
		return blocked_because("the user namespace is not one that the probe made");
	for (u32 i = 0; i < NAMESPACE_KINDS; i++) {
		char path[64], number[24];
		struct builder p = builder_on(path), n = builder_on(number);
		long error;

		if (!text_is(kind, "all") && !text_is(kind, namespace_kinds[i]))
			continue;
		found = 1;
		build(&p, "sys/user/max_");
		build(&p, namespace_kinds[i]);
		build(&p, "_namespaces");
		build_number(&n, a->value);
		error = proc_write(path, number);
		if (error == -ENOENT && text_is(kind, "all"))
			continue;
		if (error)
			return blocked(path, error);
	}
	return found ? 0 : blocked_because("is no kind of namespace");
}

/* --- pid namespaces --- */

/* Waits for the child that goes on as the host, and ends as it does. */
static __attribute__((noreturn)) void follow(long child, long helper)
{
	int status = 0;
	long pid;

	do {
		pid = sys(NR_wait4, -1, &status, WALL, 0);
	} while (pid != child && pid != -ECHILD);
	if (helper > 0) {
		int ignored;

		sys(NR_kill, helper, SIGKILL);
		while (sys(NR_wait4, -1, &ignored, WALL, 0) != -ECHILD)
			;
	}
	sys_exit(pid == child && !(status & 0x7f) ? status >> 8 & 0xff : 0);
}

/* A child goes on as the host, in another pid namespace; the parent stays behind. `helper` is killed when it ends. */
static int go_on_in_child(long helper, s64 owner)
{
	s64 self = sys(NR_getpid), self_outside = self_in_proc();
	long pid = sys_fork(0);

	if (pid < 0) {
		if (helper > 0)
			sys(NR_kill, helper, SIGKILL);
		return blocked("clone", pid);
	}
	if (pid > 0)
		follow(pid, helper);
	bind_to_parent(self, self_outside);
	sys(NR_prctl, PR_SET_CHILD_SUBREAPER, 1);
	if (known.host_tasks >= 0)
		known.host_tasks++;
	if (known.group_tasks)
		known.group_tasks++;
	known_enter_pid_ns(owner);
	return 0;
}

static int enter_pidns(const struct attribute *a)
{
	long error = sys(NR_unshare, CLONE_NEWPID);

	(void)a;
	if (error)
		return blocked("unshare", error);
	if (go_on_in_child(0, known.user_ns_made))
		return -1;
	shared->private_pids = sys(NR_getpid) == 1;
	return 0;
}

static int enter_pidns_deepest(const struct attribute *a)
{
	(void)a;
	for (u32 made = 0; made < 100; made++) {
		long error = sys(NR_unshare, CLONE_NEWPID);

		if (error == -ENOSPC || error == -EUSERS || (error == -EINVAL && made))
			return 0;
		if (error)
			return blocked("unshare", error);
		if (go_on_in_child(0, known.user_ns_made))
			return -1;
		shared->private_pids = sys(NR_getpid) == 1;
	}
	return blocked_because("100 nested pid namespaces and no end");
}

/* The init of a pid namespace owned by a child user namespace: says its pid in /proc, and stays. */
static __attribute__((noreturn)) void foreign_init(int report)
{
	s64 pid;

	stay_bound();
	pid = self_in_proc();
	sys(NR_write, report, &pid, sizeof(pid));
	sys_close(report);
	for (;;)
		sys_poll(-1, 0, -1);
}

static __attribute__((noreturn)) void foreign_helper(int report, s64 parent, s64 parent_outside)
{
	s64 failed;
	long pid;
	int status;

	bind_to_parent(parent, parent_outside);
	failed = sys(NR_unshare, CLONE_NEWUSER);
	stay_bound();
	if (!failed) {
		pid = sys_fork(CLONE_NEWPID);
		if (pid == 0)
			foreign_init(report);
		failed = pid < 0 ? pid : 0;
	}
	if (failed)
		sys(NR_write, report, &failed, sizeof(failed));
	sys_close(report);
	while (sys(NR_wait4, -1, &status, WALL, 0) != -ECHILD)
		;
	sys_exit(0);
}

static int enter_pidns_foreign(const struct attribute *a)
{
	s64 self = sys(NR_getpid), self_outside = self_in_proc(), pid = 0;
	int ends[2], fd;
	long helper, error;
	char path[32];
	struct builder b = builder_on(path);

	(void)a;
	error = sys(NR_pipe2, ends, O_CLOEXEC);
	if (error)
		return blocked("pipe2", error);
	helper = sys_fork(0);
	if (helper == 0) {
		sys_close(ends[0]);
		foreign_helper(ends[1], self, self_outside);
	}
	sys_close(ends[1]);
	if (helper < 0) {
		sys_close(ends[0]);
		return blocked("clone", helper);
	}
	error = sys(NR_read, ends[0], &pid, sizeof(pid));
	sys_close(ends[0]);
	if (error != sizeof(pid) || pid <= 0)
		return blocked("unshare(CLONE_NEWUSER) and clone(CLONE_NEWPID) of a helper", pid ? pid : -ENXIO);
	build_number(&b, pid);
	build(&b, "/ns/pid");
	fd = sys_open(fd_proc, path, 0);
	if (fd < 0)
		return blocked("open ns/pid", fd);
	error = sys(NR_setns, fd, CLONE_NEWPID);
	sys_close(fd);
	if (error)
		return blocked("setns", error);
	if (go_on_in_child(helper, OWNER_BELOW - known.user_ns_made))
		return -1;
	/* Its init is the helper's, so that the host must not kill whatever it sees. */
	shared->private_pids = 0;
	return 0;
}

/* --- the rest of the host's --- */

static int enter_chroot(const struct attribute *a)
{
	long error = sys(NR_chroot, "/proc");

	(void)a;
	if (error)
		return blocked("chroot", error);
	known.chrooted = 1;
	return 0;
}

struct bpf {
	u16 code;
	u8 if_true, if_false;
	u32 k;
};

enum { BPF_LOAD = 0x20, BPF_EQUAL = 0x15, BPF_ANY_BIT = 0x45, BPF_RETURN = 0x06 };

#define SECCOMP_ALLOW 0x7fff0000
#define SECCOMP_ERRNO 0x00050000

static int enter_seccomp_container(const struct attribute *a)
{
	static const struct bpf filter[] = {
		{ BPF_LOAD, 0, 0, 4 }, /* the architecture */
		{ BPF_EQUAL, 0, 5, STUB_AUDIT_ARCH },
		{ BPF_LOAD, 0, 0, 0 }, /* the number */
		{ BPF_EQUAL, 4, 0, NR_clone3 },
		{ BPF_EQUAL, 0, 2, NR_clone },
		{ BPF_LOAD, 0, 0, 16 }, /* the low half of the flags */
		{ BPF_ANY_BIT, 2, 0, 0x7e020000 },
		{ BPF_RETURN, 0, 0, SECCOMP_ALLOW },
		{ BPF_RETURN, 0, 0, SECCOMP_ERRNO | ENOSYS },
		{ BPF_RETURN, 0, 0, SECCOMP_ERRNO | EPERM },
	};
	struct {
		u16 length;
		const struct bpf *filter;
	} program = { ARRAY_SIZE(filter), filter };
	long error = sys(NR_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);

	(void)a;
	if (error == -EACCES) {
		/* Without CAP_SYS_ADMIN a filter takes no_new_privs. */
		sys(NR_prctl, PR_SET_NO_NEW_PRIVS, 1);
		error = sys(NR_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	}
	if (error)
		return blocked("prctl", error);
	known.seccomp = 1;
	return 0;
}

static int enter_pids_max(const struct attribute *a)
{
	(void)a;
	return cgroup_pids_max();
}

static int enter_cgroups(const struct attribute *a)
{
	(void)a;
	return cgroup_fixtures();
}

static int enter_autoreap(const struct attribute *a)
{
	(void)a;
	known.autoreap = 1;
	return 0;
}

/* --- the arena's --- */

static int enter_threads(const struct attribute *a)
{
	long tid = stub_sleeping_thread(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
					CLONE_SYSVSEM);

	(void)a;
	if (tid < 0)
		return blocked("clone", tid);
	known.arena_tasks++;
	return 0;
}

static int enter_unshare_time(const struct attribute *a)
{
	long error = sys(NR_unshare, CLONE_NEWTIME);

	(void)a;
	return error ? blocked("unshare", error) : 0;
}

static int enter_unshare_pid(const struct attribute *a)
{
	long error = sys(NR_unshare, CLONE_NEWPID);

	(void)a;
	if (error)
		return blocked("unshare", error);
	known.pid_ns_for_children = "empty";
	children_in_other_pid_ns = children_in_empty_pid_ns = 1;
	return 0;
}

static int enter_dead_pidns(const struct attribute *a)
{
	int status;
	long pid;

	if (enter_unshare_pid(a))
		return -1;
	pid = sys_fork(0);
	if (pid == 0)
		sys_exit(0);
	if (pid < 0)
		return blocked("clone", pid);
	sys(NR_wait4, pid, &status, WALL, 0);
	known.pid_ns_for_children = "dead";
	children_in_empty_pid_ns = 0;
	return 0;
}

struct sched_attributes {
	u32 size, policy;
	u64 flags;
	int nice;
	u32 priority;
	u64 runtime, deadline, period;
};

/*
 * An arena that has gone keeps its share of the processor until its deadline would have come, so that arenas in quick
 * succession may have to wait for a share to come free.
 */
static int enter_deadline_with(u64 flags)
{
	struct sched_attributes s = { sizeof(s), SCHED_DEADLINE, flags, 0, 0, 20000000, 100000000, 100000000 };
	long error = -EBUSY;

	for (u32 tries = 0; error == -EBUSY && tries < 100; tries++) {
		if (tries)
			sys_poll(-1, 0, 10);
		error = sys(NR_sched_setattr, 0, &s, 0);
	}
	return error ? blocked("sched_setattr", error) : 0;
}

static int enter_deadline(const struct attribute *a)
{
	(void)a;
	return enter_deadline_with(0);
}

static int enter_deadline_reset(const struct attribute *a)
{
	(void)a;
	return enter_deadline_with(1);
}

static int enter_nproc(const struct attribute *a)
{
	struct rlimit limit = sys_rlimit(RLIMIT_NPROC);
	long error;

	if (known.host_tasks < 0 && a->value)
		return blocked_because("others may have the same user, so that only nproc=0 can be done");
	limit.soft = known.host_tasks < 0 ? 0 : known.host_tasks + known.arena_tasks + a->value;
	error = sys(NR_prlimit64, 0, RLIMIT_NPROC, &limit, 0);
	return error ? blocked("prlimit64", error) : 0;
}

/* Every descriptor below the lowest free one is taken, so that this is the limit. */
static int enter_nofile(const struct attribute *a)
{
	struct rlimit limit = sys_rlimit(RLIMIT_NOFILE);
	long lowest, error;

	(void)a;
	pids_load();
	lowest = sys(NR_fcntl, 0, F_DUPFD, 0);
	if (lowest < 0)
		return 0;
	sys_close(lowest);
	limit.soft = lowest;
	error = sys(NR_prlimit64, 0, RLIMIT_NOFILE, &limit, 0);
	return error ? blocked("prlimit64", error) : 0;
}

/* --- the table --- */

enum place { PLACE_HOST, PLACE_ARENA, PLACE_ARENA_BIRTH, PLACE_ARENA_LAST };

static const struct attribute_kind {
	const char *name; /* one that ends in = takes a number */
	enum place place;
	int (*enter)(const struct attribute *a);
} attribute_kinds[] = {
	{ "user", PLACE_HOST, enter_user },
	{ "no-caps", PLACE_HOST, enter_no_caps },
	{ "caps=", PLACE_HOST, enter_caps },
	{ "no-new-privs", PLACE_HOST, enter_no_new_privs },
	{ "userns", PLACE_HOST, enter_userns },
	{ "userns-unmapped", PLACE_HOST, enter_userns_unmapped },
	{ "userns-no-gid-map", PLACE_HOST, enter_userns_no_gid_map },
	{ "userns-no-uid-map", PLACE_HOST, enter_userns_no_uid_map },
	{ "userns-deepest", PLACE_HOST, enter_userns_deepest },
	{ "pidns", PLACE_HOST, enter_pidns },
	{ "pidns-deepest", PLACE_HOST, enter_pidns_deepest },
	{ "pidns-foreign", PLACE_HOST, enter_pidns_foreign },
	{ "max-", PLACE_HOST, enter_max },
	{ "chroot", PLACE_HOST, enter_chroot },
	{ "seccomp-container", PLACE_HOST, enter_seccomp_container },
	{ "pids-max", PLACE_HOST, enter_pids_max },
	{ "cgroups", PLACE_HOST, enter_cgroups },
	{ "autoreap", PLACE_HOST, enter_autoreap },
	{ "pidns-init", PLACE_ARENA_BIRTH, NULL },
	{ "threads", PLACE_ARENA, enter_threads },
	{ "unshare-time", PLACE_ARENA, enter_unshare_time },
	{ "unshare-pid", PLACE_ARENA, enter_unshare_pid },
	{ "dead-pidns", PLACE_ARENA, enter_dead_pidns },
	{ "deadline", PLACE_ARENA, enter_deadline },
	{ "deadline-reset", PLACE_ARENA, enter_deadline_reset },
	{ "nproc=", PLACE_ARENA, enter_nproc },
	{ "nofile", PLACE_ARENA_LAST, enter_nofile },
};

static struct text attribute_word(const struct attribute *a)
{
	return (struct text){ shared->caller.text + a->word, a->length };
}

static int attribute_parse(struct text word, struct attribute *a)
{
	struct text value = word, name = text_cut(&value, '=');
	int has_value = name.length < word.length;

	for (u32 i = 0; i < ARRAY_SIZE(attribute_kinds); i++) {
		const char *known_name = attribute_kinds[i].name;
		u32 n = text_length(known_name);

		if (known_name[n - 1] == '-') {
			if (!has_value || !text_begins(word, known_name))
				continue;
		} else if (known_name[n - 1] == '=') {
			if (!has_value || name.length != n - 1 || !text_begins(word, known_name))
				continue;
		} else if (has_value || !text_is(word, known_name)) {
			continue;
		}
		a->kind = i;
		a->value = 0;
		return has_value ? text_number(value, &a->value) : 0;
	}
	return -1;
}

/* Takes a caller line apart into shared->caller; what is wrong with it makes the caller one that is blocked. */
static void caller_parse(struct text line, int too_long)
{
	struct text word;
	struct builder b = builder_on(shared->caller.error), t = builder_on(shared->caller.text);

	text_word(&line);
	shared->caller.error[0] = 0;
	shared->caller.count = 0;
	word = text_word(&line);
	if (!word.length)
		build(&b, "the line has no NAME");
	build_text(&t, word);
	shared->caller.name_length = word.length;
	for (word = text_word(&line); word.length; word = text_word(&line)) {
		struct attribute a = { 0, 0, 0, 0 };

		build_char(&t, ' ');
		a.word = t.at - shared->caller.text;
		a.length = word.length;
		build_text(&t, word);
		if (shared->caller.error[0] || too_long)
			continue;
		if (shared->caller.count == ATTRIBUTES_MOST) {
			build(&b, "more than 64 attributes");
		} else if (attribute_parse(word, &a)) {
			if (word.length > 80)
				word.length = 80;
			build_text(&b, word);
			build(&b, ": is no attribute");
		} else {
			shared->caller.attributes[shared->caller.count++] = a;
		}
	}
	if (too_long)
		build(&b, "the line is longer than 4095 bytes");
	shared->caller.length = t.at - shared->caller.text;
}

static int caller_has(const char *name)
{
	for (u32 i = 0; i < shared->caller.count; i++)
		if (text_is(attribute_word(&shared->caller.attributes[i]), name))
			return 1;
	return 0;
}

static int attribute_enter(const struct attribute *a)
{
	int failed;

	attribute_now = attribute_word(a);
	failed = attribute_kinds[a->kind].enter(a);
	attribute_now.length = 0;
	return failed;
}

static int attributes_enter_host(void)
{
	for (u32 i = 0; i < shared->caller.count; i++) {
		const struct attribute *a = &shared->caller.attributes[i];

		if (attribute_kinds[a->kind].place == PLACE_HOST && attribute_enter(a))
			return -1;
	}
	return 0;
}

/* In the order of the table. */
static int attributes_enter_arena(enum place place)
{
	for (u32 kind = 0; kind < ARRAY_SIZE(attribute_kinds); kind++) {
		if (attribute_kinds[kind].place != place)
			continue;
		for (u32 i = 0; i < shared->caller.count; i++)
			if (shared->caller.attributes[i].kind == kind &&
			    attribute_enter(&shared->caller.attributes[i]))
				return -1;
	}
	return 0;
}

/* A caller line says it, escaped. */
static void put_caller(void)
{
	struct text rest = { shared->caller.text, shared->caller.length }, word;

	put("{\"type\":\"caller\"");
	put_key_string("name", (struct text){ rest.at, shared->caller.name_length });
	rest.at += shared->caller.name_length;
	rest.length -= shared->caller.name_length;
	put_key("attributes");
	put("[");
	for (word = text_word(&rest); word.length;) {
		put_string(word);
		word = text_word(&rest);
		if (word.length)
			put(",");
	}
	put("]");
}

#endif
