import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  callerNamed,
  isContained,
  nominalFacts,
  nominalKernel,
  whyNotContainedCall,
  NEWEST_KERNEL,
} from '../spec/index.js';
import { calls, scenarios } from './index.js';

const kernel = nominalKernel(NEWEST_KERNEL);
const caller = callerNamed('root');

test('whatever is generated keeps to its arena, so that a finding can be stored and run again', () => {
  const reaching = fc.sample(calls({ caller: 'root' }), { seed: 7, numRuns: 5_000 }).flatMap((call) => {
    return whyNotContainedCall(call) ?? [];
  });
  expect(reaching).toEqual([]);
  const facts = { kernel, caller: nominalFacts(caller, kernel) };
  const steps = fc.sample(scenarios(caller, facts, 12), { seed: 7, numRuns: 500 }).flatMap((each) => each.steps);
  expect(steps.filter((step) => !isContained(step))).toEqual([]);
});
