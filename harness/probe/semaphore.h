/* The calls of System V semaphores, which 32-bit architectures have in other forms. */
#ifndef PROBE_SEMAPHORE_H
#define PROBE_SEMAPHORE_H

#include "mailbox.h"

enum { IPC_64 = STUB_IS_64 ? 0 : 0x100 }; /* the newer structure, which is the only one elsewhere */

#if defined(__i386__)
/* Of ipc(2), since semctl has a number of its own from 5.1 on. */
enum { IPC_CALL_SEMOP = 1, IPC_CALL_SEMGET = 2, IPC_CALL_SEMCTL = 3 };

static inline long sys_semget(long key, long count, long flags)
{
	return sys(NR_ipc, IPC_CALL_SEMGET, key, count, flags);
}

static inline long sys_semop(long id, const void *operations, long count)
{
	return sys(NR_ipc, IPC_CALL_SEMOP, id, count, 0, operations);
}

static inline long sys_semctl(long id, long number, long command, unsigned long argument)
{
	return sys(NR_ipc, IPC_CALL_SEMCTL, id, number, command | IPC_64, &argument);
}
#else
static inline long sys_semget(long key, long count, long flags)
{
	return sys(NR_semget, key, count, flags);
}

static inline long sys_semop(long id, const void *operations, long count)
{
	return sys(NR_semop, id, operations, count);
}

static inline long sys_semctl(long id, long number, long command, unsigned long argument)
{
	return sys(NR_semctl, id, number, command | IPC_64, argument);
}
#endif

#endif
