import { describe, expect, test } from '@jest/globals';
import { FINDING, resultWith } from '../../harness/fixtures/results.js';
import { callerNamed, parseCall } from '../../spec/index.js';
import { ownFaults, type Fault } from './faults.js';
import { huntOf } from './hunt.js';
import { table } from './table.js';

const fault = faultNamed('newns-with-fs');

function faultNamed(name: string): Fault {
  const found = ownFaults().find((each) => each.name === name);
  if (found === undefined) throw new Error(`no fault ${name}`);
  return found;
}

const larger = {
  ...FINDING,
  minimal: { caller: callerNamed('root'), call: parseCall('clone(CLONE_NEWNS|CLONE_FS|CLONE_IO)').call },
};

describe('a fault counts as found', () => {
  test('by its clause and its counterexample', () => {
    const hunt = huntOf(resultWith({ findings: [FINDING], firstDifference: { cases: 27 } }), fault);
    expect(hunt.complaints).toEqual([]);
    expect(hunt.until).toBe(27);
  });

  test('though scenarios were not judged because of it', () => {
    const lost = [{ why: 'a clone of the scenario differs as errors/fs-with-newns says', cases: 62 }];
    expect(huntOf(resultWith({ findings: [FINDING], lost }), fault).complaints).toEqual([]);
  });

  test('after all cases and some scenarios, where it is one of effects', () => {
    expect(huntOf(resultWith({ cases: 100, firstDifference: { scenarios: 7 } }), fault).until).toBe(107);
  });
});

describe('it does not', () => {
  test.each([
    ['where nothing is found', resultWith(), /^not found: errors\/fs-with-newns by root: clone/],
    ['by a larger counterexample', resultWith({ findings: [larger] }), /^not found: /],
    [
      'by another clause',
      resultWith({ findings: [{ ...FINDING, clause: 'errors/fs-with-newuser' }] }),
      /^found: errors\/fs-with-newuser by /,
    ],
    ['where it does not show each time', resultWith({ unstable: [FINDING] }), /differed, but not each time$/],
    [
      'where a case got no answer',
      resultWith({
        counts: { pass: 1, fail: 1, blocked: 0, 'not-run': 1 },
        lost: [{ why: 'the probe died', cases: 1 }],
        findings: [FINDING],
      }),
      /^1 not judged: the probe died$/,
    ],
    ['where a probe died', resultWith({ findings: [FINDING], deaths: ['the kernel stopped'] }), /^the kernel stopped$/],
  ])('%s', (_, result, complaint) => {
    expect(huntOf(result, fault).complaints).toContainEqual(expect.stringMatching(complaint));
  });

  test('and without a fault nothing is to be found', () => {
    expect(huntOf(resultWith(), undefined).complaints).toEqual([]);
    expect(huntOf(resultWith({ findings: [FINDING] }), undefined).complaints).not.toEqual([]);
  });
});

test('the table has a line for each step, and marks what is not as it is to be', () => {
  const found = huntOf(resultWith({ findings: [FINDING], firstDifference: { cases: 1_027 }, seconds: 30 }), fault);
  const missed = huntOf(resultWith({ seconds: 31 }), faultNamed('altstack-kept'));
  expect(
    table([found, { ...missed, found: [{ clause: 'effects/x', counterexample: ['root:', '  0: fork()'] }] }]).split(
      '\n',
    ),
  ).toEqual([
    'fault              found by clause       minimal counterexample             cases until found  seconds',
    '-----------------  --------------------  ---------------------------------  -----------------  -------',
    'newns-with-fs      errors/fs-with-newns  root: clone(CLONE_NEWNS|CLONE_FS)              1,027       30',
    'altstack-kept (!)  effects/x             root:                                                      31',
    '                                           0: fork()',
    '',
  ]);
});
