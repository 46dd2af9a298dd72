import { expect, test } from '@jest/globals';
import { flatness, type Sample } from './flatness.js';

const MIB = 2 ** 20;
const run = (rss: (index: number) => number): readonly Sample[] =>
  Array.from({ length: 40 }, (_, index) => ({ done: (index + 1) * 100, rss: rss(index) * MIB }));

test.each([
  ['what grows in the first quarter only is flat', (index: number) => 100 + Math.min(index, 9) * 10, true],
  ['what grows for good is not', (index: number) => 100 + index, false],
  ['one peak is no growth', (index: number) => (index === 35 ? 900 : 100), true],
  ['what shrinks is flat', (index: number) => 200 - index, true],
])('%s', (_, rss, flat) => {
  expect(flatness(run(rss)).flat).toBe(flat);
});

test('both medians are said', () => {
  expect(flatness(run((index) => (index < 20 ? 100 : 130))).text).toBe(
    'NOT flat: 130 MiB resident in the last quarter, 100 MiB in the second (+30.0 %, at most +10 %)',
  );
});

test('too few samples say nothing, which is not flat', () => {
  expect(flatness([{ done: 10, rss: MIB }])).toEqual({ flat: false, text: 'too little was made to say' });
});
