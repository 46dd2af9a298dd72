/* Output: one JSON object a line, built in the shared buffer and given in one store. */
#ifndef PROBE_JSON_H
#define PROBE_JSON_H

#include "shared.h"
#include "text.h"

static int exit_without_reader; /* the conductor's; hosts and arenas set theirs */

static u32 output_length(void)
{
	return shared->given >> 32;
}

/* Writes everything out. Whoever finds that nobody reads any more ends; the others see it from how it ended. */
static void flush(void)
{
	u32 length = output_length(), at = 0;

	shared->doing = DOING_IO;
	while (at < length) {
		long n = sys(NR_write, 1, shared->output + at, length - at);

		if (n == -EAGAIN)
			sys_poll(1, POLLOUT, -1);
		else if (n <= 0 && n != -EINTR)
			end_with(exit_without_reader);
		else if (n > 0)
			at += n;
	}
	whole_put(&shared->given, cases_answered());
	shared->doing = DOING_WORK;
	shared->beat++;
}

static void line_begin(void)
{
	u32 length = output_length();

	if (length + OUTPUT_ROOM > OUTPUT_SIZE) {
		flush();
		length = 0;
	}
	shared->line = (struct builder){ shared->output + length, shared->output + OUTPUT_SIZE };
}

/* Hands the line over; with `answers` 1 it is the answer to the case in flight. */
static void line_end(u32 answers)
{
	u64 length;

	*shared->line.at++ = '\n';
	length = shared->line.at - shared->output;
	whole_put(&shared->given, length << 32 | (u32)(cases_answered() + answers));
}

static inline void put(const char *s)
{
	while (*s)
		*shared->line.at++ = *s++;
}

/* The inside of a JSON string. */
static void put_escaped(struct text t)
{
	static const char hex[] = "0123456789abcdef";

	for (u32 i = 0; i < t.length; i++) {
		u8 c = t.at[i];

		if (c == '"' || c == '\\') {
			*shared->line.at++ = '\\';
			*shared->line.at++ = c;
		} else if (c < ' ' || c > '~') {
			put("\\u00");
			*shared->line.at++ = hex[c >> 4];
			*shared->line.at++ = hex[c & 15];
		} else {
			*shared->line.at++ = c;
		}
	}
}

static void put_string(struct text t)
{
	put("\"");
	put_escaped(t);
	put("\"");
}

static void put_number(s64 value)
{
	build_number(&shared->line, value);
}

/* ,"name": */
static void put_key(const char *name)
{
	put(",\"");
	put(name);
	put("\":");
}

static void put_key_string(const char *name, struct text value)
{
	put_key(name);
	put_string(value);
}

static void put_key_number(const char *name, s64 value)
{
	put_key(name);
	put_number(value);
}

/* Negative: it cannot be known. */
static void put_key_known(const char *name, s64 value)
{
	put_key(name);
	if (value < 0)
		put("null");
	else
		put_number(value);
}

static void put_key_bool(const char *name, int value)
{
	put_key(name);
	put(value < 0 ? "null" : value ? "true" : "false");
}

#endif
