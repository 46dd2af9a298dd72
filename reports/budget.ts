/** A part of a report that is taken whole or not at all, so that none is cut open. */
export interface Part {
  readonly whole: string;
  /** What to put in its place where there is no room for the whole. */
  readonly short?: string;
}

/**
 * What fits into a size: first every part in its short form, so that none is lost for another's length, then as many whole as there is room for.
 *
 * @param most - the size in bytes of UTF-8
 * @returns for each part its text, undefined where there was no room for it
 */
export function fit(parts: readonly Part[], most: number): readonly (string | undefined)[] {
  let left = most;
  const kept = parts.map(({ whole, short = whole }) => {
    const bytes = Buffer.byteLength(short);
    if (bytes > left) return undefined;
    left -= bytes;
    return short;
  });
  return parts.map(({ whole }, index) => {
    const short = kept[index];
    if (short === undefined || short === whole) return short;
    const more = Buffer.byteLength(whole) - Buffer.byteLength(short);
    if (more > left) return short;
    left -= more;
    return whole;
  });
}
