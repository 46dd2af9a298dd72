/* pthread_create(). */
#ifndef LIBC_THREAD_H
#define LIBC_THREAD_H

#include <pthread.h>

#include "cases.h"
#include "child.h"

static void *say_thread(void *arg)
{
	say_number("thread-getpid", getpid());
	say_pointer("arg-received", arg);
	return arg;
}

static void thread_create(void)
{
	pthread_t thread;
	char given = 0;
	void *joined = NULL;
	int error;

	say_number("getpid", getpid());
	say_pointer("arg-given", &given);
	begin();
	error = pthread_create(&thread, NULL, say_thread, &given);
	if (error == 0)
		pthread_join(thread, &joined);
	end();
	say_number("returned-errno", error);
	if (error == 0)
		say_pointer("joined", joined);
	/* The end of the process is no part of the case. */
	_exit(0);
}

#define THREAD_CASES \
	{ "thread-result", thread_create }, { "thread-getpid", thread_create }, { "thread-shares", thread_create }, \
	{ "thread-call", thread_create }, { "thread-errno", thread_create }, { "thread-without-clone3", thread_create },

#endif
