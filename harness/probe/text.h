/* Strings: comparing, searching, numbers, and the names of errors. */
#ifndef PROBE_TEXT_H
#define PROBE_TEXT_H

#include "sys.h"

/* A piece of text that somebody else owns. */
struct text {
	const char *at;
	u32 length;
};

static u32 text_length(const char *s)
{
	u32 n = 0;

	while (s[n])
		n++;
	return n;
}

static struct text text_of(const char *s)
{
	return (struct text){ s, text_length(s) };
}

static inline int text_is(struct text t, const char *s)
{
	u32 i;

	for (i = 0; i < t.length; i++)
		if (s[i] != t.at[i] || !s[i])
			return 0;
	return !s[i];
}

static int text_begins(struct text t, const char *s)
{
	for (u32 i = 0; s[i]; i++)
		if (i >= t.length || t.at[i] != s[i])
			return 0;
	return 1;
}

/* Takes what comes before the first `end` off the text; the whole when there is none. */
static struct text text_cut(struct text *t, char end)
{
	struct text part = { t->at, 0 };

	while (part.length < t->length && part.at[part.length] != end)
		part.length++;
	t->at += part.length;
	t->length -= part.length;
	if (t->length) {
		t->at++;
		t->length--;
	}
	return part;
}

static inline int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Takes the next word off the text; empty at its end. */
static inline struct text text_word(struct text *t)
{
	const char *at = t->at, *end = at + t->length;
	struct text word;

	while (at < end && is_blank(*at))
		at++;
	word.at = at;
	while (at < end && !is_blank(*at))
		at++;
	word.length = at - word.at;
	t->at = at;
	t->length = end - at;
	return word;
}

/* Whether `word` is one of the words of the text. */
static int text_has_word(struct text t, const char *word)
{
	for (struct text w = text_word(&t); w.length; w = text_word(&t))
		if (text_is(w, word))
			return 1;
	return 0;
}

static inline int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* Decimal, 0x hexadecimal, or negative decimal modulo 2^64. 0 when that is what the whole text is. */
static inline int text_number(struct text t, u64 *value)
{
	u64 n = 0, base = 10, most = ~0ULL / 10;
	int negative = 0;
	u32 i = 0;

	if (t.length > 2 && t.at[0] == '0' && (t.at[1] | 32) == 'x') {
		base = 16;
		most = ~0ULL / 16;
		i = 2;
	} else if (t.length > 1 && t.at[0] == '-') {
		negative = 1;
		i = 1;
	}
	if (i >= t.length)
		return -1;
	for (; i < t.length; i++) {
		u64 digit = digit_value(t.at[i]);

		if (digit >= base || n > most || n * base > ~0ULL - digit)
			return -1;
		n = n * base + digit;
	}
	if (negative && n > 1ULL << 63)
		return -1;
	*value = negative ? 0 - n : n;
	return 0;
}

/* The number at the front of the text, 0 when there is none. */
static u64 text_leading_number(struct text t)
{
	u64 n = 0;

	for (u32 i = 0; i < t.length && t.at[i] >= '0' && t.at[i] <= '9'; i++)
		n = n * 10 + (t.at[i] - '0');
	return n;
}

/* A buffer that strings are appended to; what does not fit is dropped, the end is always marked. */
struct builder {
	char *at;
	char *end;
};

static void build_char(struct builder *b, char c)
{
	if (b->at + 1 < b->end) {
		*b->at++ = c;
		*b->at = 0;
	}
}

static void build(struct builder *b, const char *s)
{
	while (*s)
		build_char(b, *s++);
}

static void build_text(struct builder *b, struct text t)
{
	for (u32 i = 0; i < t.length; i++)
		build_char(b, t.at[i]);
}

static void build_number(struct builder *b, s64 value)
{
	char digits[24];
	u32 n = 0;
	u64 rest = value < 0 ? 0 - (u64)value : (u64)value;

	do {
		u64 tenth = divided(rest, 10);

		digits[n++] = '0' + (rest - 10 * tenth);
		rest = tenth;
	} while (rest);
	if (value < 0)
		build_char(b, '-');
	while (n)
		build_char(b, digits[--n]);
}

#define builder_on(array) ((struct builder){ (array), (array) + sizeof(array) })

