/* Stacks for children: they grow downwards on every architecture that there is a tracer for. */
#ifndef LIBC_STACK_H
#define LIBC_STACK_H

#include "child.h"

enum { STACK_SIZE = 256 * 1024 };

/* The end of a new stack, which is where it begins. */
static inline char *stack_top(void)
{
	return (char *)shared_memory(STACK_SIZE) + STACK_SIZE;
}

/* Whether an address lies in that stack. */
static inline int in_stack(const char *top, const volatile void *at)
{
	return (uintptr_t)at < (uintptr_t)top && (uintptr_t)at >= (uintptr_t)top - STACK_SIZE;
}

#endif
