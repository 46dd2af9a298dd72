import { describe, expect, test } from '@jest/globals';
import { callerNamed, nominalFacts, parseStep, type Facts, type Scenario } from '../spec/index.js';
import { effectClauses } from './effect-clauses.js';
import { KERNEL } from './fixtures/imagined-kernel.js';
import { Hindered } from './hindered.js';

const ROOT = callerNamed('root');
const FACTS: Facts = { kernel: KERNEL, caller: nominalFacts(ROOT, KERNEL) };
const SHARES: Scenario = {
  caller: ROOT,
  steps: ['0: clone(CLONE_VM|SIGCHLD) → task 1', '1: write(&a, 1)', '0: read(&a)'].map((text) => parseStep(text)),
};
const verdictAfter = (times: number, effect: string, scenarios = 1_000): unknown => {
  const hindered = new Hindered();
  for (let time = 0; time < times; time++) hindered.add(FACTS, SHARES, 'a wall', () => true);
  const nothing = { judged: new Map<string, number>(), failures: [], scenarios };
  return effectClauses(nothing, KERNEL, new Map(), true, hindered).find(({ id }) => id === effect);
};

describe('an effect that no scenario told apart', () => {
  test('is blocked where enough would have, with what stood in the way', () => {
    expect(verdictAfter(20, 'effects/vm-shared')).toMatchObject({ verdict: 'blocked', why: 'a wall' });
  });

  test('is missed where few would have: the run was too short', () => {
    expect(verdictAfter(19, 'effects/vm-shared')).toMatchObject({ verdict: 'not-run', missed: true });
  });

  test('is blocked where few would have in a long run: something stood in the way of each', () => {
    expect(verdictAfter(1, 'effects/vm-shared', 4_000)).toMatchObject({ verdict: 'blocked', why: 'a wall' });
    expect(verdictAfter(0, 'effects/vm-shared', 4_000)).toMatchObject({ verdict: 'not-run', missed: true });
  });

  test('is blocked where no clone with its flag goes any further, with the reason', () => {
    const nothing = { judged: new Map<string, number>(), failures: [], scenarios: 1_000 };
    const clauses = effectClauses(
      nothing,
      KERNEL,
      new Map(),
      true,
      new Hindered(),
      new Map([['CLONE_NEWUSER', 'a wall']]),
    );
    const verdictOf = (effect: string): unknown => clauses.find(({ id }) => id === effect);
    expect(verdictOf('effects/newuser')).toMatchObject({ verdict: 'blocked', why: 'a wall' });
    expect(verdictOf('effects/no-newuser')).toMatchObject({ verdict: 'not-run', missed: true });
  });

  test('is missed where what stood in the way would not have told it apart', () => {
    expect(verdictAfter(20, 'effects/vm-copied')).toMatchObject({ verdict: 'not-run', missed: true });
  });
});
