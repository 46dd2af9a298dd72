/* The table of the operations that steps of a scenario may be. SCENARIOS.md says what they mean. */
#ifndef PROBE_OPERATIONS_H
#define PROBE_OPERATIONS_H

#include "execve.h"
#include "steps_files.h"
#include "steps_hostile.h"
#include "steps_memory.h"
#include "steps_pages.h"
#include "steps_places.h"
#include "steps_process.h"
#include "steps_signals.h"
#include "steps_state.h"
#include "steps_tasks.h"
#include "steps_tracing.h"

#define KEY(name) (1U << KEY_##name)

enum nature {
	MAKES_TASK = 1,	  /* the keys are the fields of the call, and `child` */
	LEAVES = 2,	  /* it does not come back */
	MAY_SLEEP = 4,	  /* until another task does something */
	TOUCHES_OTHERS = 8, /* others may end, wake or stop by it */
	TRACES = 16,	  /* from then on there may be tracees */
	CLOSES = 32,	  /* a pidfd whose end kills may be closed by it */
};

static const struct operation {
	const char *name;
	u32 needs; /* keys that must be there, */
	u32 takes; /* and that may be */
	u32 nature;
	s64 (*perform)(const struct step *s, struct result *r);
} operations[] = {
	{ "clone", KEY(CHILD), 0, MAKES_TASK, step_clone },
	{ "clone3", KEY(CHILD), 0, MAKES_TASK, step_clone3 },
#if STUB_HAS_FORK
	{ "fork", KEY(CHILD), 0, MAKES_TASK, step_fork },
	{ "vfork", KEY(CHILD), 0, MAKES_TASK, step_vfork },
#endif
	{ "exit", 0, KEY(STATUS), LEAVES | TOUCHES_OTHERS, step_exit },
	{ "exit_group", 0, KEY(STATUS), LEAVES | TOUCHES_OTHERS, step_exit_group },
	{ "execve", 0, 0, TOUCHES_OTHERS, step_execve },
	{ "wait", KEY(WHO), KEY(OPTIONS), MAY_SLEEP, step_wait },
	{ "waitid", 0, KEY(WHO) | KEY(PIDFD) | KEY(OPTIONS), MAY_SLEEP, step_waitid },
	{ "kill", KEY(WHO) | KEY(SIGNAL), 0, TOUCHES_OTHERS, step_kill },
	{ "tgkill", KEY(WHO) | KEY(SIGNAL), 0, TOUCHES_OTHERS, step_tgkill },
	{ "getpid", 0, 0, 0, step_getpid },
	{ "gettid", 0, 0, 0, step_gettid },
	{ "getppid", 0, 0, 0, step_getppid },
	{ "getpgrp", 0, 0, 0, step_getpgrp },
	{ "getsid", 0, 0, 0, step_getsid },
	{ "setsid", 0, 0, 0, step_setsid },
	{ "setpgid", 0, KEY(WHO) | KEY(PGRP), 0, step_setpgid },
	{ "nspid", KEY(LEVEL), 0, 0, step_nspid },
	{ "read", KEY(AT), 0, 0, step_read },
	{ "write", KEY(AT) | KEY(VALUE), 0, 0, step_write },
	{ "map", KEY(PAGE), 0, 0, step_map },
	{ "unmap", KEY(PAGE), 0, 0, step_unmap },
	{ "mapped", KEY(PAGE), 0, 0, step_mapped },
	{ "dontfork", KEY(PAGE), 0, 0, step_dontfork },
	{ "wipeonfork", KEY(PAGE), 0, 0, step_wipeonfork },
	{ "poke", KEY(PAGE) | KEY(VALUE), 0, 0, step_poke },
	{ "peek", KEY(PAGE), 0, 0, step_peek },
	{ "mlock", KEY(PAGE), 0, 0, step_mlock },
	{ "vmlck", 0, 0, 0, step_vmlck },
	{ "open", KEY(FD), 0, 0, step_open },
	{ "close", KEY(FD), 0, CLOSES, step_close },
	{ "getfd", KEY(FD), 0, 0, step_getfd },
	{ "setfd", KEY(FD) | KEY(FLAG), 0, 0, step_setfd },
	{ "getfl", KEY(FD), 0, 0, step_getfl },
	{ "setfl", KEY(FD) | KEY(FLAG), 0, 0, step_setfl },
	{ "dup", KEY(FD) | KEY(TO_FD), 0, CLOSES, step_dup },
	{ "lock", KEY(FD), 0, 0, step_lock },
	{ "locked", KEY(FD), 0, 0, step_locked },
	{ "memfd", KEY(FD), 0, 0, step_memfd },
	{ "lseek", KEY(FD), KEY(OFFSET) | KEY(WHENCE), 0, step_lseek },
	{ "pidfd_getfl", KEY(AT), 0, 0, step_pidfd_getfl },
	{ "pidfd_getfd", KEY(AT), 0, 0, step_pidfd_getfd },
	{ "pidfd_poll", KEY(AT), 0, 0, step_pidfd_poll },
	{ "pidfd_kill", KEY(AT) | KEY(SIGNAL), 0, TOUCHES_OTHERS, step_pidfd_kill },
	{ "chdir", KEY(TO), 0, 0, step_chdir },
	{ "cwd", 0, 0, 0, step_cwd },
	{ "chroot", KEY(TO), 0, 0, step_chroot },
	{ "root", 0, 0, 0, step_root },
	{ "umask", KEY(MASK), 0, 0, step_umask },
	{ "sigaction", KEY(SIGNAL) | KEY(HANDLER), 0, 0, step_sigaction },
	{ "sighandler", KEY(SIGNAL), 0, 0, step_sighandler },
	{ "handled", KEY(SIGNAL), 0, 0, step_handled },
	{ "sigblock", KEY(MASK), 0, 0, step_sigblock },
	{ "sigunblock", KEY(MASK), 0, 0, step_sigunblock },
	{ "sigmask", 0, 0, 0, step_sigmask },
	{ "sigpending", 0, 0, 0, step_sigpending },
	{ "altstack", 0, 0, 0, step_altstack },
	{ "altstack_set", 0, 0, 0, step_altstack_set },
	{ "hostname", 0, 0, 0, step_hostname },
	{ "sethostname", KEY(N), 0, 0, step_sethostname },
	{ "ns", KEY(KIND), 0, 0, step_ns },
	{ "setns", KEY(WHO) | KEY(KIND), 0, 0, step_setns },
	{ "sem_get", 0, 0, 0, step_sem_get },
	{ "sem_set", KEY(VALUE), 0, 0, step_sem_set },
	{ "sem_op", KEY(VALUE), KEY(UNDO), 0, step_sem_op },
	{ "sem_value", 0, 0, 0, step_sem_value },
	{ "shm_seen", 0, 0, 0, step_shm_seen },
	{ "kcmp", KEY(A) | KEY(B) | KEY(TYPE), 0, 0, step_kcmp },
	{ "tls", 0, 0, 0, step_tls },
	{ "nnp", 0, 0, 0, step_nnp },
	{ "nnp_set", 0, 0, 0, step_nnp_set },
	{ "ioprio", 0, 0, 0, step_ioprio },
	{ "ioprio_set", KEY(VALUE), 0, 0, step_ioprio_set },
	{ "futex_wait", KEY(AT), KEY(VALUE), MAY_SLEEP, step_futex_wait },
	{ "set_tid_address", KEY(AT), 0, 0, step_set_tid_address },
	{ "robust_list", 0, 0, 0, step_robust_list },
	{ "robust_list_set", 0, 0, 0, step_robust_list_set },
	{ "unshare", KEY(FLAGS), 0, 0, step_unshare },
	{ "itimer_set", KEY(VALUE), 0, 0, step_itimer_set },
	{ "itimer", 0, 0, 0, step_itimer },
	{ "timer_create", 0, 0, 0, step_timer_create },
	{ "timer_there", KEY(ID), 0, 0, step_timer_there },
	{ "pdeathsig_set", KEY(SIGNAL), 0, 0, step_pdeathsig_set },
	{ "pdeathsig", 0, 0, 0, step_pdeathsig },
	{ "subreaper_set", KEY(VALUE), 0, 0, step_subreaper_set },
	{ "subreaper", 0, 0, 0, step_subreaper },
	{ "timerslack_set", KEY(VALUE), 0, 0, step_timerslack_set },
	{ "timerslack", 0, 0, 0, step_timerslack },
	{ "personality_set", KEY(VALUE), 0, 0, step_personality_set },
	{ "personality", 0, 0, 0, step_personality },
	{ "rlimit_set", KEY(VALUE), 0, 0, step_rlimit_set },
	{ "rlimit", 0, 0, 0, step_rlimit },
	{ "sched_set", KEY(POLICY), 0, 0, step_sched_set },
	{ "sched", 0, 0, 0, step_sched },
	{ "nice", 0, 0, 0, step_nice },
	{ "nice_set", KEY(VALUE), 0, 0, step_nice_set },
	{ "dumpable", 0, 0, 0, step_dumpable },
	{ "dumpable_set", KEY(VALUE), 0, 0, step_dumpable_set },
	{ "uid", 0, 0, 0, step_uid },
	{ "caps", 0, 0, 0, step_caps },
	{ "cgroup", 0, 0, 0, step_cgroup },
	{ "tracer", 0, 0, 0, step_tracer },
	{ "ptrace_traceme", 0, 0, TRACES, step_ptrace_traceme },
	{ "ptrace_seize", KEY(WHO) | KEY(OPTIONS), 0, TRACES, step_ptrace_seize },
	{ "ptrace_setoptions", KEY(WHO) | KEY(OPTIONS), 0, TRACES, step_ptrace_setoptions },
	{ "ptrace_cont", KEY(WHO) | KEY(SIGNAL), 0, TRACES | TOUCHES_OTHERS, step_ptrace_cont },
	{ "ptrace_interrupt", KEY(WHO), 0, TRACES | TOUCHES_OTHERS, step_ptrace_interrupt },
	{ "ptrace_eventmsg", KEY(WHO), 0, TRACES, step_ptrace_eventmsg },
	{ "ptrace_detach", KEY(WHO), 0, TRACES | TOUCHES_OTHERS, step_ptrace_detach },
	{ "kill_host", KEY(SIGNAL), 0, TOUCHES_OTHERS, step_kill_host },
	{ "kill_conductor", KEY(SIGNAL), 0, TOUCHES_OTHERS, step_kill_conductor },
	{ "kill_group", KEY(SIGNAL), 0, TOUCHES_OTHERS, step_kill_group },
	{ "spin", 0, 0, 0, step_spin },
	{ "forks_without_end", 0, 0, 0, step_forks_without_end },
};

static inline const struct operation *operation_of(const struct step *s)
{
	return &operations[s->operation];
}

#endif
