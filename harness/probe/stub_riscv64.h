/* riscv64: entry, system calls, and the calls under test in registers only. */
#ifndef PROBE_STUB_RISCV64_H
#define PROBE_STUB_RISCV64_H

#include "numbers_generic.h"

#define STUB_ARCH "riscv64"
#define STUB_AUDIT_ARCH 0xc00000f3
#define STUB_HAS_FORK 0
#define STUB_HAS_LA57 0
#define STUB_MMAP_UNIT 1

/* Linkers that relax addresses to offsets from gp have been seen to lay the result out of reach: none of that here. */
__asm__(".option norelax\n"
	".globl _start\n"
	"_start:\n"
	"	mv a0, sp\n"
	"	andi sp, sp, -16\n"
	"	call probe_main\n"
	"	ebreak\n");

static inline long syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long a7 __asm__("a7") = nr;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
			 : "memory");
	return a0;
}

/* See stub_x86_64.h: returns when refused; else child and caller leave their marks and exit, in registers only. */
static inline long stub_child_call(long nr, long a, long b, long c, long d, long e, volatile struct outcome *outcome)
{
	register long a7 __asm__("a7") = nr;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register volatile struct outcome *s1 __asm__("s1") = outcome;

	__asm__ volatile("	ecall\n"
			 "	bltz a0, 1f\n"
			 "	beqz a0, 2f\n"
			 "	sd a0, 8(s1)\n"
			 "3:	li a0, " STUB_END_CHILD "\n"
			 "	li a7, 94\n"
			 "	ecall\n"
			 "	j 3b\n"
			 "2:	li t0, 1\n"
			 "	sw t0, 0(s1)\n"
			 "4:	li a0, 0\n"
			 "	li a7, 93\n"
			 "	ecall\n"
			 "	j 4b\n"
			 "1:\n"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(s1)
			 : "t0", "memory");
	return a0;
}

static inline long stub_sleeping_thread(long flags)
{
	register long a7 __asm__("a7") = NR_clone;
	register long a0 __asm__("a0") = flags;
	register long a1 __asm__("a1") = 0;
	register long a2 __asm__("a2") = 0;
	register long a3 __asm__("a3") = 0;
	register long a4 __asm__("a4") = 0;

	__asm__ volatile("	ecall\n"
			 "	bnez a0, 1f\n"
			 "2:	li a0, 0\n"
			 "	li a1, 0\n"
			 "	li a2, 0\n"
			 "	li a3, 0\n"
			 "	li a7, 73\n"
			 "	ecall\n"
			 "	j 2b\n"
			 "1:\n"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4)
			 : "memory");
	return a0;
}

/* CLONE_BACKWARDS: tls comes before child_tid. */
static inline long stub_clone(long flags, long stack, long parent_tid, long child_tid, long tls,
			      volatile struct outcome *outcome)
{
	return stub_child_call(NR_clone, flags, stack, parent_tid, tls, child_tid, outcome);
}

#endif
