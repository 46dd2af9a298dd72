import { hasFeature } from '../features.js';
import { compareVersions } from '../rules/version.js';
import type { Architecture, KernelFacts } from './facts.js';

/** _NSIG: signals are 1 to 64. */
export const NSIG = 64;
/** MAX_PID_NS_LEVEL of include/linux/pid_namespace.h. */
export const MAX_PID_NS_LEVEL = 32;
/** The level of the deepest user namespace; kernel/user_namespace.c create_user_ns(). */
export const MAX_USER_NS_LEVEL = 33;
/** PID_MAX_LIMIT of include/linux/threads.h on 64-bit machines. */
export const PID_MAX_LIMIT = 4_194_304;
/** Below this kernel.pid_max cannot be set: RESERVED_PIDS + 1, kernel/pid.c. */
export const PID_MAX_MIN = 301;
export const INT_MAX = 0x7fff_ffff;

/** Numbers of capabilities, include/uapi/linux/capability.h. */
export const CAPABILITIES = { CAP_SYS_ADMIN: 21n, CAP_SYS_RESOURCE: 24n, CAP_CHECKPOINT_RESTORE: 40n } as const;
export type CapabilityName = keyof typeof CAPABILITIES;

/** Registers of 32 bits: of what a call is given in them the upper half does not reach the kernel. */
export function hasNarrowRegisters({ arch }: KernelFacts): boolean {
  return arch === 'i386' || arch === 'arm';
}

/** unsigned long has 32 bits in the kernel too, so that it cuts the fields of clone3 which are pointers or sizes. */
export function hasNarrowWords(kernel: KernelFacts): boolean {
  return hasNarrowRegisters(kernel) && kernel.compat !== true;
}

/** PID_MAX_LIMIT of a kernel; with 32 bits it is PID_MAX_DEFAULT. */
export function pidMaxLimit(kernel: KernelFacts): number {
  return hasNarrowWords(kernel) ? 32_768 : PID_MAX_LIMIT;
}

/** The architecture of the kernel itself, which is another one than the caller's where a 64-bit kernel serves 32-bit programs. */
function archBehind({ arch, compat = false }: KernelFacts): Architecture {
  if (!compat) return arch;
  return arch === 'i386' ? 'x86_64' : arch === 'arm' ? 'aarch64' : arch;
}

/**
 * The end of user addresses: TASK_SIZE_MAX of arch/x86/include/asm/page_64_types.h. On other machines no refusal depends on
 * its exact value; what is given there is a bound that every address beyond it exceeds. That of 32-bit callers is IA32_PAGE_OFFSET, the
 * highest that such a process may have on a 64-bit kernel.
 */
export function taskSizeMax(kernel: KernelFacts): bigint {
  switch (kernel.arch) {
    case 'x86_64':
      return (kernel.la57 ? 1n << 56n : 1n << 47n) - 4096n;
    case 'aarch64':
    case 'riscv64':
      return 1n << 56n;
    case 'i386':
    case 'arm':
      return (1n << 32n) - 0x2000n;
  }
}

/** The size in bytes of the `struct clone_args` that this kernel knows: 64 (5.3), 80 (5.5) or 88 (5.7). */
export function knownArgsSize(kernel: KernelFacts): number {
  if (hasFeature(kernel, 'into_cgroup')) return 88;
  return hasFeature(kernel, 'set_tid') ? 80 : 64;
}

/**
 * access_ok() for the range of the stack argument; undefined where releases differ.
 *
 * x86-64: the range must end in user space; from 6.4 to 6.11.5 (and in stable releases that nobody has read) only the sign bit
 * was tested, and 6.12.0 and 6.12.1 were one byte stricter. Other machines: only what no layout of theirs allows or forbids.
 */
export function accessOk(kernel: KernelFacts, start: bigint, size: bigint): boolean | undefined {
  const end = start + size;
  const signBit = end >= 1n << 63n;
  const arch = archBehind(kernel);
  if (arch === 'x86_64') {
    const limit = taskSizeMax({ ...kernel, arch });
    if (end === limit) return undefined;
    if (end < limit) return true;
    const loose = compareVersions(kernel.version, [6, 4, 0]) >= 0 && compareVersions(kernel.version, [6, 12, 0]) < 0;
    return loose && !signBit ? undefined : false;
  }
  if (arch === 'i386' || arch === 'arm') return end < 1n << 30n ? true : end > 1n << 32n ? false : undefined;
  if (end < 1n << 37n) return true;
  return signBit ? false : undefined;
}
