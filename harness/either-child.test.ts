import { describe, expect, test } from '@jest/globals';
import { callerNamed, concrete, nominalFacts, parseStep, simulate, type Scenario } from '../spec/index.js';
import { whyEitherChild } from './either-child.js';
import { KERNEL } from './fixtures/imagined-kernel.js';
import { judgeScenario } from './scenario-judge.js';

const ROOT = callerNamed('root');
const FACTS = { kernel: KERNEL, caller: nominalFacts(ROOT, KERNEL) };

/** What becomes of it where the last step reports the child that a clone of the scenario made, with a status. */
function whyWhereReported(texts: readonly string[], made: number, status: number): string | undefined {
  const scenario: Scenario = { caller: ROOT, steps: texts.map((text) => parseStep(text)) };
  const steps = concrete(simulate(FACTS, scenario).results);
  const child = steps[made];
  if (child?.kind !== 'returned') throw new Error('no child');
  const last = { kind: 'returned', value: child.value, status } as const;
  const judgement = judgeScenario(FACTS, scenario, { kind: 'steps', steps: [...steps.slice(0, -1), last] });
  if (judgement.verdict !== 'fail') throw new Error('it does not differ');
  return whyEitherChild({ scenario, judgement }, FACTS);
}
const TWO = ['0: clone(SIGCHLD) → task 1', '0: clone(SIGCHLD) → task 2'];

describe('a wait for any child that reports another one', () => {
  test('says nothing where that one has ended too', () => {
    const steps = [...TWO, '2: exit(3)', '1: exit(4)', '0: wait(any, __WALL)'];
    expect(whyWhereReported(steps, 1, 3 << 8)).toMatch(/which of several children/);
  });

  test('is a difference where the status is not that one’s', () => {
    expect(whyWhereReported([...TWO, '2: exit(3)', '1: exit(4)', '0: wait(any, __WALL)'], 1, 4 << 8)).toBeUndefined();
  });

  test('is a difference where that one has not ended', () => {
    expect(whyWhereReported([...TWO, '1: exit(4)', '0: wait(any, __WALL)'], 1, 0)).toBeUndefined();
  });

  test('is a difference where such a wait does not take that one', () => {
    const steps = ['0: clone(SIGCHLD) → task 1', '0: clone(0) → task 2', '2: exit(3)', '1: exit(4)', '0: wait(any, 0)'];
    expect(whyWhereReported(steps, 1, 3 << 8)).toBeUndefined();
  });
});
