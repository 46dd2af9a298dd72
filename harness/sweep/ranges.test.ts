import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { overlap, pieces, rangeOfPart, without, type Range } from './ranges.js';

/** The places of ranges, in order. */
const placesIn = (ranges: readonly Range[]): readonly number[] =>
  ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index)).sort((a, b) => a - b);
const all = (words: number): readonly number[] => Array.from({ length: words }, (_, index) => index);
const ranges = fc.array(
  fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]): Range => ({ from, to: from + length })),
  { maxLength: 6 },
);

describe('parts', () => {
  test('have nothing in common, and are the whole together', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 40 }), (words, of) => {
        const parts = Array.from({ length: of }, (_, index) => rangeOfPart(words, { number: index + 1, of }));
        expect(placesIn(parts)).toEqual(all(words));
      }),
    );
  });

  test('of every flag word are of one size', () => {
    const sizes = Array.from({ length: 16 }, (_, index) => rangeOfPart(1 << 24, { number: index + 1, of: 16 }));
    expect(new Set(sizes.map(({ from, to }) => to - from))).toEqual(new Set([1 << 20]));
  });
});

test('what is left of a range is what no other range has', () => {
  fc.assert(
    fc.property(fc.tuple(fc.nat(20), fc.nat(60)), ranges, ([from, length], taken) => {
      const range = { from, to: from + length };
      const gone = new Set(placesIn(taken));
      const left = without(range, taken);
      expect(placesIn(left)).toEqual(placesIn([range]).filter((place) => !gone.has(place)));
      expect(left.every((each) => each.from < each.to)).toBe(true);
    }),
  );
});

test('an overlap is found exactly where a place is in two ranges', () => {
  const some = ranges.map((list) => list.filter(({ from, to }) => from < to));
  fc.assert(
    fc.property(some, (list) => {
      const places = placesIn(list);
      expect(overlap(list) !== undefined).toBe(new Set(places).size < places.length);
    }),
  );
});

test('pieces are the range', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 20 }), (from, length, most) => {
      const cut = pieces({ from, to: from + length }, most);
      expect(placesIn(cut)).toEqual(placesIn([{ from, to: from + length }]));
      expect(cut.every((piece) => piece.to - piece.from <= most && piece.to > piece.from)).toBe(true);
    }),
  );
});
