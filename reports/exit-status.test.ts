import { describe, expect, test } from '@jest/globals';
import { ABSENT, BLOCKED, FAILED, FINDING, MISSED, PASSED, resultWith } from '../harness/fixtures/results.js';
import { parseExpectations, type RunResult } from '../harness/index.js';
import { exitStatus, tooLittle } from './exit-status.js';

const counts = { pass: 900, fail: 0, blocked: 0, 'not-run': 0 };
const NOTHING = { clauses: [BLOCKED], counts: { ...counts, pass: 0, blocked: 900 } };

describe('the exit status', () => {
  const TABLE: readonly (readonly [string, Partial<RunResult>, number, number])[] = [
    ['conforms', {}, 1, 0],
    ['conforms, and what the kernel lacks does not count', { clauses: [PASSED, ABSENT, BLOCKED] }, 1, 0],
    ['differs', { findings: [FINDING], clauses: [FAILED], counts: { ...counts, fail: 3 } }, 1, 1],
    ['differs, though interrupted', { findings: [FINDING], interrupted: true }, 1, 1],
    [
      'differs, though not every case got an answer',
      { findings: [FINDING], counts: { ...counts, 'not-run': 1 } },
      1,
      1,
    ],
    ['interrupted', { interrupted: true }, 1, 130],
    ['interrupted before anything was judged', { ...NOTHING, interrupted: true }, 1, 130],
    ['nothing judged', NOTHING, 1, 3],
    ['nothing judged, and no clause demanded', NOTHING, 0, 3],
    ['nothing ran', { clauses: [], cases: 0, counts: { ...counts, pass: 0 } }, 0, 3],
    ['too few clauses judged', {}, 2, 3],
    ['a case without an answer', { counts: { ...counts, 'not-run': 1 } }, 1, 3],
    ['a difference that did not repeat', { unstable: [FINDING] }, 1, 3],
    ['a difference that nobody followed up', { counts: { ...counts, fail: 1 } }, 1, 3],
    ['a clause that was missed', { clauses: [PASSED, MISSED] }, 1, 3],
  ];
  test.each(TABLE)('%s', (_, changes, minJudged, status) => {
    expect(exitStatus(resultWith(changes), minJudged)).toBe(status);
  });

  test('is 0 exactly where there is no difference and no reason to doubt', () => {
    for (const [, changes, minJudged, status] of TABLE) {
      const result = resultWith(changes);
      if (status === 0) expect(tooLittle(result, minJudged)).toBeUndefined();
      if (status === 3) expect(tooLittle(result, minJudged)).toMatch(/^[a-z][^\n]+$/);
    }
  });
});

describe('a probe that ended unasked', () => {
  test('makes a run no pass, though every case got its answer from the next one', () => {
    expect(exitStatus(resultWith({ deaths: ['the probe died of SIGSEGV'] }), 1)).toBe(3);
    expect(exitStatus(resultWith(), 1)).toBe(0);
  });
});

describe('expectations', () => {
  const expectation = parseExpectations(
    '- {clause: errors/fs-with-newns, target: local, kind: missing, reason: x}',
    'e',
  )[0];
  if (expectation === undefined) throw new Error('no expectation');
  const nothing = { met: [], broken: [], unjudged: [], elsewhere: 0 };
  const place = { file: 'e', line: 1 };
  const failed = { clauses: [FAILED], counts: { ...counts, fail: 3 } };
  test.each<[string, Partial<RunResult>, number]>([
    ['met: conforms', { ...failed, expectations: { ...nothing, met: [{ expectation, finding: FINDING }] } }, 0],
    [
      'met, and a finding that is not expected: differs',
      { ...failed, findings: [FINDING], expectations: { ...nothing, met: [{ expectation, finding: FINDING }] } },
      1,
    ],
    [
      'broken: differs',
      { expectations: { ...nothing, broken: [{ expectation, state: 'gone', what: 'w', hint: 'h', place }] } },
      1,
    ],
    ['not judged: as without it', { expectations: { ...nothing, unjudged: [{ expectation, why: 'no root' }] } }, 0],
    ['none met, and cases that differ: not followed up', { ...failed, expectations: nothing }, 3],
    [
      'so many met that others may not have been followed up',
      {
        ...failed,
        expectations: { ...nothing, met: Array.from({ length: 100 }, () => ({ expectation, finding: FINDING })) },
      },
      3,
    ],
  ])('%s', (_, changes, status) => {
    expect(exitStatus(resultWith(changes), 1)).toBe(status);
  });
});
