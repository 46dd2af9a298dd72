import { expect, test } from '@jest/globals';
import { compareTraces } from './compare.js';

const gone = (how: string) => ({ kind: 'gone', how }) as const;
const isAlike = (expected: string, seen: string): boolean =>
  compareTraces([gone(expected)], [gone(seen)]) === undefined;

test('how a task ended is compared, where it is known', () => {
  expect(isAlike('signal 9', 'signal 9')).toBe(true);
  expect(isAlike('any', 'exit 3')).toBe(true);
  expect(isAlike('signal 9', 'signal 15')).toBe(false);
  expect(isAlike('exit 3', 'exit 0')).toBe(false);
  expect(isAlike('exit 0', 'signal 9')).toBe(false);
  expect(isAlike('signal 42', 'exit 0')).toBe(false);
});
