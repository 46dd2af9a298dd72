/*
 * The memory in which the host and the tasks of a scenario meet: the steps, their results, and a mailbox for each task.
 * The host hands out one step at a time; the task that it is for stores the result and rings the bell.
 */
#ifndef PROBE_MAILBOX_H
#define PROBE_MAILBOX_H

#include "call.h"

#if defined(__x86_64__)
#include "entry_x86_64.h"
#elif defined(__aarch64__)
#include "entry_aarch64.h"
#elif defined(__i386__)
#include "entry_i386.h"
#elif defined(__arm__)
#include "entry_arm.h"
#else
#include "entry_riscv64.h"
#endif

enum { TASKS_MOST = 16, STEPS_MOST = 64, SIGNALS = 65, PATH_OF_TASK = 48 };

/* Orders that are no steps. */
enum { STEP_LEAVE = STEPS_MOST, STEP_PING };

enum { SIGSTOP = 19, SIGTTOU = 22 };

enum { ESRCH = 3, ERANGE = 34, ETIMEDOUT = 110 };

#define CLONE_VFORK 0x4000

/* Beyond the regions of memory.h. */
#define REGION_SHARED 0x20050000UL
#define PAGES_ADDRESS 0x20100000UL
#define PAGES_MOST 64
#define STACKS_ADDRESS 0x21000000UL
#define STACK_ROOM 0x10000UL /* of each task: the alternate stack is its lower quarter */
#define ALTSTACK_ROOM (STACK_ROOM / 4)
#define SCENARIO_ADDRESS 0x22000000UL

enum {
	P_ALL = 0,
	P_PID = 1,
	P_PIDFD = 3,
	WEXITED = 4,
	WNOWAIT = 0x01000000,
};

enum {
	FUTEX_WAIT = 0,
	FUTEX_WAKE = 1,
};

enum mail_state {
	MAIL_NONE,
	MAIL_HELD, /* it was stopped at its birth, by its tracer: the host found it */
	MAIL_IDLE, /* has come to life, or has done its step */
	MAIL_ORDERED,
	MAIL_BUSY,
	MAIL_LEAVING, /* makes a call that it will not come back from */
};

enum key {
	KEY_CHILD,
	KEY_STATUS,
	KEY_WHO,
	KEY_OPTIONS,
	KEY_PIDFD,
	KEY_SIGNAL,
	KEY_AT,
	KEY_VALUE,
	KEY_PAGE,
	KEY_FD,
	KEY_FLAG,
	KEY_FLAGS,
	KEY_OFFSET,
	KEY_WHENCE,
	KEY_TO,
	KEY_MASK,
	KEY_HANDLER,
	KEY_N,
	KEY_KIND,
	KEY_UNDO,
	KEY_A,
	KEY_B,
	KEY_TYPE,
	KEY_TO_FD,
	KEY_PGRP,
	KEY_POLICY,
	KEY_ID,
	KEY_LEVEL,
	KEYS,
};

#define WHO_ANY (~0ULL)

struct step {
	u8 task;
	u8 operation;
	u32 given;   /* bit i: key i was there */
	u64 v[KEYS]; /* the values */
	struct call call;
};

enum form {
	FORM_CALL,  /* what a system call returns: negative means failed */
	FORM_VALUE, /* whatever it is, it is the result */
};

enum { EXTRAS = 3 };

/* Written by the task alone. */
struct result {
	volatile u32 form;
	volatile u32 extras; /* bit i: extra i is there */
	volatile s64 ret;
	volatile s64 extra[EXTRAS];
};

static const char *const extra_names[EXTRAS] = { "status", "code", "pid" };
enum extra { EXTRA_STATUS, EXTRA_CODE, EXTRA_PID };

struct mailbox {
	volatile u32 state; /* a futex */
	volatile u32 step;
	volatile int tid; /* as the call that made it returned it; 0 before */
	volatile int own_tid, own_pid;
	char path[PATH_OF_TASK]; /* "PID/task/TID", in /proc */
	volatile u32 replaced;	 /* another thread of its group has executed */
	int other_pid_ns;	 /* what the image that executes knew of its children */
	volatile u32 handled[SIGNALS];
};

/*
 * The bell is 0 while the host looks at the mailboxes and sleeps, and made 1 by whoever has changed one. Both sides
 * store, then fence, then load what the other stores, so that one of them sees the other; so no counting is needed,
 * which on some machines takes a library.
 */
struct scenario {
	volatile u32 bell;
	volatile u32 beat; /* moves as long as the host lives */
	u32 steps_count;
	u32 tasks_count;
	u32 uses_shared, uses_execve, traces, autokills;
	int fd_memory;		   /* this memory, and behind it SHARED; negative when it is of no file */
	int fd_proc, fd_root, fd_probe; /* for new images; descriptors that execve leaves open */
	u32 private_pids;
	u64 timeout_ms;
	u64 host_pid_ns, conductor_pid_ns;
	s64 host_pid, conductor_pid; /* as they know themselves */
	s64 host_in_proc;
	volatile int semaphore;	   /* its id + 1; 0: none */
	volatile u64 semaphore_ns; /* where it was made */
	u64 host_ns;		   /* the ipc namespace of the host, and maybe of others */
	struct mailbox mail[TASKS_MOST];
	struct result results[STEPS_MOST];
	struct step steps[STEPS_MOST];
	char text[SCENARIO_LONGEST + 1]; /* for new images, which do not have the input */
};

_Static_assert(sizeof(struct scenario) <= WINDOW_SIZE, "the kernel maps as much at the first touch");

static struct scenario *scenario;

static int is_mapped_at(long got, u64 wanted)
{
	return got == (long)wanted ? 0 : -1;
}

static int stacks_map(void)
{
	return is_mapped_at(sys_mmap(STACKS_ADDRESS, TASKS_MOST * STACK_ROOM, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0),
			    STACKS_ADDRESS);
}

/* A window of a file's memory, or of memory that belongs to no file. */
static long window_map(u64 at, int fd, u64 offset)
{
	return sys_mmap(at, WINDOW_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | (fd < 0 ? MAP_ANONYMOUS : 0), fd,
			offset);
}

static int scenario_map_at(int fd)
{
	scenario = (struct scenario *)SCENARIO_ADDRESS;
	return is_mapped_at(window_map(SCENARIO_ADDRESS, fd, 0), SCENARIO_ADDRESS);
}

static inline long shared_region_map(void)
{
	return window_map(REGION_SHARED, scenario->fd_memory, WINDOW_SIZE);
}

static inline void fence(void)
{
	__sync_synchronize();
}

/* Never the private kind: tasks may share memory and not know each other. */
static inline long futex_wait(volatile u32 *word, u32 while_it_is, u64 microseconds)
{
	struct timespec limit = timespec_of(microseconds);

	return sys(NR_futex, word, FUTEX_WAIT, while_it_is, &limit);
}

static inline void futex_wake(volatile u32 *word)
{
	sys(NR_futex, word, FUTEX_WAKE, 1);
}

/* By a task: its mailbox has a new state. */
static inline void mail_say(struct mailbox *m, u32 state)
{
	fence();
	m->state = state;
	fence();
	if (scenario->bell)
		return;
	scenario->bell = 1;
	futex_wake(&scenario->bell);
}

/* By the host. */
static inline void mail_order(struct mailbox *m, u32 step)
{
	m->step = step;
	fence();
	m->state = MAIL_ORDERED;
	fence();
	futex_wake(&m->state);
}

#endif
