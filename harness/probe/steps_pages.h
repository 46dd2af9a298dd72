/* Operations of scenarios: what is said of pages of memory, and the words in them. */
#ifndef PROBE_STEPS_PAGES_H
#define PROBE_STEPS_PAGES_H

#include "steps_memory.h"

enum {
	EFAULT = 14,
	MADV_DONTFORK = 10,
	MADV_WIPEONFORK = 18,
};

static s64 step_dontfork(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_madvise, page_of(s), REGION_SIZE, MADV_DONTFORK);
}

static s64 step_wipeonfork(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_madvise, page_of(s), REGION_SIZE, MADV_WIPEONFORK);
}

/* Whatever is mapped there can be read and written: `map` has made it. */
static volatile u32 *word_of_page(const struct step *s, struct result *r)
{
	return step_mapped(s, r) == 1 ? (volatile u32 *)memory_at(page_of(s)) : NULL;
}

static s64 step_poke(const struct step *s, struct result *r)
{
	volatile u32 *word = word_of_page(s, r);

	if (!word)
		return -EFAULT;
	*word = s->v[KEY_VALUE];
	return 0;
}

static s64 step_peek(const struct step *s, struct result *r)
{
	volatile u32 *word = word_of_page(s, r);

	return word ? (s64)*word : -EFAULT;
}

static s64 step_mlock(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_mlock, page_of(s), REGION_SIZE);
}

static struct text own_status(const char *name)
{
	return status_field(proc_read("thread-self/status", 1), name);
}

static s64 step_vmlck(const struct step *s, struct result *r)
{
	struct text locked = own_status("VmLck");

	(void)s, (void)r;
	return text_leading_number(text_word(&locked)) != 0;
}

#endif
