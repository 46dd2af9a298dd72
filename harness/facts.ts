import {
  parseKernelVersion,
  InputError,
  type CallerFacts,
  type CgroupFdKind,
  type KernelFacts,
  type KernelVersion,
} from '../spec/index.js';
import type { RawFacts, TraceHeader } from './trace.js';

/**
 * What a probe's header says of the kernel.
 *
 * @param claimed - the version to hold the target to, where it is not the one that it reports
 * @throws InputError where neither is a version
 */
export function kernelFacts(header: TraceHeader, claimed?: KernelVersion): KernelFacts {
  const version = claimed ?? parseKernelVersion(header.release);
  if (version === undefined) {
    throw new InputError(
      `the target calls its kernel ${JSON.stringify(header.release)}`,
      'say with --kernel which Linux it should be held to',
    );
  }
  // A kind of namespace that is not configured has no entry under /proc/self/ns. Without /proc nothing is known, and Linux's default is taken.
  const has = (name: string): boolean => header.ns.length === 0 || header.ns.includes(name);
  return {
    version,
    arch: header.arch,
    ...(header.compat === true && { compat: true }),
    page_size: header.page_size,
    la57: header.la57 === true,
    config: {
      user_ns: has('user'),
      uts_ns: has('uts'),
      ipc_ns: has('ipc'),
      pid_ns: has('pid'),
      net_ns: has('net'),
      time_ns: has('time'),
      cgroups: has('cgroup'),
      mmu: true,
    },
    probed: {},
    unprivileged_userns_clone: header.sysctl['kernel.unprivileged_userns_clone'] ?? null,
  };
}

/** What a probe says of a caller. */
export function callerFacts(raw: RawFacts): CallerFacts {
  const cgroupFds: Record<number, CgroupFdKind> = { 99: 'closed' };
  for (const [fd, kind] of Object.entries(raw.cgroup_fds)) cgroupFds[Number(fd)] = kind;
  return {
    ...raw,
    cap_effective: BigInt(`0x${raw.cap_effective.replace(/^0x/, '')}`),
    cgroup_fds: cgroupFds,
    cgroup_fd_default: null,
  };
}
