/* Operations of scenarios: namespaces, credentials, cgroups, and attributes of a task. */
#ifndef PROBE_STEPS_STATE_H
#define PROBE_STEPS_STATE_H

#include "attributes.h"
#include "mailbox.h"

enum { PR_GET_DUMPABLE = 3, IOPRIO_WHO_PROCESS = 1 };

/* In the words of the lines. */
static const char *const ns_words[] = { "mnt",	"uts",	  "ipc",  "user",	      "pid",
					"net",	"cgroup", "time", "pid_for_children", "time_for_children",
					NULL };

static s64 step_ns(const struct step *s, struct result *r)
{
	char path[48], link[64];
	struct builder b = builder_on(path);
	struct text t = { link, 0 };
	s64 n;

	(void)r;
	build(&b, "thread-self/ns/");
	build(&b, ns_words[s->v[KEY_KIND]]);
	n = sys(NR_readlinkat, fd_proc, path, link, sizeof(link));
	if (n < 0)
		return n;
	t.length = n;
	text_cut(&t, '[');
	return text_leading_number(t);
}

struct names {
	char system[65], node[65], more[4][65];
};

static s64 step_hostname(const struct step *s, struct result *r)
{
	struct names names;
	s64 ret = sys(NR_uname, &names);
	const char *n = names.node;

	(void)s, (void)r;
	if (ret)
		return ret;
	return n[0] == 'h' && n[1] >= '1' && n[1] <= '9' && !n[2] ? n[1] - '0' : 0;
}

static s64 step_sethostname(const struct step *s, struct result *r)
{
	char name[2] = { 'h', '0' + s->v[KEY_N] };

	(void)r;
	return sys(NR_sethostname, name, sizeof(name));
}

static s64 step_nnp(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_prctl, PR_GET_NO_NEW_PRIVS);
}

static s64 step_nnp_set(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_prctl, PR_SET_NO_NEW_PRIVS, 1);
}

static s64 step_ioprio(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_ioprio_get, IOPRIO_WHO_PROCESS, 0);
}

static s64 step_ioprio_set(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_ioprio_set, IOPRIO_WHO_PROCESS, 0, s->v[KEY_VALUE]);
}

static s64 step_unshare(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_unshare, s->v[KEY_FLAGS]);
}

/* The system call returns 20 less the nice value. */
static s64 step_nice(const struct step *s, struct result *r)
{
	s64 ret = sys(NR_getpriority, 0, 0);

	(void)s;
	if (ret < 0)
		return ret;
	r->form = FORM_VALUE;
	return 20 - ret;
}

static s64 step_nice_set(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_setpriority, 0, 0, s->v[KEY_VALUE]);
}

static s64 step_dumpable(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_prctl, PR_GET_DUMPABLE);
}

static s64 step_dumpable_set(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_prctl, PR_SET_DUMPABLE, s->v[KEY_VALUE]);
}

static s64 step_uid(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys(NR_geteuid);
}

static s64 step_caps(const struct step *s, struct result *r)
{
	(void)s;
	r->form = FORM_VALUE;
	return (u32)capabilities_effective();
}

static s64 step_cgroup(const struct step *s, struct result *r)
{
	struct text lines = proc_read("thread-self/cgroup", 1), path = { 0, 0 };

	(void)s, (void)r;
	while (lines.length) {
		path = text_cut(&lines, '\n');
		if (text_begins(path, "0::"))
			break;
		path.length = 0;
	}
	text_cut(&path, '/');
	if (!path.length)
		return 2;
	while (path.length) {
		struct text name = text_cut(&path, '/');

		if (!path.length && text_is(name, cgroup_names[CGROUP_CHILD]))
			return 1;
	}
	return 0;
}

#endif
