import { expect, test } from '@jest/globals';
import { feed } from './feed.js';
import { allParsers } from './parsers.js';

/** So many here, with a seed of their own each time; `npm run fuzz` takes a hundred thousand. */
const INPUTS = 500;
const seed = Math.floor(Math.random() * 0x7fff_ffff);
const parsers = await allParsers();

test.each(parsers)(`$name reads or clearly refuses ${String(INPUTS)} mutated inputs`, async (parser) => {
  const { valid, refused, crashes } = await feed(parser, INPUTS, seed);
  expect({ seed, crashes }).toEqual({ seed, crashes: [] });
  expect(valid + refused).toBe(INPUTS);
});

test.each(parsers)('$name reads what mutations start from', async ({ examples, read }) => {
  for (const example of examples) await read(example);
});
