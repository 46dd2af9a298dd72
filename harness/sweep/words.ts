import type { TraceResult } from '../trace.js';
import { InputError } from '../../spec/index.js';

/** What a probe says of a sweep: letters for outcomes, blocks of words, and how often each comes in turn. */
export type SweepAnswer = NonNullable<TraceResult['sweep']>;

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** An answer taken apart. */
export interface Words {
  /** What can come of a word: an errno, `child`, `lost`, or `other` for an error that is none. */
  readonly outcomes: readonly string[];
  /** For each word its outcome, by its place in {@link outcomes}. */
  readonly each: Uint8Array;
}

/**
 * Takes an answer apart.
 *
 * @param count - how many words were asked for
 * @throws InputError where it is not about so many words, or names an outcome or a block that it does not have
 */
export function wordsOf({ words, outcomes, blocks, runs }: SweepAnswer, count: number): Words {
  if (words !== count) throw wrong(`${String(words)} words where ${String(count)} were due`);
  const numbers = blocks.map((block) =>
    Uint8Array.from(block, (letter) => {
      const number = LETTERS.indexOf(letter);
      if (number < 0 || number >= outcomes.length) throw wrong(`a letter ${JSON.stringify(letter)} without an outcome`);
      return number;
    }),
  );
  const each = new Uint8Array(count);
  let at = 0;
  for (const [number, times] of runs) {
    const block = numbers[number];
    if (block === undefined) throw wrong(`a block ${String(number)} that there is not`);
    if (at + block.length * times > count) throw wrong('more words than it says');
    for (let time = 0; time < times; time++, at += block.length) each.set(block, at);
  }
  if (at !== count) throw wrong('fewer words than it says');
  return { outcomes, each };
}

function wrong(what: string): InputError {
  return new InputError(`the answer to a sweep has ${what}`, 'the probe on the target is not of this version');
}
