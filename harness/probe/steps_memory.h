/* Operations of scenarios: memory, futexes and System V semaphores. */
#ifndef PROBE_STEPS_MEMORY_H
#define PROBE_STEPS_MEMORY_H

#include "alone.h"
#include "mailbox.h"
#include "semaphore.h"
#include "watchdog.h"

enum {
	IPC_RMID = 0,
	IPC_STAT = 2,
	IPC_NOWAIT = 04000,
	IPC_CREAT = 01000,
	GETVAL = 12,
	SETVAL = 16,
	SEM_UNDO = 0x1000,
};

static s64 step_read(const struct step *s, struct result *r)
{
	r->form = FORM_VALUE;
	return *(volatile u32 *)memory_at(s->v[KEY_AT]);
}

static s64 step_write(const struct step *s, struct result *r)
{
	r->form = FORM_VALUE;
	*(volatile u32 *)memory_at(s->v[KEY_AT]) = s->v[KEY_VALUE];
	return (u32)s->v[KEY_VALUE];
}

static u64 page_of(const struct step *s)
{
	return PAGES_ADDRESS + s->v[KEY_PAGE] * REGION_SIZE;
}

static s64 step_map(const struct step *s, struct result *r)
{
	(void)r;
	return sys_mmap(page_of(s), REGION_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static s64 step_unmap(const struct step *s, struct result *r)
{
	(void)r;
	return sys(NR_munmap, page_of(s), REGION_SIZE);
}

static s64 step_mapped(const struct step *s, struct result *r)
{
	u8 pages[16];
	s64 ret = sys(NR_mincore, page_of(s), REGION_SIZE, pages);

	(void)r;
	return ret == -ENOMEM ? 0 : ret ? ret : 1;
}

/*
 * Waits while the word has the value given; without one, that which it has, unless it is 0. The time limit, beyond that
 * of any scenario, is for tasks whose host was killed.
 */
static s64 step_futex_wait(const struct step *s, struct result *r)
{
	volatile u32 *word = memory_at(s->v[KEY_AT]);
	u32 value = s->v[KEY_VALUE];
	long ret;

	(void)r;
	if (!(s->given >> KEY_VALUE & 1))
		value = *word;
	if (!value && !(s->given >> KEY_VALUE & 1))
		return -EAGAIN;
	ret = futex_wait(word, value, 1000 * timeout_ms + 2000000);
	if (ret == -ETIMEDOUT)
		end_all();
	return ret;
}

/* --- semaphore: one for the arena and all its tasks --- */

static long semaphore(void)
{
	return (long)scenario->semaphore - 1;
}

static u64 own_ipc_ns(void)
{
	return namespace_inode("thread-self/ns/ipc");
}

/* The id of a semaphore of another namespace may be somebody else's here. */
static int semaphore_is_elsewhere(void)
{
	return scenario->semaphore_ns != scenario->host_ns && own_ipc_ns() == scenario->host_ns;
}

/* By the host at the end of a scenario; where that was killed, by the conductor or the janitor. */
static void semaphore_remove(void)
{
	if (scenario->semaphore && scenario->semaphore_ns == scenario->host_ns)
		sys_semctl(semaphore(), 0, IPC_RMID, 0);
	scenario->semaphore = 0;
}

static s64 step_sem_get(const struct step *s, struct result *r)
{
	long id;

	(void)s, (void)r;
	if (scenario->semaphore)
		return semaphore();
	id = sys_semget(0, 1, IPC_CREAT | 0600);
	if (id >= 0) {
		scenario->semaphore_ns = own_ipc_ns();
		scenario->semaphore = id + 1;
	}
	return id;
}

static s64 step_sem_set(const struct step *s, struct result *r)
{
	(void)r;
	if (semaphore_is_elsewhere())
		return -EINVAL;
	return sys_semctl(semaphore(), 0, SETVAL, s->v[KEY_VALUE]);
}

static s64 step_sem_op(const struct step *s, struct result *r)
{
	struct {
		u16 number;
		short change;
		short flags;
	} operation = { 0, s->v[KEY_VALUE], IPC_NOWAIT };

	(void)r;
	if (semaphore_is_elsewhere())
		return -EINVAL;
	if (s->v[KEY_UNDO])
		operation.flags |= SEM_UNDO;
	return sys_semop(semaphore(), &operation, 1);
}

static s64 step_sem_value(const struct step *s, struct result *r)
{
	(void)s, (void)r;
	return sys_semctl(semaphore(), 0, GETVAL, 0);
}

static s64 step_shm_seen(const struct step *s, struct result *r)
{
	u64 status[32];

	(void)s, (void)r;
	return sys_semctl(semaphore(), 0, IPC_STAT, (unsigned long)status) >= 0;
}

#endif
