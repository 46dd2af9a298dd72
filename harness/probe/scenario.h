/* Scenarios: from a line of text to steps. */
#ifndef PROBE_SCENARIO_H
#define PROBE_SCENARIO_H

#include "operations.h"

enum { FD_MOST = FD_KEPT - 1 };

static const char *const to_words[] = { "root", "proc", NULL };
static const char *const handler_words[] = { "default", "ignore", "handler", NULL };

/* What the values of a key may be: numbers up to a limit, or words, which stand for their place in the list. */
static const struct {
	const char *name;
	u64 most;
	const char *const *words;
} keys[KEYS] = {
	[KEY_CHILD] = { "child", TASKS_MOST - 1, NULL },
	[KEY_STATUS] = { "status", ~0ULL, NULL },
	[KEY_WHO] = { "who", TASKS_MOST - 1, NULL },
	[KEY_OPTIONS] = { "options", ~0ULL, NULL },
	[KEY_PIDFD] = { "pidfd", ~0ULL, NULL },
	[KEY_SIGNAL] = { "signal", ~0ULL, NULL },
	[KEY_AT] = { "at", ~0ULL, NULL },
	[KEY_VALUE] = { "value", ~0ULL, NULL },
	[KEY_PAGE] = { "page", PAGES_MOST - 1, NULL },
	[KEY_FD] = { "fd", FD_MOST, NULL },
	[KEY_FLAG] = { "flag", ~0ULL, NULL },
	[KEY_FLAGS] = { "flags", ~0ULL, NULL },
	[KEY_OFFSET] = { "offset", ~0ULL, NULL },
	[KEY_WHENCE] = { "whence", ~0ULL, NULL },
	[KEY_TO] = { "to", 0, to_words },
	[KEY_MASK] = { "mask", ~0ULL, NULL },
	[KEY_HANDLER] = { "handler", 0, handler_words },
	[KEY_N] = { "n", 9, NULL },
	[KEY_KIND] = { "kind", 0, ns_words },
	[KEY_UNDO] = { "undo", 1, NULL },
	[KEY_A] = { "a", TASKS_MOST - 1, NULL },
	[KEY_B] = { "b", TASKS_MOST - 1, NULL },
	[KEY_TYPE] = { "type", ~0ULL, NULL },
	[KEY_TO_FD] = { "to", FD_MOST, NULL },
	[KEY_PGRP] = { "pgrp", TASKS_MOST - 1, NULL },
	[KEY_POLICY] = { "policy", ~0ULL, NULL },
	[KEY_ID] = { "id", ~0ULL, NULL },
	[KEY_LEVEL] = { "level", ~0ULL, NULL },
};

static int parse_value(struct step *s, enum key key, struct text word, struct text value, struct complaint *c)
{
	const char *const *words = keys[key].words;
	u64 *v = &s->v[key];

	/* kill(-1) might leave the scenario. */
	if (key == KEY_WHO && text_is(value, "any") && (operation_of(s)->nature & MAY_SLEEP)) {
		*v = WHO_ANY;
		return 0;
	}
	for (*v = 0; words && words[*v]; ++*v)
		if (text_is(value, words[*v]))
			return 0;
	if (words)
		return complain(c, word, "has no such value");
	if (text_number(value, v))
		return complain(c, word, "is no number of 64 bits");
	if (*v > keys[key].most)
		return complain(c, word, "is too much");
	if (*v == 0 && (key == KEY_CHILD || key == KEY_N))
		return complain(c, word, "is too little");
	return 0;
}

/* Two keys may have one name, and no operation has both. */
static u32 key_named(struct text name, const struct operation *o)
{
	u32 key, found = KEYS;

	for (key = 0; key < KEYS; key++)
		if (text_is(name, keys[key].name) && (found == KEYS || (o->needs | o->takes) >> key & 1))
			found = key;
	return found;
}

/* One word of a step. */
static int parse_key(struct step *s, struct text word, struct complaint *c)
{
	const struct operation *o = operation_of(s);
	struct text value = word, name = text_cut(&value, '=');
	u32 key = key_named(name, o);

	if ((o->nature & MAKES_TASK) && key != KEY_CHILD) {
		if (text_is(name, "stack") || text_is(name, "stack_size"))
			return complain(c, word, "is the probe's own affair in a scenario");
		return parse_field(&s->call, word, c);
	}
	if (key == KEYS || name.length == word.length)
		return complain(c, word, "is no KEY=VALUE");
	if (!((o->needs | o->takes) >> key & 1))
		return complain(c, word, "is no key of this operation");
	if (s->given >> key & 1)
		return complain(c, word, "is there twice");
	s->given |= 1U << key;
	return parse_value(s, key, word, value, c);
}

