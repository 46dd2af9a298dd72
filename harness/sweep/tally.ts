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
  /** Words that could not be judged here, by the reason. */
  readonly notJudged = new Map<string, number>();
  /** Words without an answer, by the reason. */
  readonly lost = new Map<string, number>();
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

  /** Words that were not judged: `blocked` where something here forbids it, `not-run` where there was no answer. */
  unjudged(verdict: 'blocked' | 'not-run', why: string, words: number): void {
    const reasons = verdict === 'blocked' ? this.notJudged : this.lost;
    if (words > 0) reasons.set(why, (reasons.get(why) ?? 0) + words);
  }
}
