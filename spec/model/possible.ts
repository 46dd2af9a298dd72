import { CALLERS, nominalFacts } from '../callers.js';
import type { Clause } from '../clauses.js';
import { flagValue } from '../flags.js';
import type { Call } from './call.js';
import type { Outcome } from './errno.js';
import { CONFIG_NAMES, type KernelFacts } from './facts.js';
import { predict } from './predict.js';

/** Who could have got an answer, where the caller is not known. */
export interface Possible {
  /** Named callers that get it, the first of `callers.yaml` first. */
  readonly callers: readonly string[];
  /** The refusal by which the first of them does. */
  readonly clause?: Clause;
  /** What else could have answered so. */
  readonly otherwise?: string;
}

/** What a machine that is short of something answers in the place of success. */
const SHORT: readonly Outcome[] = ['EAGAIN', 'ENOMEM', 'ENFILE'];
/** What filters and security modules answer before the kernel looks. */
const FILTERS: readonly Outcome[] = ['EPERM', 'ENOSYS', 'EACCES'];
const CGROUP: readonly Outcome[] = ['EBADF', 'ENOENT', 'EACCES', 'EBUSY', 'EOPNOTSUPP', 'EAGAIN', 'ENODEV', 'ENOSPC'];

/**
 * Says who could have got an answer from a kernel: for calls of which nobody knows who made them, as in a log.
 *
 * @returns undefined where no caller, no shortage and no filter explains it: this kernel does not answer so
 */
export function possibleAnswer(call: Call, outcome: Outcome, kernel: KernelFacts): Possible | undefined {
  const answers = CALLERS.map((caller) => ({
    name: caller.name,
    prediction: predict({ kernel, caller: nominalFacts(caller, kernel) }, call),
  }));
  const getting = answers.filter(({ prediction }) => prediction.allowed.includes(outcome));
  const [first] = getting;
  if (first !== undefined) {
    const clause = first.prediction.refusals.find(({ errno }) => errno === outcome);
    return { callers: getting.map(({ name }) => name), ...(clause && { clause }) };
  }
  const succeeds = answers.some(({ prediction }) => prediction.allowed.includes('success'));
  const otherwise = elsewhere(call, outcome, kernel, succeeds);
  return otherwise === undefined ? undefined : { callers: [], otherwise };
}

function elsewhere(call: Call, outcome: Outcome, kernel: KernelFacts, succeeds: boolean): string | undefined {
  if (FILTERS.includes(outcome)) return 'a seccomp filter or a security module';
  if (succeeds && SHORT.includes(outcome)) return 'a machine that is short of tasks or memory';
  const flags = call.call === 'clone' ? call.flags : call.call === 'clone3' ? call.args.flags : 0n;
  const has = (name: string): boolean => (flags & flagValue(name)) !== 0n;
  const { set_tid: tids = 0n, set_tid_size: count = 0n } = call.call === 'clone3' ? call.args : {};
  // Addresses, descriptors and TIDs of a log mean nothing outside of it.
  if (outcome === 'EFAULT' && (call.call === 'clone3' || has('CLONE_PIDFD'))) return 'a pointer that is not good';
  if (call.call === 'clone3' && has('CLONE_INTO_CGROUP') && CGROUP.includes(outcome))
    return 'the cgroup, or its descriptor';
  if ((tids !== 0n || count > 0n) && ['EEXIST', 'EINVAL', 'success'].includes(outcome))
    return 'TIDs that are taken, or free';
  for (const name of CONFIG_NAMES) {
    // Who forks in a log has memory to copy.
    if (name === 'mmu') continue;
    const without = { ...kernel, config: { ...kernel.config, [name]: false } };
    const root = CALLERS.find((caller) => caller.name === 'root');
    if (root === undefined) break;
    const { allowed } = predict({ kernel: without, caller: nominalFacts(root, without) }, call);
    if (allowed.includes(outcome)) return `a kernel that is built without ${name}`;
  }
  return undefined;
}
