/*
 * A seccomp filter around the program, entered before it is executed, so that it may be of any libc. It refuses kill() of process groups
 * and of everything: a libc that takes a failed clone's -1 for a process would end all that the user has. And it can stand for a kernel
 * that refuses the calls that make tasks, so that it can be seen what a wrapper does then.
 */
#ifndef TRACER_ANSWER_H
#define TRACER_ANSWER_H

#include "input.h"

enum {
	LOAD_WORD = 0x20,
	JUMP_IF_EQUAL = 0x15,
	JUMP_IF_BITS = 0x45,
	RETURN = 0x06,
	ALLOW = 0x7fff0000,
	GIVE_ERRNO = 0x00050000,
	FIRST_ARGUMENT = 16,
	STEPS_MOST = 24,
};

struct filter_step {
	u16 code;
	u8 if_so, if_not;
	u32 value;
};

struct filter {
	u16 length;
	const struct filter_step *steps;
};

/* What is to be refused: nothing, clone3 alone, or every call that makes a task. */
struct answer {
	int calls; /* 0, 1 or 2 */
	int number;
};

static inline int answer_read(char *text, struct answer *answer)
{
	char *colon = text;

	*answer = (struct answer){ 0, 0 };
	if (same(text, "-"))
		return 0;
	while (*colon && *colon != ':')
		colon++;
	if (!*colon)
		return -1;
	*colon = 0;
	answer->calls = same(text, "clone3") ? 1 : same(text, "all") ? 2 : 0;
	answer->number = input_number(colon + 1);
	return answer->calls && answer->number > 0 ? 0 : -1;
}

static inline u16 filter_refuse(struct filter_step *steps, u16 count, u32 call, int number)
{
	steps[count++] = (struct filter_step){ JUMP_IF_EQUAL, 0, 1, call };
	steps[count++] = (struct filter_step){ RETURN, 0, 0, GIVE_ERRNO | (u32)number };
	return count;
}

static inline u16 filter_build(struct filter_step *steps, struct answer answer)
{
	u16 count = 0;

	steps[count++] = (struct filter_step){ LOAD_WORD, 0, 0, 0 };
	if (answer.calls)
		count = filter_refuse(steps, count, NR_clone3, answer.number);
	if (answer.calls > 1) {
		count = filter_refuse(steps, count, NR_clone, answer.number);
#if STUB_HAS_FORK
		count = filter_refuse(steps, count, NR_fork, answer.number);
		count = filter_refuse(steps, count, NR_vfork, answer.number);
#endif
	}
	/* A negative pid, which has its 32nd bit set. */
	steps[count++] = (struct filter_step){ JUMP_IF_EQUAL, 0, 3, NR_kill };
	steps[count++] = (struct filter_step){ LOAD_WORD, 0, 0, FIRST_ARGUMENT };
	steps[count++] = (struct filter_step){ JUMP_IF_BITS, 0, 1, 0x80000000U };
	steps[count++] = (struct filter_step){ RETURN, 0, 0, GIVE_ERRNO | EPERM };
	steps[count++] = (struct filter_step){ RETURN, 0, 0, ALLOW };
	return count;
}

static inline long answer_enter(struct answer answer)
{
	struct filter_step steps[STEPS_MOST];
	const struct filter filter = { filter_build(steps, answer), steps };
	long got = sys(NR_prctl, PR_SET_NO_NEW_PRIVS, 1);

	return got ? got : sys(NR_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

#endif
