/*
 * Cgroup directories: fixtures for CLONE_INTO_CGROUP, and a group whose pids.max is used up. Only directories made here
 * are changed. Their names are kept in shared memory, so that they are removed whoever dies.
 */
#ifndef PROBE_CGROUP_H
#define PROBE_CGROUP_H

#include "blocked.h"
#include "known.h"
#include "task.h"

/* In the order of their descriptors. */
enum cgroup_fixture {
	CGROUP_CHILD,
	CGROUP_DIRECTORY,
	CGROUP_FILE,
	CGROUP_V1,
	CGROUP_REMOVED,
	CGROUP_INVALID,
	CGROUP_BUSY,
	CGROUP_THREADED,
	CGROUP_FIXTURES,
};

static const char *const cgroup_names[CGROUP_FIXTURES] = { "child",   "directory", "file", "v1",
							   "removed", "invalid",   "busy", "threaded" };

struct cgroup_path {
	char text[CGROUP_PATH_SIZE];
};

static struct builder path_on(struct cgroup_path *path)
{
	path->text[0] = 0;
	return builder_on(path->text);
}

static const char *path_join(struct cgroup_path *path, const char *directory, const char *name)
{
	struct builder b = path_on(path);

	build(&b, directory);
	build(&b, "/");
	build(&b, name);
	return path->text;
}

static int path_exists(const char *path)
{
	int fd = open_path(path, O_PATH);

	if (fd < 0)
		return 0;
	sys_close(fd);
	return 1;
}

static long file_write(const char *path, const char *content)
{
	int fd = open_path(path, O_WRONLY);
	long n;

	if (fd < 0)
		return fd;
	n = sys(NR_write, fd, content, text_length(content));
	sys_close(fd);
	return n < 0 ? n : 0;
}

/* Is the word in the list, as in "rw,pids"? */
static int list_has(struct text list, const char *word)
{
	while (list.length)
		if (text_is(text_cut(&list, ','), word))
			return 1;
	return 0;
}

/* Mount points have blanks as \040. */
static void build_mount_point(struct builder *b, struct text t)
{
	for (u32 i = 0; i < t.length; i++) {
		if (t.at[i] == '\\' && i + 3 < t.length) {
			build_char(b, (t.at[i + 1] - '0') << 6 | (t.at[i + 2] - '0') << 3 | (t.at[i + 3] - '0'));
			i += 3;
		} else {
			build_char(b, t.at[i]);
		}
	}
}

/*
 * Where a hierarchy is mounted: the unified one (controller NULL), that of a v1 controller, or any of v1 (""). `root`
 * gets what part of it is mounted there. -1 when it is not mounted.
 */
static int cgroup_mount(const char *controller, struct cgroup_path *point, struct cgroup_path *root)
{
	struct text mounts = proc_read("self/mountinfo", 0);
	const char *want = controller ? "cgroup" : "cgroup2";

	while (mounts.length) {
		struct text line = text_cut(&mounts, '\n'), root_word, point_word, word, options;
		struct builder b;

		for (u32 i = 0; i < 3; i++)
			text_word(&line);
		root_word = text_word(&line);
		point_word = text_word(&line);
		do {
			word = text_word(&line);
		} while (word.length && !text_is(word, "-"));
		if (!text_is(text_word(&line), want))
			continue;
		text_word(&line);
		options = text_word(&line);
		if (controller && *controller && !list_has(options, controller))
			continue;
		b = path_on(point);
		build_mount_point(&b, point_word);
		b = path_on(root);
		build_mount_point(&b, root_word);
		return 0;
	}
	return -1;
}

/* The path of our own cgroup within a hierarchy, from /proc/self/cgroup. */
static struct text cgroup_own_path(const char *controller)
{
	struct text lines = proc_read("self/cgroup", 0);

	while (lines.length) {
		struct text path = text_cut(&lines, '\n');
		struct text number = text_cut(&path, ':');
		struct text controllers = text_cut(&path, ':');

		if (controller ? list_has(controllers, controller) : text_is(number, "0") && !controllers.length)
			return path;
	}
	return (struct text){ NULL, 0 };
}

/* The directory of our own cgroup. The mount may show only a part of the hierarchy; then it is what is mounted. */
static int cgroup_own(const char *controller, struct cgroup_path *own)
{
	struct cgroup_path point, root, procs;
	struct text path;
	struct builder b;

	if (cgroup_mount(controller, &point, &root))
		return -1;
	path = cgroup_own_path(controller);
	if (!text_is(text_of(root.text), "/") && text_begins(path, root.text)) {
		path.at += text_length(root.text);
		path.length -= text_length(root.text);
	}
	b = path_on(own);
	build(&b, point.text);
	if (path.length > 1)
		build_text(&b, path);
	if (path_exists(path_join(&procs, own->text, "cgroup.procs")))
		return 0;
	b = path_on(own);
	build(&b, point.text);
	return path_exists(path_join(&procs, own->text, "cgroup.procs")) ? 0 : -1;
}

