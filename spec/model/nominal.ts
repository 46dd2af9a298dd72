import type { KernelVersion } from '../rules/version.js';
import type { CallerFacts, KernelFacts } from './facts.js';
import { INT_MAX } from './kernel-limits.js';

/** Every capability up to CAP_CHECKPOINT_RESTORE. */
export const ALL_CAPABILITIES = (1n << 41n) - 1n;

/** The kernel that is meant where nothing else is said: every option set, x86-64 with 4 KiB pages. */
export function nominalKernel(version: KernelVersion): KernelFacts {
  return {
    version,
    arch: 'x86_64',
    page_size: 4096,
    la57: false,
    config: {
      user_ns: true,
      uts_ns: true,
      ipc_ns: true,
      pid_ns: true,
      net_ns: true,
      time_ns: true,
      cgroups: true,
      mmu: true,
    },
    probed: {},
    unprivileged_userns_clone: null,
  };
}

/** The release that is meant where no `--kernel` is given and no target asked. */
export const NEWEST_KERNEL: KernelVersion = [7, 3, 0];

/** Root of the initial namespaces, with nothing in its way. */
export const ROOT: CallerFacts = {
  uid: 0,
  euid: 0,
  gid: 0,
  egid: 0,
  kuid: 0,
  cap_effective: ALL_CAPABILITIES,
  no_new_privs: false,
  user_ns_initial: true,
  user_ns_level: 0,
  user_ns_level_most: null,
  euid_mapped: true,
  egid_mapped: true,
  max_namespaces: {
    user: INT_MAX,
    pid: INT_MAX,
    uts: INT_MAX,
    ipc: INT_MAX,
    net: INT_MAX,
    mnt: INT_MAX,
    cgroup: INT_MAX,
    time: INT_MAX,
  },
  chrooted: false,
  pid_ns_level: 0,
  pid_ns_level_most: null,
  pid_ns_owners: ['own'],
  pid_ns_init: false,
  pid_ns_owner_is_ancestor: true,
  pid_ns_for_children: 'same',
  time_ns_for_children: 'same',
  threads: 1,
  sched_policy: 0,
  sched_reset_on_fork: false,
  rlimit_nproc: null,
  nproc_count: 2,
  fd_room: true,
  pid_max: 4_194_304,
  tids: [1000],
  seccomp_filter: 'none',
  cgroup_fds: { 99: 'closed' },
  cgroup_fd_default: 'child',
  cgroup_writable: true,
  pids_limit_reached: false,
  autoreap: false,
};
