/* aarch64: entry, system calls, and the calls under test in registers only. */
#ifndef PROBE_STUB_AARCH64_H
#define PROBE_STUB_AARCH64_H

#include "numbers_generic.h"

#define STUB_ARCH "aarch64"
#define STUB_AUDIT_ARCH 0xc00000b7
#define STUB_HAS_FORK 0
#define STUB_HAS_LA57 0
#define STUB_MMAP_UNIT 1

__asm__(".globl _start\n"
	"_start:\n"
	"	mov x29, #0\n"
	"	mov x30, #0\n"
	"	mov x0, sp\n"
	"	and x1, x0, #-16\n"
	"	mov sp, x1\n"
	"	bl probe_main\n"
	"	brk #0\n");

static inline long syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory", "cc");
	return x0;
}

/* See stub_x86_64.h: returns when refused; else child and caller leave their marks and exit, in registers only. */
static inline long stub_child_call(long nr, long a, long b, long c, long d, long e, volatile struct outcome *outcome)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register volatile struct outcome *x19 __asm__("x19") = outcome;

	__asm__ volatile("	svc #0\n"
			 "	tbnz x0, #63, 1f\n"
			 "	cbz x0, 2f\n"
			 "	str x0, [x19, #8]\n"
			 "3:	mov x0, #" STUB_END_CHILD "\n"
			 "	mov x8, #94\n"
			 "	svc #0\n"
			 "	b 3b\n"
			 "2:	mov w9, #1\n"
			 "	str w9, [x19]\n"
			 "4:	mov x0, #0\n"
			 "	mov x8, #93\n"
			 "	svc #0\n"
			 "	b 4b\n"
			 "1:\n"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x19)
			 : "x9", "memory", "cc");
	return x0;
}

static inline long stub_sleeping_thread(long flags)
{
	register long x8 __asm__("x8") = NR_clone;
	register long x0 __asm__("x0") = flags;
	register long x1 __asm__("x1") = 0;
	register long x2 __asm__("x2") = 0;
	register long x3 __asm__("x3") = 0;
	register long x4 __asm__("x4") = 0;

	__asm__ volatile("	svc #0\n"
			 "	cbnz x0, 1f\n"
			 "2:	mov x0, #0\n"
			 "	mov x1, #0\n"
			 "	mov x2, #0\n"
			 "	mov x3, #0\n"
			 "	mov x8, #73\n"
			 "	svc #0\n"
			 "	b 2b\n"
			 "1:\n"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory", "cc");
	return x0;
}

/* CLONE_BACKWARDS: tls comes before child_tid. */
static inline long stub_clone(long flags, long stack, long parent_tid, long child_tid, long tls,
			      volatile struct outcome *outcome)
{
	return stub_child_call(NR_clone, flags, stack, parent_tid, tls, child_tid, outcome);
}

#endif
