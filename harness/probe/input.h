/* Input: lines out of the shared buffer, which is filled when it has run dry. */
#ifndef PROBE_INPUT_H
#define PROBE_INPUT_H

#include "json.h"

struct line {
	struct text text;
	u32 next;     /* where the line after it begins */
	int too_long; /* the text is only its beginning */
};

#define INPUT_SKIPPING (1ULL << 63)

static inline u32 input_position(void)
{
	return shared->taken >> 32 & 0xffff;
}

static inline u32 input_end(void)
{
	return shared->taken >> 48 & INPUT_SIZE;
}

static inline int input_skipping(void)
{
	return !!(shared->taken & INPUT_SKIPPING);
}

/* Everything about the input at once. */
static inline void input_set(u32 position, u32 end, int skipping, u32 cases)
{
	whole_put(&shared->taken, (skipping ? INPUT_SKIPPING : 0) | (u64)end << 48 | (u64)position << 32 | cases);
}

/* Makes room behind the end. What is left is part of one line, so that it can be copied before it is let go of. */
static void input_make_room(void)
{
	u32 at = input_position(), left = input_end() - at;

	if (at < left || (left && INPUT_SIZE - input_end() > 2 * LINE_LONGEST))
		return;
	memcpy(shared->input, shared->input + at, left);
	input_set(0, left, input_skipping(), cases_taken());
}

/* Somebody died reading: what was read is there, up to the zeroes, which no line ends with. */
static u32 input_recover(u32 end)
{
	u32 found = INPUT_SIZE;

	while (found > end && !shared->input[found - 1])
		found--;
	return found - end;
}

static long input_read(u32 end)
{
	long n;

	if (shared->input_dirty > end)
		memset(shared->input + end, 0, shared->input_dirty - end);
	shared->input_dirty = end;
	shared->input_reading = 1;
	for (;;) {
		n = sys(NR_read, 0, shared->input + end, INPUT_SIZE - end);
		if (n == -EAGAIN)
			sys_poll(0, POLLIN, -1);
		else if (n != -EINTR)
			return n;
	}
}

/* Reads more. What was answered goes out first, since whoever feeds us may wait for it. */
static void input_fill(void)
{
	u32 end;
	long n = 0;

	flush();
	shared->doing = DOING_IO;
	if (shared->input_reading)
		n = input_recover(input_end());
	if (n == 0) {
		input_make_room();
		n = input_read(input_end());
	}
	end = input_end();
	if (n <= 0) {
		shared->input_over = 1;
	} else {
		shared->input_dirty = end + n;
		input_set(input_position(), end + n, input_skipping(), cases_taken());
	}
	shared->input_reading = 0;
	shared->beat++;
	shared->doing = DOING_WORK;
}

/* ID scenario … */
static inline int is_scenario_line(struct text text)
{
	text_word(&text);
	return text_is(text_word(&text), "scenario");
}

static inline u32 line_longest(struct text text)
{
	return text.length > LINE_LONGEST && is_scenario_line(text) ? SCENARIO_LONGEST : LINE_LONGEST;
}

/* The next line, without taking it; 0 at the end of the input. */
static int input_peek(struct line *line)
{
	for (;;) {
		u32 start = input_position(), end = input_end(), at = start, longest;
		const char *in = shared->input;

		while (at < end && in[at] != '\n')
			at++;
		if (input_skipping()) {
			input_set(at < end ? at + 1 : at, end, at == end, cases_taken());
			if (at == end && shared->input_over)
				return 0;
			if (at == end)
				input_fill();
			continue;
		}
		line->text = (struct text){ in + start, at - start };
		line->next = at < end ? at + 1 : at;
		longest = line_longest(line->text);
		line->too_long = at - start > longest;
		if (line->too_long) {
			/* Its taker moves into the line; the rest is skipped when the next one is looked for. */
			line->text.length = longest;
			line->next = start + longest;
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
	input_set(line->next, input_end(), line->too_long, cases_taken());
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
	input_set(line->next, input_end(), line->too_long, cases_taken() + 1);
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
