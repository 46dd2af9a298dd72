import { describe, expect, test } from '@jest/globals';
import { callerNamed, nominalFacts } from '../callers.js';
import { flagValue } from '../flags.js';
import { clone, clone3, type Call } from './call.js';
import type { CallerFacts } from './facts.js';

import { nominalKernel } from './nominal.js';
import { predict } from './predict.js';

const KERNEL = nominalKernel([6, 18, 0]);
const NEWUSER = clone(flagValue('CLONE_NEWUSER') | 17n);
const NEWPID = clone(flagValue('CLONE_NEWPID') | 17n);
const allowedTo = (known: Partial<CallerFacts>, call: Call = NEWUSER): readonly string[] =>
  predict({ kernel: KERNEL, caller: { ...nominalFacts(callerNamed('root'), KERNEL), ...known } }, call).allowed;

describe('a caller in a namespace of unknown depth', () => {
  test('may be at the limit, or not, where nothing was tried', () => {
    expect(allowedTo({ user_ns_level: null })).toEqual(expect.arrayContaining(['ENOSPC', 'success']));
    expect(allowedTo({ pid_ns_level: null }, NEWPID)).toEqual(expect.arrayContaining(['ENOSPC', 'success']));
  });

  test('is not at the limit where a trial made more of them', () => {
    expect(allowedTo({ user_ns_level: null, user_ns_level_most: 32 })).toEqual(['success']);
    expect(allowedTo({ pid_ns_level: null, pid_ns_level_most: 31 }, NEWPID)).toEqual(['success']);
  });

  test('may be at it again as many levels further down', () => {
    expect(allowedTo({ user_ns_level: null, user_ns_level_most: 33 })).toEqual(
      expect.arrayContaining(['ENOSPC', 'success']),
    );
  });

  test('may ask for as many TIDs as it has, and surely not for more than there are levels', () => {
    const asking = (count: number): readonly string[] =>
      allowedTo(
        { pid_ns_level: null, tids: [2, 40], pid_ns_owners: ['own', 'own'] },
        clone3(
          { set_tid: 0x2000_1000n, set_tid_size: BigInt(count) },
          { tids: Array.from({ length: count }, () => 'free') },
        ),
      );
    expect(asking(2)).toEqual(['success']);
    expect(asking(3)).toEqual(expect.arrayContaining(['EINVAL']));
    expect(asking(33)).toEqual(['EINVAL']);
  });
});
