import {
  InputError,
  NEWEST_KERNEL,
  callerNamed,
  nominalFacts,
  nominalKernel,
  parseKernelVersion,
  type Caller,
  type Facts,
  type KernelVersion,
} from '../spec/index.js';

/**
 * Which kernel and which caller are meant.
 *
 * @public
 */
export interface FactsOptions {
  /** A Linux version such as `6.12` or `5.10.223`; absent: the newest that the model knows. */
  readonly kernel?: string;
  /** A caller, or its name, such as `user` or `chroot+user`; absent: `root`. */
  readonly caller?: Caller | string;
}

/**
 * What the model predicts from where nothing on a target stands in its way: every kernel option set, x86-64, no filter, no limit.
 *
 * @param options - kernel and caller
 * @returns facts for {@link predict}; plain data, any of which a test may change
 * @throws {@link InputError} where there is no such version or caller
 *
 * @example
 * ```ts
 * import { facts } from 'clonecheck';
 *
 * const { kernel, caller } = facts({ kernel: '5.10', caller: 'user' });
 * console.log(kernel.version.join('.'), caller.euid === 0);
 * // 5.10.0 false
 * ```
 *
 * @public
 */
export function facts({ kernel, caller = 'root' }: FactsOptions = {}): Facts {
  const nominal = nominalKernel(kernel === undefined ? NEWEST_KERNEL : versionOf(kernel));
  return { kernel: nominal, caller: nominalFacts(callerOf(caller), nominal) };
}

/** A caller, or the one that a name means. */
export function callerOf(caller: Caller | string): Caller {
  return typeof caller === 'string' ? callerNamed(caller) : caller;
}

/** A version that people typed. */
export function versionOf(text: string): KernelVersion {
  const version = parseKernelVersion(text);
  if (version === undefined) throw new InputError(`${text} is no version`, 'a version is 6.12 or 5.10.223');
  return version;
}
