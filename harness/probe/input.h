/* Input: lines out of the shared buffer, which is filled when it has run dry. */
#ifndef PROBE_INPUT_H
#define PROBE_INPUT_H

#include "json.h"

struct line {
	struct text text;
	u32 next;     /* where the line after it begins */
	int too_long; /* the text is only its beginning */
};

static inline u32 input_position(void)
{
	return shared->taken >> 32;
}

static inline void input_move_to(u32 position)
{
	shared->taken = (u64)position << 32 | cases_taken();
}

/* Reads more. What was answered goes out first, since whoever feeds us may wait for it. */
static void input_fill(void)
{
	u32 at = input_position(), left = shared->input_end - at;
	long n;

	flush();
	if (at) {
		memmove(shared->input, shared->input + at, left);
		shared->input_end = left;
		input_move_to(0);
	}
	shared->doing = DOING_IO;
	for (;;) {
		n = sys(NR_read, 0, shared->input + left, INPUT_SIZE - left);
		if (n == -EAGAIN)
			sys_poll(0, POLLIN, -1);
		else if (n != -EINTR)
			break;
	}
	shared->beat++;
	shared->doing = DOING_WORK;
	if (n <= 0)
		shared->input_over = 1;
	else
		shared->input_end = left + n;
}

/* The next line, without taking it; 0 at the end of the input. */
static int input_peek(struct line *line)
{
	for (;;) {
		u32 start = input_position(), end = shared->input_end, at = start;
		const char *in = shared->input;

		while (at < end && in[at] != '\n')
			at++;
		if (shared->skipping) {
			if (at < end)
				shared->skipping = 0;
			input_move_to(at < end ? at + 1 : at);
			if (at >= end && shared->input_over)
				return 0;
			if (at >= end)
				input_fill();
			continue;
		}
		line->text = (struct text){ in + start, at - start };
		line->next = at < end ? at + 1 : at;
		line->too_long = at - start > LINE_LONGEST;
		if (line->too_long) {
			/* Its taker moves into the line; the rest is skipped when the next one is looked for. */
			line->text.length = LINE_LONGEST;
			line->next = start + LINE_LONGEST;
			return 1;
		}
		if (at < end)
			return 1;
		if (shared->input_over)
			return at > start;
		input_fill();
	}
}

/* Takes a line that is no case. */
static void input_take(const struct line *line)
{
	if (line->too_long)
		shared->skipping = 1;
	input_move_to(line->next);
}

/* Takes a line that is a case: from here on it is in flight, and will be answered whoever dies. */
static inline void input_take_case(const struct line *line, struct text id)
{
	u32 n = id.length > ID_LONGEST ? ID_LONGEST : id.length;

	for (u32 i = 0; i < n; i++)
		shared->slot.id[i] = id.at[i];
	shared->slot.id_length = n;
	shared->slot.outcome.ret = 0;
	shared->slot.outcome.mark = 0;
	if (line->too_long)
		shared->skipping = 1;
	shared->taken = (u64)line->next << 32 | (u32)(cases_taken() + 1);
}

static inline int is_caller_line(struct text text)
{
	return text_is(text_word(&text), "caller");
}

/* Empty lines and comments. */
static inline int is_idle_line(struct text text)
{
	struct text word = text_word(&text);

	return !word.length || word.at[0] == '#';
}

/* Answers to the case in flight begin alike. */
static inline void answer_begin(void)
{
	line_begin();
	put("{\"id\":\"");
	put_escaped((struct text){ shared->slot.id, shared->slot.id_length });
	put("\"");
}

static inline void answer_end(void)
{
	put("}");
	line_end(1);
}

static void answer_string(const char *key, struct text value)
{
	answer_begin();
	put_key_string(key, value);
	answer_end();
}

#endif
