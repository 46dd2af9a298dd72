import type { Context } from './context.js';

/**
 * kernel/fork.c copy_clone_args_from_user().
 *
 * @returns false where the arguments stay unknown to the kernel, so that no later rule can be asked
 */
export function copy_clone_args_from_user(c: Context): boolean {
  c.refuse('errors/clone3-size-over-page');
  c.refuse('errors/clone3-size-under-ver0');
  c.refuse('errors/clone3-tail-nonzero');
  const unreadableTail = c.refuse('errors/clone3-tail-unreadable');
  const unreadable = c.refuse('errors/clone3-args-unreadable');
  if (unreadableTail === true || unreadable === true) return false;
  c.refuse('errors/set-tid-size-over-max');
  c.refuse('errors/set-tid-size-without-array');
  c.refuse('errors/set-tid-array-without-size');
  c.refuse('errors/clone3-exit-signal-over-nsig');
  c.refuse('errors/clone3-exit-signal-over-csignal');
  c.refuse('errors/into-cgroup-fd-over-int-max');
  c.refuse('errors/into-cgroup-short-struct');
  c.refuse('errors/set-tid-unreadable');
  return true;
}

/** kernel/fork.c clone3_args_valid() and clone3_stack_valid(). */
export function clone3_args_valid(c: Context): void {
  c.refuse('errors/clone3-undefined-flags');
  c.refuse('errors/clone3-detached');
  c.refuse('errors/clone3-csignal-flags');
  c.refuse('errors/clone3-newtime-refused');
  c.refuse('errors/clear-sighand-with-sighand');
  c.refuse('errors/clone3-thread-with-exit-signal');
  c.refuse('errors/clone3-parent-with-exit-signal');
  c.refuse('errors/clone3-stack-size-without-stack');
  c.refuse('errors/clone3-stack-without-size');
  c.refuse('errors/clone3-stack-range');
}
