import { describe, expect, test } from '@jest/globals';
import { InputError } from '../../spec/index.js';
import { wordsOf, type SweepAnswer } from './words.js';

const ANSWER: SweepAnswer = {
  words: 7,
  outcomes: ['EINVAL', 'child'],
  blocks: ['aab', 'b'],
  runs: [
    [0, 2],
    [1, 1],
  ],
};

test('an answer says of each word what came of it', () => {
  const { outcomes, each } = wordsOf(ANSWER, 7);
  expect([...each].map((letter) => outcomes[letter])).toEqual([
    'EINVAL',
    'EINVAL',
    'child',
    'EINVAL',
    'EINVAL',
    'child',
    'child',
  ]);
});

describe('an answer that is none of these words is refused:', () => {
  test.each<[string, Partial<SweepAnswer>, number]>([
    ['other words than were asked for', {}, 8],
    ['more words than it says', { words: 5 }, 5],
    ['fewer words than it says', { words: 9 }, 9],
    ['a letter without an outcome', { blocks: ['aac', 'b'] }, 7],
    ['a block that there is not', { runs: [[2, 1]] }, 7],
    ['a block between two', { runs: [[0.5, 1]] }, 7],
    ['more words than memory has', { runs: [[0, 1e15]] }, 7],
  ])('%s', (_, change, count) => {
    expect(() => wordsOf({ ...ANSWER, ...change }, count)).toThrow(InputError);
  });
});
