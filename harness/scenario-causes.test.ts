import { expect, test } from '@jest/globals';
import { callerNamed, concrete, nominalFacts, parseStep, simulate, type Facts, type Scenario } from '../spec/index.js';
import { KERNEL } from './fixtures/imagined-kernel.js';
import { causesOf } from './scenario-causes.js';
import { explanations, judgeScenario } from './scenario-judge.js';
import type { ScenarioFailure } from './scenario-run.js';

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

test('what may come of a cause is not put down to an effect that is there elsewhere', async () => {
  const missing = 'effects/parent-is-callers-parent';
  // Nobody knows who takes in orphans.
  const facts: Facts = { ...as(1000), kernel: { ...KERNEL, unseen: new Set(['subreaper()']) } };
  const failure = (texts: readonly string[], seen: number): ScenarioFailure => {
    const scenario: Scenario = { caller: USER, steps: texts.map((text) => parseStep(text)) };
    const { results } = simulate(facts, scenario, new Set([missing]));
    const steps = [...concrete(results).slice(0, -1), { kind: 'returned', value: seen } as const];
    const judgement = judgeScenario(facts, scenario, { kind: 'steps', steps });
    if (judgement.verdict !== 'fail') throw new Error('the scenario does not show it');
    return { scenario, judgement, facts };
  };
  const makes = ['0: clone(SIGCHLD) → task 1', '1: clone(SIGCHLD) → task 2', '2: clone(CLONE_PARENT) → task 3'];
  const orphan = failure([...makes, '2: exit(0)', '3: getppid()'], 1);
  const own = failure([...makes, '2: wait(task 3, WNOHANG|__WALL)'], 0);
  const explained = explanations(facts, orphan.scenario, orphan.judgement.observed);
  expect(explained).toContain('effects/thread-group-new');
  expect(explained).not.toContain(missing);
  const causes = await causesOf([orphan, own], () => Promise.resolve(facts), new Set(explained));
  expect(causes.map(({ clause }) => clause)).toEqual([missing]);
});
