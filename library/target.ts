import {
  discoverEnvironment,
  kernelFacts,
  openTarget as openNamed,
  probeFeatures,
  requireUnsupported,
  withUnseen,
  withoutUnsupported,
  type Environment,
  type Target as Reached,
  type ProbeSession,
  type Unsupported,
} from '../harness/index.js';
import {
  InputError,
  type Architecture,
  type Caller,
  type Facts,
  type KernelFacts,
  type KernelVersion,
} from '../spec/index.js';
import { callerOf, versionOf } from './facts.js';

/**
 * How a target is reached, and what it is held to.
 *
 * @public
 */
export interface OpenOptions {
  /** The target's architecture, where its name does not imply it. */
  readonly arch?: Architecture;
  /** Words for the kernel command line of a virtual machine. */
  readonly append?: readonly string[];
  /** The probe is compiled, though one came with the package. */
  readonly anew?: boolean;
  /** Arguments for the local probe: `['--fault', 'accept=0x20200']` has it say that a call with these flags succeeded, so that a test is seen to fail. */
  readonly probeArgs?: readonly string[];
  /** The Linux version that it claims to be, such as `6.12`; absent: the one that it reports. */
  readonly kernel?: string;
  /** What a port says that it does not have: `clone3`, a flag's name, or a clause's id. It is not judged. */
  readonly unsupported?: readonly string[];
}

/**
 * A kernel under test. Its probe is started when it is first asked something, and ends with `close()`.
 *
 * @public
 */
export interface Target {
  /** As it was named to {@link openTarget}. */
  readonly name: string;
  /**
   * What the kernel and one of its callers are, found out by looking and trying: what a prediction for this target is made from.
   *
   * @param caller - a caller or its name; absent: whoever runs the probe
   * @throws Error where that caller cannot be made there; the message says why
   */
  readonly facts: (caller?: Caller | string) => Promise<Facts>;
  /** Ends the probe, which cleans up after itself, and waits for its end. */
  readonly close: () => Promise<void>;
}

/** A target with a probe that runs. */
export interface Opened {
  readonly session: ProbeSession;
  readonly kernel: KernelFacts;
  readonly environment: Environment;
}

/** What stands behind a {@link Target}. */
export interface Behind {
  readonly reached: Reached;
  readonly claimed: KernelVersion | undefined;
  readonly unsupported: Unsupported;
  readonly opened: () => Promise<Opened>;
}

const behind = new WeakMap<object, Behind>();

/**
 * The target of that name. Nothing is started yet.
 *
 * @param name - `local`; `exec:` and a command that runs a static program, such as `exec:qemu-aarch64-static`; `vm:` and a kernel image;
 *   `ssh:` and a host
 * @param options - how it is reached, and what it is held to
 * @throws {@link InputError} where there is no such target or version
 *
 * @example
 * ```ts
 * import { judge, openTarget, parseCall } from 'clonecheck';
 *
 * const target = openTarget('local');
 * const { call } = parseCall('clone(CLONE_NEWNS|CLONE_FS)');
 * const { verdict } = await judge(target, { caller: 'self', call });
 * console.log(verdict);
 * // pass
 * await target.close();
 * ```
 *
 * @public
 */
export function openTarget(name: string, { kernel, unsupported = [], ...options }: OpenOptions = {}): Target {
  const reached = openNamed(name, options);
  const claimed = kernel === undefined ? undefined : versionOf(kernel);
  for (const what of unsupported) requireUnsupported(what);
  let opening: Promise<Opened> | undefined;
  const opened = (): Promise<Opened> => (opening ??= start(reached, claimed, unsupported));
  const target: Target = {
    name,
    facts: async (caller = 'self') => {
      const { session, kernel: known, environment } = await opened();
      const who = asCaller(caller);
      const forbidden = environment.forbidsCaller(who);
      const { facts, blocked } =
        forbidden === undefined ? await session.run(who, []) : { facts: undefined, blocked: forbidden };
      if (facts === undefined) throw new Error(`${name} cannot be ${who.name}: ${blocked ?? 'it gave no answer'}`);
      return { kernel: known, caller: facts };
    },
    close: async () => {
      const starting = opening;
      opening = undefined;
      const running = await starting?.catch(() => undefined);
      await running?.session.close();
    },
  };
  behind.set(target, { reached, claimed, unsupported, opened });
  return target;
}

/** What stands behind a target that {@link openTarget} made. */
export function behindOf(target: Target): Behind {
  const found = behind.get(target);
  if (found === undefined) throw new InputError('this is no target', 'make one with openTarget');
  return found;
}

/** Says whether it is a target that {@link openTarget} made. */
export function isTarget(value: unknown): value is Target {
  return typeof value === 'object' && value !== null && behind.has(value);
}

/** `self` is whoever runs the probe. */
export function asCaller(caller: Caller | string): Caller {
  return caller === 'self' ? { name: 'self', attributes: [] } : callerOf(caller);
}

async function start(reached: Reached, claimed: KernelVersion | undefined, unsupported: Unsupported): Promise<Opened> {
  const session = await reached.session();
  try {
    const header = await session.open();
    const tried = await probeFeatures(session, kernelFacts(header, claimed));
    const environment = withoutUnsupported(await discoverEnvironment(session, header, tried.probed), unsupported);
    return { session, kernel: await withUnseen(session, tried), environment };
  } catch (error) {
    await session.close();
    throw error;
  }
}