/* Numbers of asm-generic/errno.h; all architectures that there are stubs for use them. */
static const char *const errno_names[] = {
	[1] = "EPERM", [2] = "ENOENT", [3] = "ESRCH", [4] = "EINTR", [5] = "EIO", [6] = "ENXIO", [7] = "E2BIG",
	[8] = "ENOEXEC", [9] = "EBADF", [10] = "ECHILD", [11] = "EAGAIN", [12] = "ENOMEM", [13] = "EACCES",
	[14] = "EFAULT", [15] = "ENOTBLK", [16] = "EBUSY", [17] = "EEXIST", [18] = "EXDEV", [19] = "ENODEV",
	[20] = "ENOTDIR", [21] = "EISDIR", [22] = "EINVAL", [23] = "ENFILE", [24] = "EMFILE", [25] = "ENOTTY",
	[26] = "ETXTBSY", [27] = "EFBIG", [28] = "ENOSPC", [29] = "ESPIPE", [30] = "EROFS", [31] = "EMLINK",
	[32] = "EPIPE", [33] = "EDOM", [34] = "ERANGE", [35] = "EDEADLK", [36] = "ENAMETOOLONG", [37] = "ENOLCK",
	[38] = "ENOSYS", [39] = "ENOTEMPTY", [40] = "ELOOP", [42] = "ENOMSG", [43] = "EIDRM", [44] = "ECHRNG",
	[45] = "EL2NSYNC", [46] = "EL3HLT", [47] = "EL3RST", [48] = "ELNRNG", [49] = "EUNATCH", [50] = "ENOCSI",
	[51] = "EL2HLT", [52] = "EBADE", [53] = "EBADR", [54] = "EXFULL", [55] = "ENOANO", [56] = "EBADRQC",
	[57] = "EBADSLT", [59] = "EBFONT", [60] = "ENOSTR", [61] = "ENODATA", [62] = "ETIME", [63] = "ENOSR",
	[64] = "ENONET", [65] = "ENOPKG", [66] = "EREMOTE", [67] = "ENOLINK", [68] = "EADV", [69] = "ESRMNT",
	[70] = "ECOMM", [71] = "EPROTO", [72] = "EMULTIHOP", [73] = "EDOTDOT", [74] = "EBADMSG", [75] = "EOVERFLOW",
	[76] = "ENOTUNIQ", [77] = "EBADFD", [78] = "EREMCHG", [79] = "ELIBACC", [80] = "ELIBBAD", [81] = "ELIBSCN",
	[82] = "ELIBMAX", [83] = "ELIBEXEC", [84] = "EILSEQ", [85] = "ERESTART", [86] = "ESTRPIPE", [87] = "EUSERS",
	[88] = "ENOTSOCK", [89] = "EDESTADDRREQ", [90] = "EMSGSIZE", [91] = "EPROTOTYPE", [92] = "ENOPROTOOPT",
	[93] = "EPROTONOSUPPORT", [94] = "ESOCKTNOSUPPORT", [95] = "EOPNOTSUPP", [96] = "EPFNOSUPPORT",
	[97] = "EAFNOSUPPORT", [98] = "EADDRINUSE", [99] = "EADDRNOTAVAIL", [100] = "ENETDOWN",
	[101] = "ENETUNREACH", [102] = "ENETRESET", [103] = "ECONNABORTED", [104] = "ECONNRESET", [105] = "ENOBUFS",
	[106] = "EISCONN", [107] = "ENOTCONN", [108] = "ESHUTDOWN", [109] = "ETOOMANYREFS", [110] = "ETIMEDOUT",
	[111] = "ECONNREFUSED", [112] = "EHOSTDOWN", [113] = "EHOSTUNREACH", [114] = "EALREADY",
	[115] = "EINPROGRESS", [116] = "ESTALE", [117] = "EUCLEAN", [118] = "ENOTNAM", [119] = "ENAVAIL",
	[120] = "EISNAM", [121] = "EREMOTEIO", [122] = "EDQUOT", [123] = "ENOMEDIUM", [124] = "EMEDIUMTYPE",
	[125] = "ECANCELED", [126] = "ENOKEY", [127] = "EKEYEXPIRED", [128] = "EKEYREVOKED", [129] = "EKEYREJECTED",
	[130] = "EOWNERDEAD", [131] = "ENOTRECOVERABLE", [132] = "ERFKILL", [133] = "EHWPOISON",
};

/* EINVAL for 22 or -22; E512 for a number that has no name. */
static void build_errno(struct builder *b, s64 number)
{
	if (number < 0)
		number = -number;
	if (number < (s64)ARRAY_SIZE(errno_names) && errno_names[number]) {
		build(b, errno_names[number]);
	} else {
		build(b, "E");
		build_number(b, number);
	}
}

#endif
