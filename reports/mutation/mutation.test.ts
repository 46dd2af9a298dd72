import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { nominalKernel } from '../../spec/index.js';
import type { Fate, MutantResult, Mutation } from '../../harness/index.js';
import { mutationLineSchema, mutationLines } from './lines.js';
import { mutationText } from './text.js';
import { medianOf } from './totals.js';

const CALL = { minimal: 'root: clone(CLONE_SIGHAND)', observed: 'EINVAL' };
const found = (cases: number): Fate => ({ kind: 'found', cases, ...CALL });
const FATES: readonly Fate[] = [
  found(40),
  { kind: 'imagined', cases: 9, kernel: 'Linux 7.3', why: 'this kernel is older', ...CALL },
  { kind: 'equivalent', why: 'both give EINVAL' },
  { kind: 'elsewhere', why: 'needs another machine' },
  { kind: 'explained', why: 'nobody can', source: 'kernel/fork.c' },
  { kind: 'survived', why: 'no case of the run shows it' },
];

function mutants(fates: readonly Fate[]): readonly MutantResult[] {
  return fates.map((fate, index) => {
    const what = `CLONE_${String(index)}`;
    return {
      id: `errors/one unless-flag ${what}`,
      clause: 'errors/one',
      operator: 'unless-flag',
      broken: `not with ${what}`,
      fate,
    };
  });
}

function mutation(fates: readonly Fate[], rest: Partial<Mutation> = {}): Mutation {
  return {
    target: 'local',
    kernel: nominalKernel([6, 18, 0]),
    seed: 42,
    mutants: mutants(fates),
    differences: [],
    stale: [],
    seconds: 1,
    ...rest,
  };
}

describe('the lines', () => {
  test('are what their schema says, for every fate', () => {
    const lines = mutationLines(mutation(FATES));
    expect(lines).toHaveLength(FATES.length + 1);
    for (const line of lines) expect(v.parse(mutationLineSchema, line)).toEqual(line);
    expect(lines.at(-1)).toMatchObject({
      found: 1,
      imagined: 1,
      equivalent: 1,
      elsewhere: 1,
      explained: 1,
      survived: 1,
    });
  });

  test('say after how many cases half were found', () => {
    expect(medianOf(mutants([found(1), found(7), found(100)]))).toBe(7);
    expect(medianOf(mutants([FATES[2] ?? found(1)]))).toBeUndefined();
  });
});

describe('the text', () => {
  test('shows of several mutants of a kind the one that took longest', () => {
    const text = mutationText(mutation([found(3), found(1_234)]), false, false);
    expect(text).toMatch(
      /^ {2}unless-flag +2 found after 3 to 1,234 +not with CLONE_1: root: clone\(CLONE_SIGHAND\) gives EINVAL$/m,
    );
  });

  test('names each survivor with what is known of it', () => {
    const text = mutationText(mutation(FATES), false, false);
    expect(text).toContain('SURVIVED errors/one unless-flag CLONE_5: not with CLONE_5; no case of the run shows it');
  });

  test('says loudly that the kernel differs from the model, and that an explanation is stale', () => {
    const explanation = { mutant: 'errors/one drop', why: 'a', source: 'b' };
    const text = mutationText(
      mutation([found(1)], { differences: ['case 7: root: fork()'], stale: [explanation] }),
      false,
      false,
    );
    expect(text).toContain('THE MODEL ITSELF DIFFERS FROM THE KERNEL: case 7: root: fork()');
    expect(text).toContain('STALE EXPLANATION: errors/one drop');
  });
});
