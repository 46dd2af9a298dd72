/* Facts: what a caller, and the system, is; for the model to predict from. */
#ifndef PROBE_FACTS_H
#define PROBE_FACTS_H

#include "attributes.h"
#include "nesting.h"

struct uname {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

/* --- the system --- */

static void put_namespaces(void)
{
	struct text list = { shared->scratch[0], 0 };
	int fd = sys_open(fd_proc, "self/ns", O_DIRECTORY);
	long n = fd < 0 ? fd : sys(NR_getdents64, fd, list.at, SCRATCH_SIZE);
	int first = 1;

	put_key("ns");
	put("[");
	for (long at = 0; n > 0 && at < n;) {
		const char *entry = list.at + at;
		struct text name = text_of(entry + 19);

		at += *(const u16 *)(entry + 16);
		if (name.at[0] == '.')
			continue;
		if (!first)
			put(",");
		first = 0;
		put_string(name);
	}
	put("]");
	if (fd >= 0)
		sys_close(fd);
}

static void put_sysctl(void)
{
	static const char *const names[] = {
		"kernel.pid_max", "kernel.threads-max", "kernel.unprivileged_userns_clone",
		"kernel.apparmor_restrict_unprivileged_userns", "fs.nr_open", "user.max_user_namespaces",
	};
	int first = 1;

	put_key("sysctl");
	put("{");
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		char path[80];
		struct builder b = builder_on(path);
		s64 value;

		build(&b, "sys/");
		build(&b, names[i]);
		for (char *c = path; *c; c++)
			if (*c == '.')
				*c = '/';
		value = proc_number(path);
		if (value < 0)
			continue;
		if (!first)
			put(",");
		first = 0;
		put_string(text_of(names[i]));
		put(":");
		put_number(value);
	}
	put("}");
}

/* Options of the kernel's configuration that show in /proc. */
static void put_config(void)
{
	static const struct {
		const char *option, *path;
	} shown[] = {
		{ "UTS_NS", "self/ns/uts" },	 { "IPC_NS", "self/ns/ipc" },	  { "USER_NS", "self/ns/user" },
		{ "PID_NS", "self/ns/pid" },	 { "NET_NS", "self/ns/net" },	  { "TIME_NS", "self/ns/time" },
		{ "CGROUPS", "self/cgroup" },	 { "SYSVIPC", "sysvipc" },	  { "BLOCK", "diskstats" },
	};
	int first = 1;

	put_key("config");
	put("{");
	for (u32 i = 0; proc_exists("self/ns") && i < ARRAY_SIZE(shown); i++) {
		put(first ? "\"" : ",\"");
		first = 0;
		put(shown[i].option);
		put(proc_exists(shown[i].path) ? "\":\"y\"" : "\":\"n\"");
	}
	if (!first) {
		put(",\"KCMP\":");
		put(sys(NR_kcmp, 0, 0, 99, 0, 0) == -ENOSYS ? "\"n\"" : "\"y\"");
	}
	put("}");
}

static int cpu_has_la57(void)
{
	struct text cpuinfo = proc_read("cpuinfo", 0);

	if (!STUB_HAS_LA57)
		return -1;
	while (cpuinfo.length) {
		struct text value = text_cut(&cpuinfo, '\n');
		struct text key = text_cut(&value, ':');

		if (text_begins(key, "flags"))
			return text_has_word(value, "la57");
	}
	return -1;
}

/* Whether a 64-bit kernel is behind a 32-bit architecture: it takes the fields of clone3 whole. */
static int kernel_is_of_64(const struct uname *u)
{
#if defined(__i386__)
	(void)u;
	return descriptor_is_of_64();
#else
	return STUB_IS_64 || text_begins(text_of(u->machine), "aarch64") || text_begins(text_of(u->machine), "armv8l");
#endif
}

