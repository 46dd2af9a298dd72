import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CALLERS, NEWEST_KERNEL, callerNamed, nominalFacts, nominalKernel } from '../spec/index.js';
import { callers } from './callers.js';

describe('a generated caller', () => {
  test('is one that there is, and is found by its name', () => {
    fc.assert(
      fc.property(callers(), ({ name, attributes }) => {
        expect(callerNamed(name)).toMatchObject({ name, attributes });
        expect(() => nominalFacts({ name, attributes }, nominalKernel(NEWEST_KERNEL))).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  test('takes each attribute once, and limits namespaces only of a user namespace of its own', () => {
    fc.assert(
      fc.property(callers(), ({ attributes }) => {
        expect(new Set(attributes).size).toBe(attributes.length);
        const limit = attributes.findIndex((attribute) => attribute.startsWith('max-'));
        if (limit >= 0) expect(attributes.slice(0, limit)).toContain('userns');
      }),
      { numRuns: 1000 },
    );
  });

  test('is each of the named ones sooner or later, and now and then several at once', () => {
    const drawn = fc.sample(callers(), { seed: 42, numRuns: 2000 }).map(({ name }) => name);
    expect(CALLERS.filter(({ name }) => !drawn.includes(name)).map(({ name }) => name)).toEqual([]);
    expect(drawn.filter((name) => name.includes('+')).length).toBeGreaterThan(200);
  });

  test('is the same for the same seed', () => {
    const sample = (seed: number): readonly unknown[] => fc.sample(callers(), { seed, numRuns: 100 });
    expect(sample(42)).toEqual(sample(42));
    expect(sample(42)).not.toEqual(sample(43));
  });
});
