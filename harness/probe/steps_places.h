/* Operations of scenarios: the root directory, and the namespaces of others. */
#ifndef PROBE_STEPS_PLACES_H
#define PROBE_STEPS_PLACES_H

#include "steps_files.h"
#include "steps_state.h"

#define PROC_SUPER_MAGIC 0x9fa0

static s64 step_chroot(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_chroot, s->v[KEY_TO] == TO_ROOT ? "/" : "/proc");
}

/* Device and inode, which struct stat begins with everywhere; where a word lies between them, it is none of the kernel's. */
struct identity {
	u64 device, inode, more[30];
};

/* What struct statfs begins with. With numbers of 64 bits on a 32-bit architecture it has 84 bytes. */
static s64 filesystem_type(const char *path)
{
	long files[64] = { 0 };
	s64 ret = STUB_IS_64 ? sys(NR_statfs, path, files) : sys(NR_statfs, path, 84, files);

	return ret ? ret : files[0];
}

static s64 step_root(const struct step *s, struct result *r)
{
	struct identity here = { 0 }, first = { 0 };
	s64 ret = sys(NR_newfstatat, AT_FDCWD, "/", &here, 0);

	(void)s, (void)r;
	if (!ret)
		ret = sys(NR_newfstatat, fd_root, ".", &first, 0);
	if (ret)
		return ret;
	if (here.device == first.device && here.inode == first.inode)
		return 0;
	ret = filesystem_type("/");
	return ret < 0 ? ret : ret == PROC_SUPER_MAGIC ? 1 : 2;
}

static s64 step_setns(const struct step *s, struct result *r)
{
	char path[2 * PATH_OF_TASK];
	struct builder b = builder_on(path);
	s64 ret;
	int fd;

	(void)r;
	build(&b, scenario->mail[s->v[KEY_WHO]].path);
	build(&b, "/ns/");
	build(&b, ns_words[s->v[KEY_KIND]]);
	fd = sys_open(fd_proc, path, 0);
	if (fd < 0)
		return fd;
	ret = sys(NR_setns, fd, 0);
	sys_close(fd);
	return ret;
}

#endif
