import type { Range } from '../expression/compile.js';
import type { Context } from './context.js';
import type { CallerFacts } from './facts.js';
import { MAX_PID_NS_LEVEL, MAX_USER_NS_LEVEL } from './kernel-limits.js';

const CLONE_NEWPID = 0x2000_0000;

/** How deep the caller's user namespace is nested. Where that is not known it is no deeper than a trial showed. */
export function userNsLevel({ user_ns_level, user_ns_level_most }: CallerFacts): number | Range {
  return user_ns_level ?? { least: 0, most: user_ns_level_most ?? MAX_USER_NS_LEVEL };
}

/** The same of its pid namespace, which is at least as deep as the caller has TIDs. */
export function pidNsLevel({ pid_ns_level, pid_ns_level_most, tids, known_tids = [] }: CallerFacts): number | Range {
  const least = Math.max(0, tids.length + known_tids.length - 1);
  return pid_ns_level ?? { least, most: Math.max(least, pid_ns_level_most ?? MAX_PID_NS_LEVEL) };
}

/** One for each pid namespace from the child's to the initial one. */
export function pidNsLevels({ facts: { caller }, kargs }: Context): number | Range {
  const level = pidNsLevel(caller);
  const isDeeper = (kargs.lo & CLONE_NEWPID) !== 0 || caller.pid_ns_for_children !== 'same';
  const more = isDeeper ? 2 : 1;
  return typeof level === 'number' ? level + more : { least: level.least + more, most: level.most + more };
}
