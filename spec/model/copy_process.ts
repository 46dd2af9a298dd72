import { alloc_pid } from './alloc_pid.js';
import type { Context } from './context.js';
import { copy_namespaces } from './copy_namespaces.js';
import { create_user_ns } from './create_user_ns.js';
import { cgroup_can_fork } from './cgroup_can_fork.js';

/** kernel/fork.c kernel_clone(): what clone, clone3, fork and vfork have in common. */
export function kernel_clone(c: Context): void {
  c.refuse('errors/pidfd-with-parent-settid');
  c.refuse('errors/clone3-pidfd-at-parent-tid');
  c.refuse('errors/exit-signal-over-nsig');
  copy_process(c);
}

/** kernel/fork.c copy_process(), up to the point from which nothing can fail. */
export function copy_process(c: Context): void {
  flag_rules(c);
  c.refuse('errors/nproc-before-creds');
  create_user_ns(c);
  c.refuse('errors/nproc');
  c.refuse('errors/threads-max');
  c.refuse('errors/sched-deadline');
  c.refuse('errors/lsm-task-alloc');
  c.refuse('errors/out-of-memory');
  c.refuse('errors/files-above-nr-open');
  c.refuse('errors/fs-during-exec');
  copy_namespaces(c);
  copy_thread(c);
  alloc_pid(c);
  c.refuse('errors/pidfd-no-descriptor');
  c.refuse('errors/pidfd-unwritable');
  c.refuse('errors/clone3-pidfd-unwritable');
  cgroup_can_fork(c);
}

/** The rules about combinations of flags, at the top of copy_process(). */
function flag_rules(c: Context): void {
  c.refuse('errors/fs-with-newns');
  c.refuse('errors/fs-with-empty-mntns');
  c.refuse('errors/fs-with-newuser');
  c.refuse('errors/unprivileged-userns-clone');
  c.refuse('errors/thread-without-sighand');
  c.refuse('errors/sighand-without-vm');
  c.refuse('errors/parent-by-init');
  c.refuse('errors/thread-with-newuser');
  c.refuse('errors/thread-with-newpid');
  c.refuse('errors/thread-after-unshare-pid');
  c.refuse('errors/vm-after-unshare-time');
  c.refuse('errors/pidfd-with-detached');
  c.refuse('errors/pidfd-with-thread');
  c.refuse('errors/autoreap-with-thread');
  c.refuse('errors/autoreap-with-parent');
  c.refuse('errors/autoreap-with-exit-signal');
  c.refuse('errors/parent-by-autoreap');
  c.refuse('errors/nnp-with-thread');
  c.refuse('errors/autokill-without-pidfd');
  c.refuse('errors/autokill-without-autoreap');
  c.refuse('errors/autokill-with-thread');
  c.refuse('errors/autokill-unprivileged');
}

/** arch copy_thread(). */
function copy_thread(c: Context): void {
  c.refuse('errors/stack-unaligned');
  c.refuse('errors/settls-over-task-size');
  c.refuse('errors/settls-descriptor-unreadable');
  c.refuse('errors/settls-descriptor-invalid');
  c.refuse('errors/shadow-stack');
}
