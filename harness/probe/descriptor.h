/*
 * i386: CLONE_SETTLS takes no address but that of a segment descriptor, so one lies ready. Its base is its own address,
 * so that the thread pointer is what was passed, as everywhere else.
 */
#ifndef PROBE_DESCRIPTOR_H
#define PROBE_DESCRIPTOR_H

#include "sys.h"

#define DESCRIPTOR_ADDRESS 0x20000200UL /* in RW: see memory.h */

enum { NR_get_thread_area = 244 };

/* struct user_desc */
struct descriptor {
	u32 entry, base, limit, bits;
};

/* A 32-bit segment, its limit in pages, for programs. */
enum { DESCRIPTOR_BITS = 1 | 1 << 4 | 1 << 6, DESCRIPTOR_LIMIT = 0xfffff };

/* The first entries for thread-local storage: that of 64-bit kernels, and that of others, which know no such entry. */
enum { ENTRY_OF_64 = 12, ENTRY_OF_32 = 6 };

static inline int descriptor_is_of_64(void)
{
	struct descriptor d = { ENTRY_OF_64, 0, 0, 0 };

	return sys(NR_get_thread_area, &d) == 0;
}

/* Done once, after the regions are mapped. */
static inline void descriptor_place(void)
{
	*(struct descriptor *)DESCRIPTOR_ADDRESS = (struct descriptor){
		descriptor_is_of_64() ? ENTRY_OF_64 : ENTRY_OF_32, DESCRIPTOR_ADDRESS, DESCRIPTOR_LIMIT, DESCRIPTOR_BITS,
	};
}

static inline u32 descriptor_base(void)
{
	struct descriptor d = { descriptor_is_of_64() ? ENTRY_OF_64 : ENTRY_OF_32, 0, 0, 0 };

	return sys(NR_get_thread_area, &d) == 0 ? d.base : 0;
}

#endif
