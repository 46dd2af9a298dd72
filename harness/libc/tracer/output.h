/* Output: one JSON object a line. */
#ifndef TRACER_OUTPUT_H
#define TRACER_OUTPUT_H

#include "../../probe/sys.h"

static struct {
	char text[1 << 17];
	u32 length;
} output;

static inline __attribute__((noreturn)) void complain_and_exit(const char *what)
{
	u32 length = 0;

	while (what[length])
		length++;
	sys(NR_write, 2, what, length);
	sys_exit(2);
}

static inline void output_flush(void)
{
	u32 at = 0;

	while (at < output.length) {
		long n = sys(NR_write, 1, output.text + at, output.length - at);

		if (n == -EAGAIN)
			sys_poll(1, POLLOUT, -1);
		else if (n <= 0 && n != -EINTR)
			sys_exit(1);
		else if (n > 0)
			at += n;
	}
	output.length = 0;
}

static inline void put_char(char c)
{
	if (output.length == sizeof(output.text))
		output_flush();
	output.text[output.length++] = c;
}

static inline void put(const char *s)
{
	while (*s)
		put_char(*s++);
}

static inline void put_number(s64 value)
{
	char digits[24];
	u32 n = 0;
	u64 rest = value < 0 ? 0 - (u64)value : (u64)value;

	do {
		digits[n++] = '0' + rest % 10;
		rest /= 10;
	} while (rest);
	if (value < 0)
		put_char('-');
	while (n)
		put_char(digits[--n]);
}

static inline void put_hex_digits(u64 value)
{
	int shift = 60;

	while (shift && !(value >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		put_char("0123456789abcdef"[value >> shift & 15]);
}

/* A JSON string; what is no printable ASCII is escaped. */
static inline void put_string(const char *s, u32 length)
{
	put_char('"');
	for (u32 i = 0; i < length; i++) {
		u8 c = s[i];

		if (c == '"' || c == '\\') {
			put_char('\\');
			put_char(c);
		} else if (c < ' ' || c > '~') {
			put("\\u00");
			put_char("0123456789abcdef"[c >> 4]);
			put_char("0123456789abcdef"[c & 15]);
		} else {
			put_char(c);
		}
	}
	put_char('"');
}

/* ,"name":"0x1f" */
static inline void put_hex(const char *name, u64 value)
{
	put(",\"");
	put(name);
	put("\":\"0x");
	put_hex_digits(value);
	put("\"");
}

#endif