/* Makes a directory and sees to it that it goes. 0 or -errno. */
static long cgroup_make(const char *path)
{
	u32 n = shared->cgroup_dirs;
	long error;

	if (n == CGROUP_DIRS_MOST || text_length(path) + 1 >= CGROUP_PATH_SIZE)
		return -ENOSPC;
	memcpy(shared->cgroup_dir[n], path, text_length(path) + 1);
	shared->cgroup_dirs = n + 1;
	error = sys(NR_mkdirat, fd_root, below_root(path), 0755);
	if (error)
		shared->cgroup_dirs = n;
	return error;
}

/* A directory below `parent` with a name of its own: clonecheck-PID-N. */
static long cgroup_make_fresh(const char *parent, struct cgroup_path *made)
{
	long error = -EEXIST;

	for (u32 tries = 0; error == -EEXIST && tries < 100; tries++) {
		struct builder b = path_on(made);

		build(&b, parent);
		build(&b, "/clonecheck-");
		build_number(&b, self_in_proc());
		build(&b, "-");
		build_number(&b, ++shared->cgroup_serial);
		error = cgroup_make(made->text);
	}
	return error;
}

/*
 * By the conductor or the janitor, when nobody is in them any more. The janitor has only seen descriptors being closed,
 * which a dying process does shortly before it leaves its cgroup: it gives them a little time.
 */
static void cgroup_remove_all(int patient)
{
	u32 tries = patient ? 500 : 0;

	while (shared->cgroup_dirs) {
		const char *last = shared->cgroup_dir[shared->cgroup_dirs - 1];
		long error = sys(NR_unlinkat, fd_root, below_root(last), AT_REMOVEDIR);

		if (error == -EBUSY && tries) {
			tries--;
			sys_poll(-1, 0, 10);
			continue;
		}
		shared->cgroup_dirs--;
	}
}

static void cgroup_miss(enum cgroup_fixture f, const char *call, long error)
{
	struct builder b = builder_on(shared->cgroup_missing[f]);

	shared->cgroup_missing[f][0] = 0;
	build(&b, call);
	if (error) {
		build(&b, ": ");
		build_errno(&b, error);
	}
}

/* Puts an open directory at its number. */
static void cgroup_place(enum cgroup_fixture f, int fd, const char *what)
{
	long error = fd;

	if (fd >= 0) {
		error = fd == FD_CGROUP_FIRST + (int)f ? 0 : sys(NR_dup3, fd, FD_CGROUP_FIRST + f, O_CLOEXEC);
		if (fd != FD_CGROUP_FIRST + (int)f)
			sys_close(fd);
	}
	if (error < 0)
		cgroup_miss(f, what, error);
	else
		known.cgroup_fds |= 1U << f;
}

static void cgroup_place_path(enum cgroup_fixture f, const char *path)
{
	cgroup_place(f, open_path(path, O_DIRECTORY), "open");
}

static void cgroup_fixture_removed(const char *base)
{
	struct cgroup_path path;
	long error = cgroup_make(path_join(&path, base, "removed"));

	if (error)
		return cgroup_miss(CGROUP_REMOVED, "mkdir", error);
	cgroup_place_path(CGROUP_REMOVED, path.text);
	error = sys(NR_unlinkat, fd_root, below_root(path.text), AT_REMOVEDIR);
	if (!error)
		shared->cgroup_dirs--;
}

/* Below a directory one of whose children is threaded, the others are invalid until they are threaded as well. */
static void cgroup_fixtures_threaded(const char *base)
{
	struct cgroup_path tree, threaded, invalid, file;
	long error = cgroup_make(path_join(&tree, base, "tree"));

	if (!error)
		error = cgroup_make(path_join(&threaded, tree.text, "threaded"));
	if (!error)
		error = cgroup_make(path_join(&invalid, tree.text, "invalid"));
	if (error) {
		cgroup_miss(CGROUP_THREADED, "mkdir", error);
		cgroup_miss(CGROUP_INVALID, "mkdir", error);
		return;
	}
	error = file_write(path_join(&file, threaded.text, "cgroup.type"), "threaded");
	if (error) {
		cgroup_miss(CGROUP_THREADED, "cgroup.type", error);
		cgroup_miss(CGROUP_INVALID, "cgroup.type", error);
		return;
	}
	cgroup_place_path(CGROUP_THREADED, threaded.text);
	cgroup_place_path(CGROUP_INVALID, invalid.text);
}

/* A controller that only works on domains, out of those the words name. */
static const char *cgroup_domain_controller(struct text words)
{
	static const char *const domain[] = { "memory", "io", "hugetlb", "rdma", "misc", "dmem" };

	for (u32 i = 0; i < ARRAY_SIZE(domain); i++)
		if (text_has_word(words, domain[i]))
			return domain[i];
	return NULL;
}

static struct text first_line(struct text t)
{
	return text_cut(&t, '\n');
}

static const char *cgroup_controllers(const char *directory, const char *file)
{
	struct cgroup_path path;

	return cgroup_domain_controller(
		first_line(read_all(open_path(path_join(&path, directory, file), 0), 1)));
}

