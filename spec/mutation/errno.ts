import type { Clause } from '../clauses.js';
import type { Errno } from '../model/errno.js';
import { changed, type Mutate } from './mutant.js';
import { namesIn } from './parts.js';

/** What kernels answer where they do not know better. */
const COMMON: readonly Errno[] = ['EINVAL', 'EPERM', 'ENOSYS'];

/** Another errno: one of the common ones, or that of a rule about the same flags and facts, with which it can be mixed up. */
export const errno: Mutate = (clause, { present }) => {
  const names = namesIn(clause.condition);
  const related = (other: Clause): boolean => [...namesIn(other.condition)].some((name) => names.has(name));
  const plausible = new Set([...COMMON, ...present.filter(related).map((other) => other.errno)]);
  return [...plausible]
    .filter((other) => other !== clause.errno)
    .map((other) =>
      changed(clause, 'errno', other, `${other} instead of ${clause.errno}`, { ...clause, errno: other }),
    );
};
