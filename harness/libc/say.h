/*
 * What a case says: one write() of `KEY VALUE` to standard output for each thing. The tracer sees the write itself, so that what is said
 * and what is called stand in one order. Nothing of stdio is used, so that nothing is buffered, or written twice by a copy.
 */
#ifndef LIBC_SAY_H
#define LIBC_SAY_H

#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { SAY_LONGEST = 120 };

static inline void say(const char *key, const char *value)
{
	char line[SAY_LONGEST];
	size_t length = strlen(key), more = strlen(value);

	if (length + more + 1 >= sizeof(line))
		return;
	memcpy(line, key, length);
	line[length++] = ' ';
	memcpy(line + length, value, more);
	if (write(1, line, length + more) < 0)
		_exit(4);
}

static inline void say_in_base(const char *key, const char *before, uintmax_t value, unsigned base)
{
	char text[SAY_LONGEST], digits[32];
	size_t length = strlen(before), count = 0;

	memcpy(text, before, length);
	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (count)
		text[length++] = digits[--count];
	text[length] = 0;
	say(key, text);
}

static inline void say_number(const char *key, long value)
{
	say_in_base(key, value < 0 ? "-" : "", value < 0 ? 0 - (uintmax_t)value : (uintmax_t)value, 10);
}

static inline void say_pointer(const char *key, const volatile void *value)
{
	say_in_base(key, "0x", (uintptr_t)value, 16);
}

/* Calls between the two belong to what is tried. */
static inline void begin(void)
{
	say("begin", "");
}

static inline void end(void)
{
	say("end", "");
}

/* What the case needs around it cannot be had: nothing is judged. */
static inline void blocked(const char *why)
{
	say("blocked", why);
	_exit(3);
}

#endif
