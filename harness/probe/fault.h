/* --fault: how the probe lies, so that the harness can be shown to notice. */
#ifndef PROBE_FAULT_H
#define PROBE_FAULT_H

#include "text.h"

enum fault_kind { FAULT_ACCEPT, FAULT_REFUSE, FAULT_ERRNO, FAULT_STUCK, FAULT_DIE, FAULT_HANG, FAULT_GARBAGE, FAULT_SILENT };

static const char *const fault_names[] = {
	[FAULT_ACCEPT] = "accept", [FAULT_REFUSE] = "refuse",	[FAULT_ERRNO] = "errno",     [FAULT_STUCK] = "stuck",
	[FAULT_DIE] = "die",	   [FAULT_HANG] = "hang",	[FAULT_GARBAGE] = "garbage", [FAULT_SILENT] = "silent",
};

static struct fault {
	enum fault_kind kind;
	u64 mask;
	u64 number;
	struct text id;
} faults[16];
static u32 fault_count;

/* KIND=VALUE of the command line; -1 when it is none. */
static int fault_add(const char *argument)
{
	struct text value = text_of(argument), name = text_cut(&value, '='), mask;
	struct fault *f = &faults[fault_count];

	for (u32 i = 0; i < ARRAY_SIZE(fault_names); i++) {
		if (!text_is(name, fault_names[i]))
			continue;
		if (fault_count == ARRAY_SIZE(faults) || !value.length)
			return -1;
		f->kind = i;
		f->id = value;
		mask = text_cut(&value, ':');
		if (i <= FAULT_STUCK && text_number(mask, &f->mask))
			return -1;
		if (i == FAULT_ERRNO && text_number(value, &f->number))
			return -1;
		fault_count++;
		return 0;
	}
	return -1;
}

static const struct fault *fault_at_id(enum fault_kind kind, struct text id)
{
	for (u32 i = 0; i < fault_count; i++)
		if (faults[i].kind == kind && faults[i].id.length == id.length && text_is(id, faults[i].id.at))
			return &faults[i];
	return NULL;
}

static const struct fault *fault_at_flags(enum fault_kind kind, u64 flags)
{
	for (u32 i = 0; i < fault_count; i++)
		if (faults[i].kind == kind && (flags & faults[i].mask) == faults[i].mask)
			return &faults[i];
	return NULL;
}

/* What is said of a clone or clone3 that returned `ret`. */
static s64 fault_in_outcome(s64 ret, u64 flags)
{
	const struct fault *f;

	if (!fault_count)
		return ret;
	if (ret > 0)
		return fault_at_flags(FAULT_REFUSE, flags) ? -EINVAL : ret;
	if (fault_at_flags(FAULT_ACCEPT, flags))
		return 2;
	f = fault_at_flags(FAULT_ERRNO, flags);
	return f ? -(s64)f->number : ret;
}

#endif
