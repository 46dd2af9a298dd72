/* A sweep: one clone after another over a range of flag words, and what came of each in a few bytes. */
#ifndef PROBE_SWEEP_H
#define PROBE_SWEEP_H

#include "call.h"

/* What became of a word, where it is no errno: those are their own numbers. 0 is none yet. */
enum sweep_outcome { SWEEP_ERRNO_MOST = 249, SWEEP_OTHER, SWEEP_CHILD, SWEEP_LOST };

enum { SWEEP_BLOCK = 256, SWEEP_BLOCKS = SWEEP_MOST / SWEEP_BLOCK };

static void sweep_prepare(const struct call *call)
{
	const struct clone_args *a = &call->args;

	shared->sweep.flags = a->flags;
	shared->sweep.stack = a->stack;
	shared->sweep.parent_tid = a->parent_tid;
	shared->sweep.child_tid = a->child_tid;
	shared->sweep.tls = a->tls;
	shared->sweep.step = call->step;
	shared->sweep.count = call->count;
	shared->sweep.done = 0;
}

/* The word that is next. */
static inline u64 sweep_flags(void)
{
	return shared->sweep.flags + shared->sweep.done * shared->sweep.step;
}

/* Makes its call, which only returns when it is refused. */
static inline long sweep_call(void)
{
	return stub_clone(sweep_flags(), shared->sweep.stack, shared->sweep.parent_tid, shared->sweep.child_tid,
			  shared->sweep.tls, &shared->slot.outcome);
}

static inline u8 sweep_code(s64 ret)
{
	if (ret > 0)
		return SWEEP_CHILD;
	return ret < 0 && ret >= -SWEEP_ERRNO_MOST ? -ret : SWEEP_OTHER;
}

static inline void sweep_note(u8 outcome)
{
	u32 done = shared->sweep.done;

	shared->sweep.outcomes[done] = outcome;
	shared->sweep.done = done + 1;
	shared->beat++;
}

/* --- the answer: outcomes as letters, in blocks, each kind of block once --- */

static const char sweep_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static struct {
	u8 letter_of[256]; /* its number + 1 */
	u32 letters;
	u16 first[SWEEP_BLOCKS]; /* where each kind of block was first */
	u32 kinds;
} sweep_words;

static void put_sweep_outcome(u8 outcome)
{
	put("\"");
	if (outcome == SWEEP_CHILD)
		put("child");
	else if (outcome == SWEEP_LOST)
		put("lost");
	else if (outcome == SWEEP_OTHER)
		put("other");
	else
		build_errno(&shared->line, outcome);
	put("\"");
}

/* -1 when there are more outcomes than letters. */
static int put_sweep_letters(void)
{
	memset(&sweep_words, 0, sizeof(sweep_words));
	put_key("outcomes");
	put("[");
	for (u32 i = 0; i < shared->sweep.count; i++) {
		u8 outcome = shared->sweep.outcomes[i];

		if (sweep_words.letter_of[outcome])
			continue;
		if (sweep_words.letters == sizeof(sweep_letters) - 1)
			return -1;
		sweep_words.letter_of[outcome] = ++sweep_words.letters;
		if (sweep_words.letters > 1)
			put(",");
		put_sweep_outcome(outcome);
	}
	put("]");
	return 0;
}

static u32 sweep_block_length(u32 block)
{
	u32 left = shared->sweep.count - block * SWEEP_BLOCK;

	return left < SWEEP_BLOCK ? left : SWEEP_BLOCK;
}

static int sweep_blocks_equal(u32 a, u32 b)
{
	const volatile u8 *one = shared->sweep.outcomes + a * SWEEP_BLOCK, *other = shared->sweep.outcomes + b * SWEEP_BLOCK;
	u32 length = sweep_block_length(b);

	if (sweep_block_length(a) != length)
		return 0;
	for (u32 i = 0; i < length; i++)
		if (one[i] != other[i])
			return 0;
	return 1;
}

/* Which kind of block it is; a new one is written out. */
static u32 sweep_kind(u32 block)
{
	u32 kind = 0;

	while (kind < sweep_words.kinds && !sweep_blocks_equal(sweep_words.first[kind], block))
		kind++;
	if (kind < sweep_words.kinds)
		return kind;
	sweep_words.first[sweep_words.kinds++] = block;
	put(kind ? ",\"" : "\"");
	for (u32 i = 0; i < sweep_block_length(block); i++)
		*shared->line.at++ = sweep_letters[sweep_words.letter_of[shared->sweep.outcomes[block * SWEEP_BLOCK + i]] - 1];
	put("\"");
	return kind;
}

static void put_sweep_blocks(void)
{
	static u8 kinds[SWEEP_BLOCKS];
	u32 blocks = (shared->sweep.count + SWEEP_BLOCK - 1) / SWEEP_BLOCK, times = 0;

	put_key("blocks");
	put("[");
	for (u32 i = 0; i < blocks; i++)
		kinds[i] = sweep_kind(i);
	put("]");
	put_key("runs");
	put("[");
	for (u32 i = 0; i < blocks; i += times) {
		for (times = 1; i + times < blocks && kinds[i + times] == kinds[i]; times++)
			;
		put(i ? ",[" : "[");
		put_number(kinds[i]);
		put(",");
		put_number(times);
		put("]");
	}
	put("]");
}

static void sweep_answer(void)
{
	answer_begin();
	put(",\"sweep\":{\"words\":");
	put_number(shared->sweep.count);
	if (put_sweep_letters())
		return answer_string("lost", text_of("more outcomes than an answer has letters for"));
	put_sweep_blocks();
	put("}");
	answer_end();
}

#endif
