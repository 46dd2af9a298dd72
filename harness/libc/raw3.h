/* clone3, which no libc wraps: flags above the 32 bits that clone() takes. */
#ifndef LIBC_RAW3_H
#define LIBC_RAW3_H

#include <sys/syscall.h>

#include "cases.h"
#include "child.h"

#ifndef SYS_clone3
#define SYS_clone3 __NR_clone3
#endif

/* The first version of the kernel's struct clone_args. */
struct first_clone_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

static void raw_clone3_wide_flags(void)
{
	struct first_clone_args args = { .flags = 0x100000000ULL, .exit_signal = SIGCHLD };
	long result;

	errno = 0;
	begin();
	result = syscall(SYS_clone3, &args, sizeof(args));
	if (result == 0)
		_exit(7);
	say_result(result);
}

#define RAW3_CASES { "raw-clone3-wide-flags", raw_clone3_wide_flags },

#endif
