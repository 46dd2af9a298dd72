import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesWildcard } from './wildcard.js';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 });

test('a pattern means what the regular expression means that has .* for each star', () => {
  fc.assert(
    fc.property(letters, letters, fc.boolean(), (pattern, text, one) => {
      const escaped = pattern
        .replace(/[.?]/g, (sign) => (one && sign === '?' ? '.' : `\\${sign}`))
        .replaceAll('*', '.*');
      expect(matchesWildcard(pattern, text, { one })).toBe(new RegExp(`^${escaped}$`, 's').test(text));
    }),
    { numRuns: 2_000 },
  );
});

test('a pattern of stars is no work', () => {
  expect(matchesWildcard(`${'*a'.repeat(2_000)}b`, 'a'.repeat(5_000))).toBe(false);
});
