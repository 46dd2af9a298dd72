/* A case is a function with the name of its clause. */
#ifndef LIBC_CASES_H
#define LIBC_CASES_H

struct wrapper_case {
	const char *name;
	void (*run)(void);
};

#endif
