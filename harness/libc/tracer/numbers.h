/* Constants of the kernel's interface that only the tracer uses. */
#ifndef TRACER_NUMBERS_H
#define TRACER_NUMBERS_H

#include "../../probe/sys.h"

#if defined(__x86_64__)
enum { NR_execve = 59, NR_ptrace = 101, NR_process_vm_readv = 310 };
#else
enum { NR_ptrace = 117, NR_execve = 221, NR_process_vm_readv = 270 };
#endif

enum {
	PTRACE_TRACEME = 0,
	PTRACE_SYSCALL = 24,
	PTRACE_SETOPTIONS = 0x4200,
	PTRACE_GET_SYSCALL_INFO = 0x420e,
	PTRACE_O_TRACESYSGOOD = 1,
	PTRACE_O_TRACEFORK = 2,
	PTRACE_O_TRACEVFORK = 4,
	PTRACE_O_TRACECLONE = 8,
	PTRACE_O_TRACEEXEC = 0x10,
	PTRACE_O_EXITKILL = 0x100000,
	PTRACE_EVENT_EXEC = 4,
	PTRACE_SYSCALL_INFO_ENTRY = 1,
	PTRACE_SYSCALL_INFO_EXIT = 2,
	SIGTRAP = 5,
	SIGSTOP = 19,
	SYSCALL_STOP = SIGTRAP | 0x80,
};

/* What PTRACE_GET_SYSCALL_INFO fills in, for any architecture. */
struct syscall_info {
	u8 op;
	u8 pad[3];
	u32 arch;
	u64 instruction_pointer;
	u64 stack_pointer;
	union {
		struct {
			u64 nr;
			u64 args[6];
		} entry;
		struct {
			s64 result;
			u8 is_error;
		} exit;
	};
};

struct iovec {
	void *base;
	u64 length;
};

#endif
