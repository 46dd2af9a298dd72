import { expect, test } from '@jest/globals';
import { callerNamed, concrete, nominalFacts, parseStep, simulate, type Facts, type Scenario } from '../spec/index.js';
import { KERNEL } from './fixtures/imagined-kernel.js';
import { causesOf } from './scenario-causes.js';
import { judgeScenario } from './scenario-judge.js';

const USER = callerNamed('user');
const as = (euid: number): Facts => ({ kernel: KERNEL, caller: { ...nominalFacts(USER, KERNEL), euid } });

test('a failure is explained by what its caller was then, not by what the next one like it is', async () => {
  const scenario: Scenario = {
    caller: USER,
    steps: ['0: uid()', '0: clone(CLONE_FILES|SIGCHLD) → task 1', '1: open(20)', '0: getfd(20)'].map((text) =>
      parseStep(text),
    ),
  };
  const broken = 'effects/files-shared';
  const steps = concrete(simulate(as(1000), scenario, new Set([broken])).results);
  const judgement = judgeScenario(as(1000), scenario, { kind: 'steps', steps });
  if (judgement.verdict !== 'fail') throw new Error('the scenario does not show it');
  const causes = await causesOf([{ scenario, judgement, facts: as(1000) }], () => Promise.resolve(as(2000)), new Set());
  expect(causes.map(({ clause }) => clause)).toEqual([broken]);
});