static void put_header(u64 page_size)
{
	struct uname u;
	struct cgroup_path point, root;
	struct text lsm;

	memset(&u, 0, sizeof(u));
	sys(NR_uname, &u);
	line_begin();
	put("{\"type\":\"header\",\"protocol\":1");
	put_key_string("arch", text_of(STUB_ARCH));
	put_key_string("release", text_of(u.release));
	put_key_string("version", text_of(u.version));
	put_key_string("machine", text_of(u.machine));
	if (!STUB_IS_64)
		put_key_bool("compat", kernel_is_of_64(&u));
	put_key_number("page_size", page_size);
	put_key_bool("la57", cpu_has_la57());
	put_namespaces();
	put_sysctl();
	put_key("cgroup2");
	if (cgroup_mount(NULL, &point, &root) == 0)
		put_string(text_of(point.text));
	else
		put("null");
	lsm = first_line(read_all(open_path("/sys/kernel/security/lsm", 0), 0));
	put_key("lsm");
	if (lsm.length)
		put_string(lsm);
	else
		put("null");
	put_config();
	put("}");
	line_end(0);
}

/* --- the caller --- */

static int id_is_mapped(const char *map, u64 id)
{
	struct text lines = proc_read(map, 1);

	if (!proc_exists(map))
		return known.user_ns_made == 0;
	while (lines.length) {
		struct text line = text_cut(&lines, '\n');
		u64 first = text_leading_number(text_word(&line)), count;

		text_word(&line);
		count = text_leading_number(text_word(&line));
		if (id >= first && id - first < count)
			return 1;
	}
	return 0;
}

static void put_credentials(void)
{
	char hex[19];
	u64 caps = capabilities_effective(), uid = sys(NR_geteuid), gid = sys(NR_getegid);
	u32 digits = 0;

	put("\"uid\":");
	put_number(sys(NR_getuid));
	put_key_number("euid", uid);
	put_key_number("gid", sys(NR_getgid));
	put_key_number("egid", gid);
	put_key_known("kuid", known.kuid);
	put_key_known("keuid", known.keuid);
	for (int shift = 60; shift >= 0; shift -= 4)
		if (digits || caps >> shift || !shift)
			hex[digits++] = "0123456789abcdef"[caps >> shift & 15];
	put_key_string("cap_effective", (struct text){ hex, digits });
	put_key_bool("no_new_privs", sys(NR_prctl, PR_GET_NO_NEW_PRIVS) == 1);
	put_key_bool("user_ns_initial", known.user_ns_level == 0);
	put_key_known("user_ns_level", known.user_ns_level);
	put_key_known("user_ns_level_most", known.user_ns_level_most);
	put_key_bool("euid_mapped", id_is_mapped("self/uid_map", uid));
	put_key_bool("egid_mapped", id_is_mapped("self/gid_map", gid));
}

static void put_namespace_limits(void)
{
	put_key("max_namespaces");
	put("{");
	for (u32 i = 0; i < NAMESPACE_KINDS; i++) {
		s64 limit = namespace_limit(i);

		if (known.outer_limit[i] >= 0 && known.outer_limit[i] < limit)
			limit = known.outer_limit[i];
		put(i ? ",\"" : "\"");
		put(namespace_kinds[i]);
		put("\":");
		if (limit < 0)
			put("null");
		else
			put_number(limit);
	}
	put("}");
}

/* Whose a pid namespace is, as seen from the caller's user namespace; NULL when that cannot be known. */
static const char *pid_ns_owner(s64 owner)
{
	if (owner == OWNER_UNKNOWN)
		return NULL;
	if (owner <= OWNER_BELOW)
		/* Since then the caller has gone to another user namespace, which is beside that one. */
		return owner == OWNER_BELOW - known.user_ns_made ? "inner" : NULL;
	return owner == known.user_ns_made ? "own" : "outer";
}

static void put_pid_ns_owners(void)
{
	u32 count = known.pid_ns_owner.count;
	s64 innermost = count ? known.pid_ns_owner.of[count - 1] : OWNER_UNKNOWN;

	put_key("pid_ns_owners");
	put("[");
	for (u32 i = count; i; i--) {
		const char *owner = pid_ns_owner(known.pid_ns_owner.of[i - 1]);

		if (i < count)
			put(",");
		if (owner)
			put_string(text_of(owner));
		else
			put("null");
	}
	put("]");
	put_key_bool("pid_ns_owner_is_ancestor", innermost > OWNER_BELOW);
}

static void put_pid_ns(void)
{
	put_key_known("pid_ns_level", known.pid_ns_level);
	put_key_known("pid_ns_level_most", known.pid_ns_level_most);
	put_key_bool("pid_ns_init", sys(NR_getpid) == 1);
	put_pid_ns_owners();
	put_key_string("pid_ns_for_children", text_of(known.pid_ns_for_children));
	pids_load();
	put_key("tids");
	put("[");
	for (u32 i = 0; i < own_tids.count; i++) {
		put(i ? "," : "");
		put_number(own_tids.tid[i]);
	}
	put("]");
}

