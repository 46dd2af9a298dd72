import { expect, test } from '@jest/globals';
import { NEWEST_KERNEL, callerNamed, nominalFacts, nominalKernel, parseStep, simulate } from '../../../index.js';

test('a word has 32 bits without a sign, whether it lies in memory or in a mapping', () => {
  const kernel = nominalKernel(NEWEST_KERNEL);
  const caller = callerNamed('user');
  const steps = ['0: write(&a, -7)', '0: read(&a)', '0: map(page 1)', '0: poke(page 1, -7)', '0: peek(page 1)'];
  const { results } = simulate(
    { kernel, caller: nominalFacts(caller, kernel) },
    { caller, steps: steps.map((step) => parseStep(step)) },
  );
  const UNSIGNED = { kind: 'returned', value: 0xffff_fff9 };
  expect([results[0], results[1], results[4]]).toEqual([UNSIGNED, UNSIGNED, UNSIGNED]);
});
