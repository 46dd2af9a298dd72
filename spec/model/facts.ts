import type { KernelVersion } from '../rules/version.js';

/** What the model knows of a kernel: its version, what it was built with, and features found by trying. */
export interface KernelFacts {
  readonly version: KernelVersion;
  readonly arch: Architecture;
  /** Of a 32-bit architecture: a 64-bit kernel is behind it, which takes the fields of clone3 whole. */
  readonly compat?: boolean;
  /** Bytes. */
  readonly page_size: number;
  /** x86-64 with five-level page tables, which move the end of user addresses. */
  readonly la57: boolean;
  /** Configuration options that are known; absent means that the option is taken as set. */
  readonly config: Readonly<Record<ConfigName, boolean>>;
  /** Features found present or absent by trying; they matter only where the version does not promise the feature. */
  readonly probed: Readonly<Partial<Record<string, boolean>>>;
  /** Debian's and Ubuntu's kernel.unprivileged_userns_clone; null where the kernel has no such control. */
  readonly unprivileged_userns_clone: number | null;
  /** What scenarios cannot look at there, as `lookOf` names it: the target answers wrongly also where no task is made. Absent: nothing. */
  readonly unseen?: ReadonlySet<string>;
}

export const ARCHITECTURES = ['x86_64', 'aarch64', 'riscv64', 'i386', 'arm'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

export const CONFIG_NAMES = ['user_ns', 'uts_ns', 'ipc_ns', 'pid_ns', 'net_ns', 'time_ns', 'cgroups', 'mmu'] as const;
/** Configuration options that decide a refusal, in lower case and without `CONFIG_`. */
export type ConfigName = (typeof CONFIG_NAMES)[number];

export const NAMESPACE_KINDS = ['user', 'pid', 'uts', 'ipc', 'net', 'mnt', 'cgroup', 'time'] as const;
export type NamespaceKind = (typeof NAMESPACE_KINDS)[number];

/** `own`: the caller's user namespace; `outer`: one around it; `inner`: one below it. */
export type PidNsOwner = 'own' | 'outer' | 'inner';

export const CGROUP_FD_KINDS = [
  'child',
  'directory',
  'file',
  'v1',
  'removed',
  'invalid',
  'busy',
  'threaded',
  'closed',
] as const;
/** What a descriptor passed as `cgroup` refers to. */
export type CgroupFdKind = (typeof CGROUP_FD_KINDS)[number];

/**
 * What the model knows of the calling task. `null` is "not known": the model then answers with every outcome that the
 * missing fact allows.
 */
export interface CallerFacts {
  readonly uid: number;
  readonly euid: number;
  readonly gid: number;
  readonly egid: number;
  /** Real user id in the initial user namespace. */
  readonly kuid: number | null;
  /** Capabilities in the caller's own user namespace, as a mask. */
  readonly cap_effective: bigint;
  readonly no_new_privs: boolean;
  readonly user_ns_initial: boolean;
  /** 0 is the initial user namespace. */
  readonly user_ns_level: number | null;
  /** Where the level is not known, what it is at most; absent and null: as deep as namespaces go. */
  readonly user_ns_level_most?: number | null | undefined;
  readonly euid_mapped: boolean;
  readonly egid_mapped: boolean;
  /** The lowest user.max_*_namespaces between the caller and the initial user namespace. */
  readonly max_namespaces: Readonly<Record<NamespaceKind, number | null>>;
  readonly chrooted: boolean | null;
  /** 0 is the initial pid namespace. */
  readonly pid_ns_level: number | null;
  readonly pid_ns_level_most?: number | null | undefined;
  /** Who owns each pid namespace of the caller, innermost first, as seen from its user namespace. */
  readonly pid_ns_owners: readonly (PidNsOwner | null)[];
  readonly pid_ns_init: boolean;
  readonly pid_ns_owner_is_ancestor: boolean;
  /** `empty`: another one, without a task so far; `living`: another one with its init; `dead`: its init has ended. */
  readonly pid_ns_for_children: 'same' | 'empty' | 'living' | 'dead';
  readonly time_ns_for_children: 'same' | 'other' | null;
  readonly threads: number;
  /** SCHED_* number; 6 is SCHED_DEADLINE. */
  readonly sched_policy: number;
  readonly sched_reset_on_fork: boolean;
  /** Soft limit; null is no limit. */
  readonly rlimit_nproc: number | null;
  /** Tasks of the caller's real user, itself included; null where others may run as the same user. */
  readonly nproc_count: number | null;
  readonly fd_room: boolean;
  readonly pid_max: number;
  /** The caller's TID in each pid namespace, innermost first. */
  readonly tids: readonly number[];
  /** Of pid namespaces in which every task is known, innermost first; absent where none is. */
  readonly known_tids?: readonly KnownTids[];
  readonly seccomp_filter: 'none' | 'container' | 'unknown';
  readonly cgroup_fds: Readonly<Record<number, CgroupFdKind>>;
  /** What a descriptor that is not listed is taken for; null: not known. */
  readonly cgroup_fd_default: CgroupFdKind | null;
  /** The caller may write the cgroup.procs of the target and of the common ancestor. */
  readonly cgroup_writable: boolean | null;
  readonly pids_limit_reached: boolean;
  /** The caller was itself made with CLONE_AUTOREAP. */
  readonly autoreap: boolean;
}

/** TIDs in use in a pid namespace that a scenario made. */
export interface KnownTids {
  /** Those that were asked for. */
  readonly used: readonly number[];
  /** Others have numbers that the kernel picked, from 1 up to this at most. */
  readonly picked: number;
}

/** Everything that a prediction is made from, besides the call. */
export interface Facts {
  readonly kernel: KernelFacts;
  readonly caller: CallerFacts;
}
