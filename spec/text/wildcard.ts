/**
 * Says whether a text is of a pattern in which `*` stands for any characters and `?`, where that is asked for, for one. Patterns are written by
 * anybody, and a regular expression made of one may take for ever.
 */
export function matchesWildcard(pattern: string, text: string, { one = false } = {}): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    const wanted = pattern[p];
    if (wanted === '*') {
      star = p++;
      mark = t;
    } else if (wanted === text[t] || (one && wanted === '?')) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
