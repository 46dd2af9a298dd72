/* One call: from a line of text to registers and memory, and made. */
#ifndef PROBE_CALL_H
#define PROBE_CALL_H

#include "input.h"
#include "memory.h"
#include "pids.h"

enum call_kind { CALL_CLONE, CALL_CLONE3, CALL_FORK, CALL_VFORK, CALL_SCENARIO, CALL_SWEEP };

static const char *const call_names[] = {
	[CALL_CLONE] = "clone", [CALL_CLONE3] = "clone3", [CALL_FORK] = "fork", [CALL_VFORK] = "vfork",
	[CALL_SCENARIO] = "scenario", [CALL_SWEEP] = "sweep",
};

struct call {
	u32 kind;
	u32 given; /* bit i: fields[i] was there */
	struct clone_args args;
	u64 size;
	u64 readable;
	u64 uargs;
	u64 tail_offset;
	u64 tail_byte;
	struct text tids;
	u64 step; /* of a sweep: from one flag word to the next, */
	u64 count; /* and how many */
};

enum { TAKEN_BY_CLONE = 1, TAKEN_BY_CLONE3 = 2, TAKEN_BY_SWEEP = 4, TAKEN_BY_ALL = 7 };

enum field_number {
	FIELD_TAIL = 12,
	FIELD_READABLE,
	FIELD_UARGS,
	FIELD_TIDS,
};

#define FIELD_AT(name) __builtin_offsetof(struct call, name)

static const struct field {
	const char *name;
	u16 calls;
	u16 offset;
} fields[] = {
	{ "flags", TAKEN_BY_ALL, FIELD_AT(args.flags) },
	{ "stack", TAKEN_BY_ALL, FIELD_AT(args.stack) },
	{ "parent_tid", TAKEN_BY_ALL, FIELD_AT(args.parent_tid) },
	{ "child_tid", TAKEN_BY_ALL, FIELD_AT(args.child_tid) },
	{ "tls", TAKEN_BY_ALL, FIELD_AT(args.tls) },
	{ "size", TAKEN_BY_CLONE3, FIELD_AT(size) },
	{ "pidfd", TAKEN_BY_CLONE3, FIELD_AT(args.pidfd) },
	{ "exit_signal", TAKEN_BY_CLONE3, FIELD_AT(args.exit_signal) },
	{ "stack_size", TAKEN_BY_CLONE3, FIELD_AT(args.stack_size) },
	{ "set_tid", TAKEN_BY_CLONE3, FIELD_AT(args.set_tid) },
	{ "set_tid_size", TAKEN_BY_CLONE3, FIELD_AT(args.set_tid_size) },
	{ "cgroup", TAKEN_BY_CLONE3, FIELD_AT(args.cgroup) },
	[FIELD_TAIL] = { "tail", TAKEN_BY_CLONE3, FIELD_AT(tail_offset) },
	[FIELD_READABLE] = { "readable", TAKEN_BY_CLONE3, FIELD_AT(readable) },
	[FIELD_UARGS] = { "uargs", TAKEN_BY_CLONE3, FIELD_AT(uargs) },
	[FIELD_TIDS] = { "tids", TAKEN_BY_CLONE3, FIELD_AT(tids) },
	{ "step", TAKEN_BY_SWEEP, FIELD_AT(step) },
	{ "count", TAKEN_BY_SWEEP, FIELD_AT(count) },
};

/* What was wrong with a line: the word and the complaint. */
struct complaint {
	struct text word;
	const char *what;
};

static int complain(struct complaint *c, struct text word, const char *what)
{
	*c = (struct complaint){ word, what };
	return -1;
}

static inline int call_has(const struct call *call, enum field_number field)
{
	return call->given >> field & 1;
}

static const u8 taken_by_call[] = {
	[CALL_CLONE] = TAKEN_BY_CLONE,
	[CALL_CLONE3] = TAKEN_BY_CLONE3,
	[CALL_SWEEP] = TAKEN_BY_SWEEP,
};

static int parse_field(struct call *call, struct text word, struct complaint *c)
{
	struct text value = word, name = text_cut(&value, '=');
	u32 taken_by = taken_by_call[call->kind];
	const struct field *field;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fields) && !text_is(name, fields[i].name); i++)
		;
	if (i == ARRAY_SIZE(fields) || name.length == word.length)
		return complain(c, word, "is no FIELD=VALUE");
	field = &fields[i];
	if (!(field->calls & taken_by))
		return complain(c, word, "is no field of this call");
	if (call->given >> i & 1)
		return complain(c, word, "is there twice");
	call->given |= 1U << i;
	if (i == FIELD_TIDS) {
		call->tids = value;
		return 0;
	}
	if (i == FIELD_TAIL) {
		struct text offset = text_cut(&value, ':');

		if (text_number(offset, &call->tail_offset) || text_number(value, &call->tail_byte))
			return complain(c, word, "is no OFFSET:BYTE");
		if (call->tail_byte > 255)
			return complain(c, word, "has a byte above 255");
		return 0;
	}
	if (text_number(value, (u64 *)((char *)call + field->offset)))
		return complain(c, word, "is no number of 64 bits");
	return 0;
}