static void put_time_ns(void)
{
	u64 own = namespace_inode("self/ns/time"), children = namespace_inode("self/ns/time_for_children");

	put_key("time_ns_for_children");
	put(!own || !children ? "null" : own == children ? "\"same\"" : "\"other\"");
}

static void put_task(void)
{
	struct text status = proc_read("self/status", 0);
	struct text threads = status_field(status, "Threads"), seccomp = status_field(status, "Seccomp");
	struct rlimit nproc = sys_rlimit(RLIMIT_NPROC);
	long policy = sys(NR_sched_getscheduler, 0);
	s64 pid_max = proc_number("sys/kernel/pid_max");
	s64 mode = seccomp.length ? (s64)text_leading_number(text_word(&seccomp)) : -1;

	put_key_number("threads", threads.length ? (s64)text_leading_number(text_word(&threads)) : known.arena_tasks);
	put_key_known("sched_policy", policy < 0 ? -1 : policy & ~SCHED_RESET_ON_FORK);
	put_key_bool("sched_reset_on_fork", policy < 0 ? -1 : !!(policy & SCHED_RESET_ON_FORK));
	put_key_known("rlimit_nproc", nproc.soft == RLIM_INFINITY ? -1 : (s64)nproc.soft);
	put_key_known("nproc_count", known.host_tasks < 0 ? -1 : known.host_tasks + known.arena_tasks);
	put_key_number("pid_max", pid_max < 0 ? PID_MAX_DEFAULT : pid_max);
	put_key_known("seccomp", mode);
	put_key_string("seccomp_filter", text_of(mode > 0 ? known.seccomp ? "container" : "unknown" : "none"));
}

static void put_cgroups(void)
{
	int first = 1, procs = -1;

	put_key("cgroup_fds");
	put("{");
	for (u32 i = 0; i < CGROUP_FIXTURES; i++) {
		if (!(known.cgroup_fds >> i & 1))
			continue;
		put(first ? "\"" : ",\"");
		first = 0;
		put_number(FD_CGROUP_FIRST + i);
		put("\":");
		put_string(text_of(cgroup_names[i]));
	}
	put("}");
	if (known.cgroup_tried) {
		put_key("cgroup_missing");
		put("{");
		first = 1;
		for (u32 i = 0; i < CGROUP_FIXTURES; i++) {
			if (known.cgroup_fds >> i & 1)
				continue;
			put(first ? "\"" : ",\"");
			first = 0;
			put(cgroup_names[i]);
			put("\":");
			put_string(text_of(shared->cgroup_missing[i]));
		}
		put("}");
	}
	if (known.cgroup_fds >> CGROUP_CHILD & 1) {
		procs = sys_open(FD_CGROUP_FIRST + CGROUP_CHILD, "cgroup.procs", O_WRONLY);
		if (procs >= 0)
			sys_close(procs);
		procs = procs >= 0;
	}
	put_key_bool("cgroup_writable", procs);
	put_key_bool("pids_limit_reached", known.fd_pids_max >= 0);
	put_key_bool("autoreap", known.autoreap);
}

static int fd_room(void)
{
	long fd = sys(NR_fcntl, 0, F_DUPFD, 0);

	if (fd >= 0)
		sys_close(fd);
	return fd >= 0;
}

/* Begins the caller line; the one fact that is left has to wait until no file needs to be opened any more. */
static void put_facts(void)
{
	line_begin();
	put_caller();
	put_key("facts");
	put("{");
	put_credentials();
	put_namespace_limits();
	put_key_bool("chrooted", known.chrooted);
	put_pid_ns();
	put_time_ns();
	put_task();
	put_cgroups();
}

static void put_last_fact(void)
{
	put_key_bool("fd_room", fd_room());
	put("}}");
	line_end(0);
}

/* The answer to a caller line whose state was not reached. */
static void put_blocked_caller(const char *why)
{
	line_begin();
	put_caller();
	put_key_string("blocked", text_of(why));
	put("}");
	line_end(0);
}

#endif
