/* Input: one case a line, `NAME ANSWER PATH`. */
#ifndef TRACER_INPUT_H
#define TRACER_INPUT_H

#include "../../probe/sys.h"

enum { LINE_LONGEST = 8192 };

static struct {
	char bytes[LINE_LONGEST];
	u32 length;
	char line[LINE_LONGEST];
} input;

/* The next line, without its end; NULL when there is none. A longer one than any case has ends the input. */
static inline char *input_line(void)
{
	for (;;) {
		for (u32 i = 0; i < input.length; i++) {
			if (input.bytes[i] != '\n')
				continue;
			memcpy(input.line, input.bytes, i);
			input.line[i] = 0;
			input.length -= i + 1;
			memmove(input.bytes, input.bytes + i + 1, input.length);
			return input.line;
		}
		if (input.length == sizeof(input.bytes))
			return NULL;
		long n = sys(NR_read, 0, input.bytes + input.length, sizeof(input.bytes) - input.length);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return NULL;
		input.length += n;
	}
}

/* Ends the first word there, and answers where the rest begins; NULL when there is none. */
static inline char *input_cut(char *text)
{
	while (*text && *text != ' ')
		text++;
	if (!*text)
		return NULL;
	*text = 0;
	return text + 1;
}

static inline int input_number(const char *s)
{
	int n = 0;

	for (; *s >= '0' && *s <= '9' && n < 10000; s++)
		n = n * 10 + (*s - '0');
	return *s ? -1 : n;
}

static inline int same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

#endif
