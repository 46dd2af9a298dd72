import type { Difference } from '../findings.js';

/** A word that is not as predicted, or was once not: it will be made again. */
export interface Doubt {
  /** Its place in the space. */
  readonly index: number;
  /** Its process ended without an answer. */
  readonly lost: boolean;
}

/** So many places of differences are kept. */
const NAMED = 64;

/** What came of the words of a range. Each word is counted once: as predicted, as a difference, as one that did not repeat, or as not judged. */
export class Tally {
  words = 0;
  /** Words to which more than one answer is allowed; they are as predicted. */
  open = 0;
  /** Words that are not as predicted, and the places of some. */
  differences = 0;
  readonly different: number[] = [];
  /** Words that once were not as predicted, but were when they were made again. */
  unstable = 0;
  /** Words by what came of them. */
  readonly outcomes = new Map<string, number>();
  /** Words that were not judged, by the reason. */
  readonly notJudged = new Map<string, number>();
  /** Words that have to be looked at again. */
  readonly doubts: Doubt[] = [];
  /** Differences that were seen twice: as many as findings are made of. */
  readonly seen: Difference[] = [];

  /** A word differs. */
  differs(index: number): void {
    this.differences++;
    if (this.different.length < NAMED) this.different.push(index);
  }

  /** Words of one outcome. */
  came(outcome: string, words: number): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + words);
  }

  /** Words that could not be judged. */
  unjudged(why: string, words: number): void {
    if (words > 0) this.notJudged.set(why, (this.notJudged.get(why) ?? 0) + words);
  }
}
