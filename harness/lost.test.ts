import { describe, expect, test } from '@jest/globals';
import { lostInWords, lostStepInWords } from './lost.js';
import { observationOf } from './session.js';

describe('what a probe says of a case without an answer is put in words', () => {
  test.each([
    ['timeout', /time limit/],
    ['signal 9', /SIGKILL/],
    ['signal 19', /stopped by SIGSTOP/],
    ['exit 3', /exited with 3$/],
    ['exit 0', /exited with 0, as the child/],
    ['arena: clone: EAGAIN', /^no process.* clone: EAGAIN$/],
  ])('%s', (lost, words) => {
    expect(lostInWords(lost)).toMatch(words);
    // Traces hold the words.
    expect(lostInWords(lostInWords(lost))).toBe(lostInWords(lost));
  });
});

describe('a scenario with a step that was lost is lost as a whole, and no difference', () => {
  test('by which step', () => {
    const steps = [{ ret: 5 }, { lost: 'timeout' }, { absent: true as const }];
    expect(observationOf({ id: '1', steps })).toEqual({ kind: 'lost', why: lostStepInWords(2, 3, 'timeout') });
  });

  test('unlike one whose tasks have ended', () => {
    const steps = [{ gone: 'signal 9' }, { absent: true as const }];
    expect(observationOf({ id: '1', steps })).toMatchObject({ kind: 'steps' });
  });
});
