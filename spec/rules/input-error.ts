import { shownLine } from '../text/visible.js';

/** Characters of what is wrong, and of a hint, which may list all that there is. */
const MOST_WHAT = 400;
const MOST_HINT = 2_000;

/** Where in an input something is wrong. Line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * An input that people wrote is wrong. Printed as one line, `file:line:column: what`, and a line that begins with `Hint:`;
 * the process then ends with status 2.
 * What is wrong is often quoted from the input, which may be of any length and hold anything: what would steer a terminal is written as an escape.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly what: string;
  readonly hint: string;

  constructor(
    what: string,
    hint: string,
    readonly place?: Place,
  ) {
    const shown = shownLine(what, MOST_WHAT);
    super(`${place === undefined ? '' : `${formatPlace(place)}: `}${shown}`);
    this.what = shown;
    this.hint = shownLine(hint, MOST_HINT);
  }

  /** The same error, at a place. */
  at(place: Place): InputError {
    return new InputError(this.what, this.hint, place);
  }
}

/** `file`, `file:line` or `file:line:column`. */
export function formatPlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
}

/**
 * The candidate that a misspelt word was most likely meant to be.
 *
 * @returns undefined where none is near
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > MOST_WHAT) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A hint that names the nearest candidate, or else all of them. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  return near === undefined ? `it is one of ${candidates.join(', ')}` : `did you mean ${near}?`;
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? limit;
}