/*
 * With a controller that our own cgroup hands down the probe makes one. Else, one of those that we are in may be busy:
 * the kernel refuses to put a process there, so that nothing can come of it.
 */
static void cgroup_fixture_busy(const char *own)
{
	struct cgroup_path path, file;
	const char *controller;
	char enable[16];
	struct builder b = builder_on(enable);
	long error = cgroup_make_fresh(own, &path);
	u32 length;

	if (error)
		return cgroup_miss(CGROUP_BUSY, "mkdir", error);
	controller = cgroup_controllers(path.text, "cgroup.controllers");
	if (controller) {
		build(&b, "+");
		build(&b, controller);
		error = file_write(path_join(&file, path.text, "cgroup.subtree_control"), enable);
		if (error)
			return cgroup_miss(CGROUP_BUSY, "cgroup.subtree_control", error);
		return cgroup_place_path(CGROUP_BUSY, path.text);
	}
	b = path_on(&path);
	build(&b, own);
	/* The root of the hierarchy has no cgroup.type, and is never busy. */
	while (path_exists(path_join(&file, path.text, "cgroup.type"))) {
		if (cgroup_controllers(path.text, "cgroup.subtree_control"))
			return cgroup_place_path(CGROUP_BUSY, path.text);
		for (length = text_length(path.text); length && path.text[length] != '/'; length--)
			;
		path.text[length] = 0;
	}
	cgroup_miss(CGROUP_BUSY, "no domain controller is handed down to this cgroup", 0);
}

static void cgroup_fixtures_v2(void)
{
	static const enum cgroup_fixture all[] = { CGROUP_CHILD,   CGROUP_FILE, CGROUP_REMOVED,
						   CGROUP_INVALID, CGROUP_BUSY, CGROUP_THREADED };
	struct cgroup_path own, base, path, file;
	const char *failed = "no cgroup2 is mounted";
	long error = 0;

	if (cgroup_own(NULL, &own) == 0) {
		failed = "mkdir";
		error = cgroup_make_fresh(own.text, &base);
		if (!error)
			error = cgroup_make(path_join(&path, base.text, "child"));
		if (!error)
			failed = NULL;
	}
	if (failed) {
		for (u32 i = 0; i < ARRAY_SIZE(all); i++)
			cgroup_miss(all[i], failed, error);
		return;
	}
	cgroup_place_path(CGROUP_CHILD, path.text);
	cgroup_place(CGROUP_FILE, open_path(path_join(&file, path.text, "cgroup.procs"), 0), "open");
	cgroup_fixture_removed(base.text);
	cgroup_fixtures_threaded(base.text);
	cgroup_fixture_busy(own.text);
}

/* The attribute `cgroups`. What cannot be made is missing, and says why. */
static int cgroup_fixtures(void)
{
	struct cgroup_path point, root;

	if (known.cgroup_tried)
		return blocked_because("is there twice");
	known.cgroup_tried = 1;
	cgroup_place_path(CGROUP_DIRECTORY, "/");
	if (cgroup_mount("", &point, &root) == 0)
		cgroup_place_path(CGROUP_V1, point.text);
	else
		cgroup_miss(CGROUP_V1, "no cgroup v1 is mounted", 0);
	cgroup_fixtures_v2();
	return 0;
}

/* A group with a pids.max below our own cgroup, in whichever hierarchy has one. 0, or -1 and why not. */
static int cgroup_make_with_pids(struct cgroup_path *group)
{
	struct cgroup_path own, file;
	long error;

	if (cgroup_own(NULL, &own) == 0 && cgroup_make_fresh(own.text, group) == 0) {
		if (path_exists(path_join(&file, group->text, "pids.max")))
			return 0;
		sys(NR_unlinkat, fd_root, below_root(group->text), AT_REMOVEDIR);
		shared->cgroup_dirs--;
	}
	if (cgroup_own("pids", &own))
		return blocked_because("no pids controller in reach");
	error = cgroup_make_fresh(own.text, group);
	if (error)
		return blocked("mkdir", error);
	return 0;
}

static long cgroup_write_pids_max(s64 number)
{
	char digits[24];
	struct builder b = builder_on(digits);
	long n;

	if (number < 0)
		build(&b, "max");
	else
		build_number(&b, number);
	n = sys(NR_write, known.fd_pids_max, digits, b.at - digits);
	return n < 0 ? n : 0;
}

/* The attribute `pids-max`: the host moves in; each arena sets the limit when it is complete. */
static int cgroup_pids_max(void)
{
	struct cgroup_path group, file;
	long error;

	if (known.fd_pids_max >= 0)
		return blocked_because("is there twice");
	if (cgroup_make_with_pids(&group))
		return -1;
	error = file_write(path_join(&file, group.text, "cgroup.procs"), "0");
	if (error)
		return blocked("cgroup.procs", error);
	known.fd_pids_max = fd_keep(open_path(path_join(&file, group.text, "pids.max"), O_RDWR));
	if (known.fd_pids_max < 0)
		return blocked("open pids.max", known.fd_pids_max);
	known.group_tasks = 1;
	return 0;
}

#endif
