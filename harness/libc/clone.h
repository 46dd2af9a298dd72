/* clone(): function, stack, argument, result and errno. */
#ifndef LIBC_CLONE_H
#define LIBC_CLONE_H

#include <sched.h>

#include "cases.h"
#include "stack.h"

/* Some headers are older than the flags. */
#ifndef CLONE_IO
#define CLONE_IO 0x80000000
#endif

static int return_seven(void *arg)
{
	(void)arg;
	return 7;
}

static void clone_null_fn(void)
{
	char *top = stack_top();

	begin();
	say_result(clone(NULL, top, SIGCHLD, NULL));
}

static void clone_null_stack(void)
{
	begin();
	say_result(clone(return_seven, NULL, SIGCHLD, NULL));
}

static void clone_exit_status(void)
{
	char *top = stack_top();

	begin();
	say_result(clone(return_seven, top, SIGCHLD, NULL));
}

static int return_many_bits(void *arg)
{
	(void)arg;
	return 0x1234;
}

static void clone_exit_status_low_byte(void)
{
	char *top = stack_top();

	begin();
	say_result(clone(return_many_bits, top, SIGCHLD, NULL));
}

static int say_argument(void *arg)
{
	say_pointer("arg-received", arg);
	return 0;
}

static void clone_arg(void)
{
	char *top = stack_top();

	say_pointer("arg-given", top - 12345);
	begin();
	say_result(clone(say_argument, top, SIGCHLD, top - 12345));
}

static int say_pids(void *arg)
{
	(void)arg;
	say_number("getpid", getpid());
	say_number("getppid", getppid());
	return 0;
}

static void clone_result(void)
{
	char *top = stack_top();

	say_number("caller", getpid());
	begin();
	say_result(clone(say_pids, top, SIGCHLD, NULL));
}

static void clone_flags(void)
{
	char *top = stack_top();

	begin();
	say_result(clone(return_seven, top, CLONE_FS | CLONE_FILES | SIGCHLD, NULL));
}

static void clone_flag_bit_31(void)
{
	char *top = stack_top();

	begin();
	say_result(clone(return_seven, top, (int)CLONE_IO | SIGCHLD, NULL));
}

static void clone_exit_signal(void)
{
	char *top = stack_top();

	signal(SIGUSR1, SIG_IGN);
	begin();
	say_result(clone(return_seven, top, SIGUSR1, NULL));
}

static void clone_no_exit_signal(void)
{
	char *top = stack_top();

	begin();
	say_result(clone(return_seven, top, 0, NULL));
}

static void clone_errno(void)
{
	char *top = stack_top();

	errno = 0;
	begin();
	say_result(clone(return_seven, top, SIGCHLD, NULL));
}

static void clone_errno_after_success(void)
{
	char *top = stack_top();
	long result;
	int after;

	errno = 12345;
	result = clone(return_seven, top, SIGCHLD, NULL);
	after = errno;
	say("errno", after == 12345 ? "is left alone" : "is changed");
	say_child(result);
}

/* Aligned as the compiler takes for granted that it will be; only a function that was entered as the ABI demands has it so. */
static int say_alignment(void *top)
{
	enum { ALIGNMENT = _Alignof(long double) };
	volatile _Alignas(ALIGNMENT) char local[ALIGNMENT];
	uintptr_t at;

	local[0] = 0;
	at = (uintptr_t)local;
	__asm__ volatile("" : "+r"(at));
	say_number("alignment-off-by", (long)(at % ALIGNMENT));
	say("local", in_stack(top, local) ? "in the stack" : "elsewhere");
	return 7;
}

static void clone_stack(void)
{
	char *top = stack_top();

	begin();
	say_result(clone(say_alignment, top, SIGCHLD, top));
}

static void clone_unaligned_stack(void)
{
	char *top = stack_top();

	begin();
	say_result(clone(return_seven, top - 4, SIGCHLD, NULL));
}

static void clone_unaligned_stack_entry(void)
{
	char *top = stack_top();

	begin();
	say_result(clone(say_alignment, top - 4, SIGCHLD, top));
}

static void clone_vm_vfork(void)
{
	char *top = stack_top();

	begin();
	say_result(clone(return_seven, top, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
}

#define CLONE_CASES \
	{ "clone-null-fn", clone_null_fn }, { "clone-null-stack", clone_null_stack }, \
	{ "clone-exit-status", clone_exit_status }, { "clone-exit-status-low-byte", clone_exit_status_low_byte }, \
	{ "clone-arg", clone_arg }, { "clone-result", clone_result }, { "clone-flags", clone_flags }, \
	{ "clone-flag-bit-31", clone_flag_bit_31 }, { "clone-exit-signal", clone_exit_signal }, \
	{ "clone-no-exit-signal", clone_no_exit_signal }, { "clone-errno", clone_errno }, \
	{ "clone-errno-after-success", clone_errno_after_success }, { "clone-stack", clone_stack }, \
	{ "clone-unaligned-stack", clone_unaligned_stack }, \
	{ "clone-unaligned-stack-entry", clone_unaligned_stack_entry }, { "clone-vm-vfork", clone_vm_vfork },

#endif
