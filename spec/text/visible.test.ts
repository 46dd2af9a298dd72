import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LONGEST, visibleBlock, visibleLine } from './visible.js';

/** Text about as long as may be, with what becomes longer when it is made visible. */
const piece = fc.constantFrom('##[', '::', '\n::', '\u001b[0m', '\u202e', '\ud83d\ude00', '\ud800', 'x', '\r\n', '\t');
const long = (most: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(piece, { maxLength: 40 }), fc.integer({ min: -60, max: 20 }), fc.array(piece, { maxLength: 40 }))
    .map(([before, more, after]) => `${before.join('')}${'-'.repeat(most + more)}${after.join('')}`);

describe.each([
  ['a line', visibleLine, LONGEST.line],
  ['text of several lines', visibleBlock, LONGEST.block],
] as const)('%s that comes from elsewhere', (_, visible, most) => {
  test('is as it is shown when it is shown again, however long it was', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          long(most),
          fc.array(piece).map((all) => all.join('')),
        ),
        (text) => {
          const shown = visible(text);
          expect(visible(shown)).toBe(shown);
          expect(shown.length).toBeLessThanOrEqual(most);
          expect(shown).not.toMatch(/##\[|^\s*::|\p{Cf}/mu);
          expect(shown).not.toContain(String.fromCharCode(0x1b));
        },
      ),
      { numRuns: 300 },
    );
  });
});
