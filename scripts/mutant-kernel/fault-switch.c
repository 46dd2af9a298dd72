/* Which fault is on: clonecheck.fault=NAME on the kernel's command line. A name that is none stops the boot. */
#include <linux/clonecheck_fault.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>

enum clonecheck_fault clonecheck_fault_on;

static const char *const names[] = { CLONECHECK_FAULT_NAMES };

static int __init clonecheck_fault_setup(char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(names[i], name)) {
			clonecheck_fault_on = i + 1;
			return 1;
		}
	}
	panic("clonecheck: there is no fault %s", name);
}
__setup("clonecheck.fault=", clonecheck_fault_setup);
