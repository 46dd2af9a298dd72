import type { Context } from './context.js';

/** kernel/nsproxy.c copy_namespaces(). */
export function copy_namespaces(c: Context): void {
  c.refuse('errors/newns-unprivileged');
  c.refuse('errors/empty-mntns-unprivileged');
  c.refuse('errors/newuts-unprivileged');
  c.refuse('errors/newipc-unprivileged');
  c.refuse('errors/newpid-unprivileged');
  c.refuse('errors/newnet-unprivileged');
  c.refuse('errors/newcgroup-unprivileged');
  c.refuse('errors/newtime-unprivileged');
  c.refuse('errors/newipc-with-sysvsem');
  create_new_namespaces(c);
}

/** kernel/nsproxy.c create_new_namespaces(): mnt, uts, ipc, pid, cgroup, net, time. */
function create_new_namespaces(c: Context): void {
  c.refuse('errors/newns-limit');
  c.refuse('errors/newuts-not-configured');
  c.refuse('errors/newuts-limit');
  c.refuse('errors/newipc-not-configured');
  c.refuse('errors/newipc-limit');
  copy_pid_ns(c);
  c.refuse('errors/newcgroup-limit');
  c.refuse('errors/newnet-not-configured');
  c.refuse('errors/newnet-limit');
  c.refuse('errors/newtime-not-configured');
  c.refuse('errors/newtime-limit');
}

/** kernel/pid_namespace.c copy_pid_ns() and create_pid_namespace(). */
function copy_pid_ns(c: Context): void {
  c.refuse('errors/newpid-not-configured');
  c.refuse('errors/newpid-after-unshare-pid');
  c.refuse('errors/newpid-foreign-owner');
  c.refuse('errors/newpid-nesting-einval');
  c.refuse('errors/newpid-nesting');
  c.refuse('errors/newpid-limit');
}
