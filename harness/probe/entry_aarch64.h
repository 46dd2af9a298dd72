/* aarch64: how a task of a scenario is entered. */
#ifndef PROBE_ENTRY_AARCH64_H
#define PROBE_ENTRY_AARCH64_H

#include "entry_generic.h"

/* See entry_x86_64.h: the caller returns, the child goes on in task_born(number). */
static inline long entry_call(long nr, long a, long b, long c, long d, long e, long number)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x19 __asm__("x19") = number;

	__asm__ volatile("	svc #0\n"
			 "	cbnz x0, 1f\n"
			 "	mov x29, #0\n"
			 "	mov x30, #0\n"
			 "	sub x9, sp, #256\n"
			 "	and sp, x9, #-16\n"
			 "	mov x0, x19\n"
			 "	bl task_born\n"
			 "	brk #0\n"
			 "1:\n"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x19)
			 : "x9", "memory", "cc");
	return x0;
}

/* CLONE_BACKWARDS: tls comes before child_tid. */
static inline long entry_clone(long flags, long stack, long parent_tid, long child_tid, long tls, long number)
{
	return entry_call(NR_clone, flags, stack, parent_tid, tls, child_tid, number);
}

static inline u64 entry_thread_pointer(void)
{
	u64 base;

	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(base));
	return base;
}

#endif
