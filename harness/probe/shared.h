/*
 * The memory that conductor, host and arena share: input, output, and the case in flight. Only one of them works on it
 * at a time: the one that runs cases, or whoever has seen that one end.
 */
#ifndef PROBE_SHARED_H
#define PROBE_SHARED_H

#include "sys.h"
#include "text.h"

enum {
	LINE_LONGEST = 4095,
	SCENARIO_LONGEST = 16383, /* a line that holds a scenario */
	ID_LONGEST = 32,
	WHY_SIZE = 256,
	INPUT_SIZE = 0x7fff, /* fits into 15 bits of shared->taken, and into the window */
	WINDOW_SIZE = 64 << 10,
	OUTPUT_SIZE = 1 << 20,
	OUTPUT_ROOM = 64 << 10, /* more than any line takes */
	SCRATCH_SIZE = 256 << 10,
	ATTRIBUTES_MOST = 64,
	CGROUP_DIRS_MOST = 16,
	CGROUP_PATH_SIZE = 1024,
	SWEEP_MOST = 32768, /* flag words of a sweep: the answer is a line, and lines have less than 64 KiB */
};

/* How a host or an arena ends. 0 is how the child of a case ends, and an arena that takes itself for it. */
enum ending {
	END_CHILD = 100, /* the call made a child: the number is in the slot; STUB_END_CHILD */
	END_RENEW,	 /* a refused call may have changed the state */
	END_SCENARIO,	 /* the next line is a scenario, which the host conducts */
	END_LINE,	 /* the next line is not the arena's: a caller line, or the end of the input */
	END_BLOCKED,	 /* the state could not be reached: shared->why */
	END_STDOUT,	 /* nobody reads the output any more */
	END_DIE,	 /* --fault die */
};

/* What the process that works is at, for the watchdogs: waiting for others' input and output is no hang. */
enum doing { DOING_WORK, DOING_IO };

struct attribute {
	u16 kind; /* index into the table of attributes */
	u16 word; /* where it begins in caller.text, */
	u16 length;
	u64 value;
};

/* 64 bits that are stored at once, where a plain store would be two of 32. */
typedef volatile u64 whole64 __attribute__((aligned(8)));

static inline void whole_put(whole64 *at, u64 value)
{
	__atomic_store_n(at, value, __ATOMIC_RELAXED);
}

/*
 * What an arena needs comes first, within 64 KiB, since the kernel maps as much at the first touch: page faults are
 * most of what a fresh arena costs.
 */
struct shared {
	/*
	 * Each of these changes in one store (whole_put), so that a process that dies leaves a line taken or not taken, answered
	 * or not answered, and nothing between. The case in flight is taken and not yet given.
	 */
	whole64 taken; /* in a line that is skipped << 63 | input end << 48 | input position << 32 | cases taken */
	whole64 given; /* output length << 32 | cases answered */

	struct {
		volatile struct outcome outcome;
		u64 flags;
		u32 call;
		u32 id_length;
		char id[ID_LONGEST + 8];
	} slot;

	volatile u32 doing;
	volatile u32 beat; /* moves whenever something other than a case has been done */
	volatile u32 input_reading; /* a read is under way, into the zeroes behind the end */
	volatile u32 input_dirty;   /* where those begin that have been zeroes all the time */
	volatile u32 input_over;
	volatile u32 caller_said; /* the caller line has been answered */
	volatile u32 hangs;  /* cases that the target did not come back from */
	volatile u32 ending; /* how the arena ended, when it ended by itself and without a child */
	volatile u32 private_pids; /* the host has a pid namespace of its own */

	struct builder line; /* the output line that is being built */

	char why[WHY_SIZE];

	struct {
		u32 length;
		u32 name_length;
		u32 count;
		char text[LINE_LONGEST + 1]; /* name and attributes, separated by spaces */
		struct attribute attributes[ATTRIBUTES_MOST];
		char error[WHY_SIZE];
	} caller;

	char input[INPUT_SIZE];

	volatile u32 cgroup_serial;
	volatile u32 cgroup_dirs;
	char cgroup_dir[CGROUP_DIRS_MOST][CGROUP_PATH_SIZE];
	char cgroup_missing[8][WHY_SIZE];

	/* The sweep in flight, whose arenas follow one another. */
	struct {
		u64 flags, stack, parent_tid, child_tid, tls, step;
		u32 count;
		volatile u32 done;
		volatile u8 outcomes[SWEEP_MOST];
	} sweep;

	char scratch[2][SCRATCH_SIZE]; /* for files that are read; kept off the stack, which each arena would copy */
	char output[OUTPUT_SIZE];
};

_Static_assert(__builtin_offsetof(struct shared, input) + INPUT_SIZE <= WINDOW_SIZE, "the window");

static struct shared *shared;

static inline u32 cases_taken(void)
{
	return (u32)shared->taken;
}

static inline u32 cases_answered(void)
{
	return (u32)shared->given;
}

static inline int case_in_flight(void)
{
	return cases_taken() != cases_answered();
}

/* The end of an arena, or of a host. It is said here as well, since not every arena is waited for. */
static __attribute__((noreturn)) void end_with(int code)
{
	shared->ending = code;
	sys_exit(code);
}

static int shared_map(void)
{
	/* Longer than needed, so that it can begin at a window's beginning. */
	long at = sys_mmap(0, sizeof(struct shared) + WINDOW_SIZE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at < 0 && at > -4096)
		return -1;
	shared = (struct shared *)((at + WINDOW_SIZE - 1) & -(long)WINDOW_SIZE);
	return 0;
}

#endif
