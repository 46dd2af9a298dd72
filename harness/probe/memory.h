/* The memory of an arena: regions at fixed addresses, so that a case is plain numbers. The README has the table. */
#ifndef PROBE_MEMORY_H
#define PROBE_MEMORY_H

#include "sys.h"
#if defined(__i386__)
#include "descriptor.h"
#endif

#define REGION_SIZE 0x10000UL
#define REGION_RW 0x20000000UL
#define REGION_RO 0x20010000UL
#define REGION_EDGE 0x20020000UL
#define REGION_NONE 0x20030000UL
#define REGION_STACK 0x20040000UL

#define TIDS_ADDRESS (REGION_RW + 0x1000)
#define TIDS_MOST 1024
#define ARGS_ADDRESS (REGION_RW + 0x8000)
#define ARGS_ROOM 0x8000UL

static int memory_map_region(u64 at, int protection)
{
	long got = sys_mmap(at, REGION_SIZE, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	return got == (long)at ? 0 : -1;
}

/* Done once; arenas inherit the regions, each its own copy. */
static int memory_map(void)
{
	if (memory_map_region(REGION_RW, PROT_READ | PROT_WRITE) || memory_map_region(REGION_RO, PROT_READ) ||
	    memory_map_region(REGION_EDGE, PROT_READ | PROT_WRITE) || memory_map_region(REGION_NONE, PROT_NONE) ||
	    memory_map_region(REGION_STACK, PROT_READ | PROT_WRITE))
		return -1;
#if defined(__i386__)
	descriptor_place();
#endif
	return 0;
}

#endif
