/** A stretch of a space: places from `from` up to, but not including, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One of the equal parts that a sweep is split into: `3/16` is the third. */
export interface Part {
  readonly number: number;
  readonly of: number;
}

/** The places of a space that a part has. Parts have nothing in common, and all of them are the whole. */
export function rangeOfPart(words: number, { number, of }: Part): Range {
  // Counts stay below 2^53: there are less than 2^25 words, and parts are at most 2^20.
  return { from: Math.floor((words * (number - 1)) / of), to: Math.floor((words * number) / of) };
}

/** What is left of a range when others are taken away, in order. */
export function without(range: Range, taken: readonly Range[]): readonly Range[] {
  const left: Range[] = [];
  let { from } = range;
  for (const { from: begin, to: end } of [...taken].sort((a, b) => a.from - b.from)) {
    if (end <= from || begin >= range.to) continue;
    if (begin > from) left.push({ from, to: begin });
    from = end;
  }
  if (from < range.to) left.push({ from, to: range.to });
  return left;
}

/** The first two ranges that have something in common; undefined where no two do. */
export function overlap<R extends Range>(ranges: readonly R[]): readonly [R, R] | undefined {
  const sorted = [...ranges].sort((a, b) => a.from - b.from);
  for (const [index, range] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next !== undefined && next.from < range.to) return [range, next];
  }
  return undefined;
}

/** A range cut into pieces of at most so many words. */
export function pieces({ from, to }: Range, most: number): readonly Range[] {
  const cut: Range[] = [];
  for (let at = from; at < to; at += most) cut.push({ from: at, to: Math.min(to, at + most) });
  return cut;
}
