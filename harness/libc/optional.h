/* The optional arguments of clone(): parent_tid, tls and child_tid, each at its place whatever the flags. */
#ifndef LIBC_OPTIONAL_H
#define LIBC_OPTIONAL_H

#include "clone.h"

/* Headers that are older than the flags. */
#ifndef CLONE_PARENT_SETTID
#define CLONE_PARENT_SETTID 0x00100000
#endif
#ifndef CLONE_CHILD_SETTID
#define CLONE_CHILD_SETTID 0x01000000
#endif
#ifndef CLONE_CHILD_CLEARTID
#define CLONE_CHILD_CLEARTID 0x00200000
#endif
#ifndef CLONE_SETTLS
#define CLONE_SETTLS 0x00080000
#endif

/* In memory that stays shared. */
struct optional {
	pid_t parent_tid, child_tid;
	_Alignas(64) char tls[4096];
};

/* Each is asked for by a flag; the others must not matter. A pointer that is taken from a wrong place leads to no memory. */
static void clone_with(int flags, struct optional *at)
{
	char *top = stack_top();
	void *const nowhere = (void *)16;

	if (flags & CLONE_PARENT_SETTID)
		say_pointer("parent-tid-at", &at->parent_tid);
	if (flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID))
		say_pointer("child-tid-at", &at->child_tid);
	if (flags & CLONE_SETTLS)
		say_pointer("tls-at", at->tls + 2048);
	begin();
	say_result(clone(return_seven, top, flags | SIGCHLD, NULL, flags & CLONE_PARENT_SETTID ? &at->parent_tid : nowhere,
			 flags & CLONE_SETTLS ? (void *)(at->tls + 2048) : nowhere,
			 flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID) ? &at->child_tid : nowhere));
	say_number("parent-tid", at->parent_tid);
	if (flags & CLONE_CHILD_CLEARTID)
		say("child-tid", at->child_tid ? "is left alone" : "is cleared");
	else
		say_number("child-tid", at->child_tid);
}

static void clone_parent_tid(void)
{
	clone_with(CLONE_PARENT_SETTID, shared_memory(sizeof(struct optional)));
}

static void clone_child_tid(void)
{
	clone_with(CLONE_CHILD_SETTID, shared_memory(sizeof(struct optional)));
}

static void clone_both_tids(void)
{
	clone_with(CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, shared_memory(sizeof(struct optional)));
}

static void clone_child_cleartid(void)
{
	struct optional *at = shared_memory(sizeof(*at));

	at->child_tid = 1;
	clone_with(CLONE_VM | CLONE_CHILD_CLEARTID, at);
}

static void clone_tls(void)
{
	clone_with(CLONE_SETTLS, shared_memory(sizeof(struct optional)));
}

static void clone_all_optional(void)
{
	clone_with(CLONE_PARENT_SETTID | CLONE_SETTLS | CLONE_CHILD_SETTID, shared_memory(sizeof(struct optional)));
}

/* A thread without a thread pointer of its own; it ends without the libc noticing. */
static void clone_thread(void)
{
	char *top = stack_top();
	struct optional *at = shared_memory(sizeof(*at));
	long result;
	int error;

	at->child_tid = 1;
	begin();
	result = clone(return_seven, top, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_CHILD_CLEARTID, NULL, NULL, NULL,
		       &at->child_tid);
	error = errno;
	end();
	say("result", result > 0 ? "a thread" : "-1");
	if (result == -1)
		say_number("errno", error);
}

#define OPTIONAL_CASES \
	{ "clone-parent-tid", clone_parent_tid }, { "clone-child-tid", clone_child_tid }, \
	{ "clone-both-tids", clone_both_tids }, { "clone-child-cleartid", clone_child_cleartid }, \
	{ "clone-tls", clone_tls }, { "clone-all-optional", clone_all_optional }, { "clone-thread", clone_thread },

#endif
