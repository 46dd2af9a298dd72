/**
 * Which clauses a pattern means: `errors/fs-*`, `effects/*`; `*` stands for any characters, `?` for one. The chapter may be left out.
 *
 * @param pattern - as people type it
 */
export function clauseGlob(pattern: string): (clause: string) => boolean {
  const words = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const regex = new RegExp(
    /^(errors|effects|libc)\//.test(pattern) ? `^${words}$` : `^(?:errors/|effects/|libc/)?${words}$`,
  );
  return (clause) => regex.test(clause);
}
