/* riscv64: how a task of a scenario is entered. */
#ifndef PROBE_ENTRY_RISCV64_H
#define PROBE_ENTRY_RISCV64_H

#include "entry_generic.h"

/* See entry_x86_64.h: the caller returns, the child goes on in task_born(number). */
static inline long entry_call(long nr, long a, long b, long c, long d, long e, long number)
{
	register long a7 __asm__("a7") = nr;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long s1 __asm__("s1") = number;

	__asm__ volatile("	ecall\n"
			 "	bnez a0, 1f\n"
			 "	li s0, 0\n"
			 "	addi sp, sp, -256\n"
			 "	andi sp, sp, -16\n"
			 "	mv a0, s1\n"
			 "	call task_born\n"
			 "	ebreak\n"
			 "1:\n"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(s1)
			 : "memory");
	return a0;
}

/* CLONE_BACKWARDS: tls comes before child_tid. */
static inline long entry_clone(long flags, long stack, long parent_tid, long child_tid, long tls, long number)
{
	return entry_call(NR_clone, flags, stack, parent_tid, tls, child_tid, number);
}

static inline u64 entry_thread_pointer(void)
{
	u64 base;

	__asm__ volatile("mv %0, tp" : "=r"(base));
	return base;
}

#endif
