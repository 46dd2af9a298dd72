import { matchesWildcard } from '../spec/text/wildcard.js';

/**
 * Which clauses a pattern means: `errors/fs-*`, `effects/*`; `*` stands for any characters, `?` for one. The chapter may be left out.
 *
 * @param pattern - as people type it
 */
export function clauseGlob(pattern: string): (clause: string) => boolean {
  const whole = /^(errors|effects|libc)\//.test(pattern);
  const patterns = whole ? [pattern] : [pattern, `errors/${pattern}`, `effects/${pattern}`, `libc/${pattern}`];
  return (clause) => patterns.some((each) => matchesWildcard(each, clause, { one: true }));
}
