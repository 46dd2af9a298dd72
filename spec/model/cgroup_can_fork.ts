import type { Context } from './context.js';

/** kernel/cgroup/cgroup.c cgroup_css_set_fork(), then the can_fork() of the controllers. */
export function cgroup_can_fork(c: Context): void {
  c.refuse('errors/into-cgroup-closed-fd');
  c.refuse('errors/into-cgroup-not-a-cgroup');
  c.refuse('errors/into-cgroup-not-a-directory');
  c.refuse('errors/into-cgroup-v1');
  c.refuse('errors/into-cgroup-removed');
  c.refuse('errors/into-cgroup-read-only');
  c.refuse('errors/into-cgroup-unwritable');
  c.refuse('errors/into-cgroup-domain-invalid');
  c.refuse('errors/into-cgroup-busy');
  c.refuse('errors/into-cgroup-thread');
  c.refuse('errors/cpuset-empty');
  c.refuse('errors/pids-max');
}