static int check_placement(const struct call *call, struct complaint *c)
{
	u64 room = call_has(call, FIELD_READABLE) ? call->readable : ARGS_ROOM;

	if (call_has(call, FIELD_READABLE) && call_has(call, FIELD_UARGS))
		return complain(c, text_of("uargs"), "does not go with readable");
	if (call_has(call, FIELD_TAIL) && call_has(call, FIELD_UARGS))
		return complain(c, text_of("uargs"), "does not go with tail");
	if (call->readable > ARGS_ROOM)
		return complain(c, text_of("readable"), "is more than 32768");
	if (call_has(call, FIELD_TAIL) && call->tail_offset >= room)
		return complain(c, text_of("tail"), "lies beyond the memory that there is");
	return 0;
}

static int check_sweep(const struct call *call, struct complaint *c)
{
	if (call->count - 1 >= SWEEP_MOST)
		return complain(c, text_of("count"), "is not 1 to 32768");
	return 0;
}

/* The words after the ID. */
static int parse_call(struct text rest, struct call *call, struct complaint *c)
{
	struct text word = text_word(&rest);
	u32 kind;

	memset(call, 0, sizeof(*call));
	for (kind = 0; kind < ARRAY_SIZE(call_names) && !text_is(word, call_names[kind]); kind++)
		;
	if (!word.length)
		return complain(c, word, "no call");
	if (kind == ARRAY_SIZE(call_names))
		return complain(c, word, "is no call");
	call->kind = kind;
	if (kind == CALL_SCENARIO)
		return 0; /* scenario.h understands the rest */
	call->size = sizeof(struct clone_args);
	for (word = text_word(&rest); word.length; word = text_word(&rest))
		if (parse_field(call, word, c))
			return -1;
	if (kind == CALL_CLONE3)
		return check_placement(call, c);
	if (kind == CALL_SWEEP)
		return check_sweep(call, c);
	if (kind >= CALL_FORK && !STUB_HAS_FORK)
		return complain(c, (struct text){ 0, 0 }, "no such call on this architecture");
	return 0;
}

static int check_id(struct text id, struct complaint *c)
{
	if (id.length > ID_LONGEST)
		return complain(c, id, "is longer than an ID may be (32 bytes)");
	for (u32 i = 0; i < id.length; i++) {
		char ch = id.at[i], letter = ch | 32;

		if (!((letter >= 'a' && letter <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '_' || ch == '-'))
			return complain(c, id, "is no ID (letters, digits, dot, underscore, minus)");
	}
	return 0;
}

/* The array of set_tid. What an earlier case left beyond its end is wiped. */
static u32 tids_used;

static int place_tids(const struct call *call, struct complaint *c)
{
	int *array = (int *)TIDS_ADDRESS;
	struct text rest = call->tids;
	u64 number;
	u32 n = 0;

	for (u32 i = 0; i < tids_used; i++)
		array[i] = 0;
	tids_used = 0;
	while (rest.length) {
		struct text word = text_cut(&rest, ',');

		if (n == TIDS_MOST)
			return complain(c, text_of("tids"), "has more than 1024 elements");
		if (text_is(word, "free"))
			number = pids_free(n, call->args.flags);
		else if (text_is(word, "self"))
			number = pids_self(n, call->args.flags);
		else if (text_number(word, &number))
			return complain(c, word, "is no number, self or free");
		else if (number > ~0U && number < 0 - (1ULL << 31))
			return complain(c, word, "is no number of 32 bits");
		array[n++] = number;
		tids_used = n;
	}
	return 0;
}

static u64 edge_used; /* bytes before the end of EDGE that were written */

/* Puts the structure where it belongs, surrounded by zeroes; its address. */
static u64 place_args(const struct call *call)
{
	u64 at = ARGS_ADDRESS, length = sizeof(struct clone_args);

	if (call_has(call, FIELD_UARGS))
		return call->uargs;
	if (call_has(call, FIELD_READABLE)) {
		memset(memory_at(REGION_NONE - edge_used), 0, edge_used);
		edge_used = call->readable;
		at = REGION_NONE - call->readable;
		if (length > call->readable)
			length = call->readable;
	}
	memcpy(memory_at(at), &call->args, length);
	if (call_has(call, FIELD_TAIL))
		*(u8 *)memory_at(at + call->tail_offset) = call->tail_byte;
	return at;
}

/* Makes the call. It only returns when it is refused: see the stubs. */
static long make_call(const struct call *call)
{
	const struct clone_args *a = &call->args;
	volatile struct outcome *outcome = &shared->slot.outcome;
	u64 at;
	long ret;

	switch (call->kind) {
	case CALL_CLONE:
		return stub_clone(a->flags, a->stack, a->parent_tid, a->child_tid, a->tls, outcome);
	case CALL_CLONE3:
		at = place_args(call);
		ret = stub_child_call(NR_clone3, at, call->size, 0, 0, 0, outcome);
		if (call_has(call, FIELD_TAIL))
			*(u8 *)memory_at(at + call->tail_offset) = 0;
		return ret;
#if STUB_HAS_FORK
	case CALL_FORK:
		return stub_child_call(NR_fork, 0, 0, 0, 0, 0, outcome);
	case CALL_VFORK:
		return stub_child_call(NR_vfork, 0, 0, 0, 0, 0, outcome);
#endif
	}
	return -ENOSYS;
}

#endif