static int check_tids(struct text rest, struct complaint *c)
{
	u64 number;
	u32 n = 0;

	while (rest.length) {
		struct text word = text_cut(&rest, ',');

		if (n++ == TIDS_MOST)
			return complain(c, text_of("tids"), "has more than 1024 elements");
		if (!text_is(word, "free") && !text_is(word, "self") && text_number(word, &number))
			return complain(c, word, "is no number, self or free");
	}
	return 0;
}

/* What the step has beside what its line says. */
static int step_complete(struct step *s, struct text operation, struct complaint *c)
{
	const struct operation *o = operation_of(s);

	for (u32 key = 0; key < KEYS; key++)
		if ((o->needs & ~s->given) >> key & 1)
			return complain(c, (struct text){ keys[key].name, text_length(keys[key].name) }, "is missing");
	if (o->perform == step_waitid && !(s->given & (KEY(WHO) | KEY(PIDFD))))
		return complain(c, operation, "needs who or pidfd");
	if (!(o->nature & MAKES_TASK))
		return 0;
	s->call.args.stack = stack_of(s->v[KEY_CHILD]);
	s->call.args.stack_size = STACK_ROOM - ALTSTACK_ROOM;
	return check_placement(&s->call, c) || check_tids(s->call.tids, c) ? -1 : 0;
}

static int step_parse(struct step *s, struct text text, struct complaint *c)
{
	struct text task = text_word(&text), name = text_word(&text), word;
	u64 number;

	memset(s, 0, sizeof(*s));
	if (text_number(task, &number) || number >= TASKS_MOST)
		return complain(c, task, "is no task (0 to 15)");
	s->task = number;
	while (s->operation < ARRAY_SIZE(operations) && !text_is(name, operations[s->operation].name))
		s->operation++;
	if (s->operation == ARRAY_SIZE(operations))
		return complain(c, name, "is no operation");
	if (operation_of(s)->nature & MAKES_TASK) {
		for (u32 kind = 0; kind < ARRAY_SIZE(call_names); kind++)
			if (text_is(name, call_names[kind]))
				s->call.kind = kind;
		s->call.size = sizeof(struct clone_args);
	}
	for (word = text_word(&text); word.length; word = text_word(&text))
		if (parse_key(s, word, c))
			return -1;
	return step_complete(s, name, c);
}

static int in_shared(u64 address)
{
	return address - REGION_SHARED < REGION_SIZE;
}

/* Whether SHARED is to be mapped: anything that may be an address in it speaks for that. */
static int step_uses_shared(const struct step *s)
{
	const struct clone_args *a = &s->call.args;

	return in_shared(s->v[KEY_AT]) || in_shared(s->v[KEY_PIDFD]) || in_shared(s->v[KEY_VALUE]) ||
	       in_shared(a->parent_tid) || in_shared(a->child_tid) || in_shared(a->pidfd) || in_shared(a->set_tid) ||
	       in_shared(s->call.uargs);
}

static int is_empty(struct text t)
{
	return !text_word(&t).length;
}

/* A new image does not have the input, in which the array of set_tid stands. */
static void keep_tids(struct text line)
{
	memcpy(scenario->text, line.at, line.length);
	for (u32 i = 0; i < scenario->steps_count; i++) {
		struct text *tids = &scenario->steps[i].call.tids;

		if (tids->length)
			tids->at = scenario->text + (tids->at - line.at);
	}
}

/* What stands behind "ID scenario". */
static int scenario_parse(struct text rest, struct complaint *c)
{
	struct text line = rest;
	u32 made = 1, n = 0;

	scenario->uses_shared = scenario->uses_execve = scenario->traces = scenario->autokills = 0;
	scenario->tasks_count = 1;
	while (rest.length) {
		struct text text = text_cut(&rest, ';');
		struct step *s = &scenario->steps[n];

		if (is_empty(text) && is_empty(rest))
			break;
		if (n == STEPS_MOST)
			return complain(c, (struct text){ 0, 0 }, "more than 64 steps");
		if (step_parse(s, text, c))
			return -1;
		n++;
		scenario->uses_shared |= step_uses_shared(s);
		scenario->traces |= operation_of(s)->nature & TRACES;
		scenario->uses_execve |= operation_of(s)->perform == step_execve;
		if (!(operation_of(s)->nature & MAKES_TASK))
			continue;
		scenario->autokills |= s->call.kind == CALL_CLONE3 && (s->call.args.flags & CLONE_PIDFD_AUTOKILL) != 0;
		if (made >> s->v[KEY_CHILD] & 1)
			return complain(c, text_of("child"), "is the same as in another step");
		made |= 1U << s->v[KEY_CHILD];
		if (s->v[KEY_CHILD] >= scenario->tasks_count)
			scenario->tasks_count = s->v[KEY_CHILD] + 1;
	}
	scenario->steps_count = n;
	if (scenario->uses_execve)
		keep_tids(line);
	return n ? 0 : complain(c, (struct text){ 0, 0 }, "no steps");
}

#endif
