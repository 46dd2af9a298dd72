/* Why a state could not be reached: "attribute: call: ERRNO". */
#ifndef PROBE_BLOCKED_H
#define PROBE_BLOCKED_H

#include "shared.h"
#include "text.h"

static struct text attribute_now; /* the word of the caller line that is being done */

/* Always -1, so that it can be returned. */
static int blocked_because(const char *reason)
{
	struct builder b = builder_on(shared->why);

	build_text(&b, attribute_now);
	build(&b, attribute_now.length ? ": " : "");
	build(&b, reason);
	return -1;
}

static int blocked(const char *call, long error)
{
	char reason[WHY_SIZE];
	struct builder b = builder_on(reason);

	build(&b, call);
	build(&b, ": ");
	build_errno(&b, error);
	return blocked_because(reason);
}

#endif
