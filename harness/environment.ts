import { CALLERS, FLAGS, clone, clone3, flagValue, type Call, type Caller, type KernelFacts } from '../spec/index.js';
import { SELF } from './features.js';
import type { Runner } from './session.js';
import type { TraceHeader } from './trace.js';

const NEEDS_ROOT: ReadonlySet<string> = new Set(CALLERS.filter(({ needsRoot }) => needsRoot).map(({ name }) => name));

/** What around the target answers calls instead of its kernel: filters and policies that nobody asked for. */
export interface Environment {
  /** Why a call cannot be judged here; undefined where it can. */
  readonly forbids: (call: Call) => string | undefined;
  /**
   * Why a step of a scenario can show nothing here: the call as a whole is not there, which calls alone say once. Undefined where
   * it can.
   */
  readonly lacks: (call: Call) => string | undefined;
  /** Why a caller cannot be made here, whatever the probe would answer: an ordinary user is no root without its capabilities. */
  readonly forbidsCaller: (caller: Caller) => string | undefined;
  /** Every such reason, for `doctor`. */
  readonly reasons: readonly string[];
}

/**
 * Finds out by calls that the kernel itself would refuse otherwise: a filter answers before the kernel does, so a different errno
 * is the filter's.
 */
export async function discoverEnvironment(
  session: Runner,
  header: TraceHeader,
  probed: KernelFacts['probed'] = {},
): Promise<Environment> {
  const namespaces = FLAGS.filter(({ makes, calls }) => makes !== undefined && calls.includes('clone'));
  const { facts, observations } = await session.run(SELF, [
    clone3({}, { size: 0n }),
    clone(flagValue('CLONE_NEWUSER') | 17n),
    ...namespaces.map(({ value }) => clone(value | flagValue('CLONE_THREAD'))),
  ]);
  const errno = (index: number): string | undefined => {
    const observation = observations[index];
    return observation?.kind === 'refused' ? observation.errno : undefined;
  };
  const filtered = facts?.seccomp_filter === 'unknown';
  const rules: { readonly why: string; readonly concerns: (call: Call) => boolean }[] = [];
  const clone3Errno = errno(0);
  if (filtered && clone3Errno !== undefined && clone3Errno !== 'EINVAL') {
    rules.push({
      why: `a seccomp filter answers clone3 with ${clone3Errno}`,
      concerns: (call) => call.call === 'clone3',
    });
  }
  const userErrno = errno(1);
  const policy = restrictsUserNamespaces(header);
  if ((filtered || policy !== undefined) && (userErrno === 'EPERM' || userErrno === 'EACCES')) {
    rules.push({
      why: `${policy ?? 'a seccomp filter'} answers CLONE_NEWUSER with ${userErrno}`,
      concerns: (call) => (flagsOf(call) & flagValue('CLONE_NEWUSER')) !== 0n,
    });
  }
  if (filtered) {
    for (const [index, { name, value }] of namespaces.entries()) {
      const answer = errno(index + 2);
      if (answer !== undefined && answer !== 'EINVAL') {
        rules.push({
          why: `a seccomp filter answers ${name} with ${answer}`,
          concerns: (call) => (flagsOf(call) & value) !== 0n,
        });
      }
    }
  }
  const forbids = (call: Call): string | undefined => rules.find(({ concerns }) => concerns(call))?.why;
  return {
    forbids,
    lacks: (call) =>
      forbids(call) ??
      (call.call === 'clone3' && clone3Errno === 'ENOSYS' ? 'the target has no clone3' : missingFlag(call, probed)),
    forbidsCaller: ({ name }) =>
      facts !== undefined && facts.euid !== 0 && NEEDS_ROOT.has(name)
        ? `needs root, and the probe runs as user id ${String(facts.euid)}`
        : undefined,
    reasons: rules.map(({ why }) => why),
  };
}

function restrictsUserNamespaces(header: TraceHeader): string | undefined {
  if (header.sysctl['kernel.apparmor_restrict_unprivileged_userns'] === 1)
    return 'kernel.apparmor_restrict_unprivileged_userns';
  const lsm = header.lsm?.split(',').find((name) => ['selinux', 'apparmor', 'bpf', 'smack', 'tomoyo'].includes(name));
  return lsm === undefined ? undefined : `the security module ${lsm}`;
}

/** Flags that a trial shows to be there or not, by feature. */
const FLAG_FEATURES = [
  { feature: 'pidfd', flag: 'CLONE_PIDFD', calls: ['clone', 'clone3'] },
  { feature: 'clear_sighand', flag: 'CLONE_CLEAR_SIGHAND', calls: ['clone3'] },
  { feature: 'newtime_in_clone3', flag: 'CLONE_NEWTIME', calls: ['clone3'] },
  { feature: 'into_cgroup', flag: 'CLONE_INTO_CGROUP', calls: ['clone3'] },
];

function missingFlag(call: Call, probed: KernelFacts['probed']): string | undefined {
  const missing = FLAG_FEATURES.find(
    ({ feature, flag, calls }) =>
      probed[feature] === false && calls.includes(call.call) && (flagsOf(call) & flagValue(flag)) !== 0n,
  );
  return missing === undefined ? undefined : `the target has no ${missing.flag}`;
}

function flagsOf(call: Call): bigint {
  if (call.call === 'clone') return call.flags & 0xffff_ff00n;
  return call.call === 'clone3' ? call.args.flags : 0n;
}
