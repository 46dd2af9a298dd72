import { describe, expect, test } from '@jest/globals';
import type { Level } from '../spec/index.js';
import { KERNEL, ImaginedKernel, OPEN } from './fixtures/imagined-kernel.js';
import { BrokenKernel } from './fixtures/imagined-scenarios.js';
import { runEffects, type EffectsRun } from './effects-run.js';
import type { Performer } from './session.js';

/** A kernel that does not keep an effect, and makes calls as the model says. */
function without(effect: string): Performer {
  const [calls, scenarios] = [new ImaginedKernel(() => undefined), new BrokenKernel(new Set([effect]))];
  return {
    run: (caller, requests) => {
      const made = requests.flatMap((each) => (each.call === 'scenario' ? [] : [each]));
      return made.length === requests.length ? calls.run(caller, made) : scenarios.run(caller, requests);
    },
  };
}
const judged = (effect: string, level: Level): Promise<EffectsRun> =>
  runEffects([without(effect)], KERNEL, OPEN, { count: 1_500, seed: 42, level });
const found = ({ findings }: EffectsRun): readonly string[] => findings.map(({ clause }) => clause);
const verdictOf = ({ clauses }: EffectsRun, effect: string): string | undefined =>
  clauses.find(({ id }) => id === effect)?.verdict;

/** Which of a task's words the kernel stores when is told by no manual page. */
const HABIT = 'effects/parent-settid-after-copy';
const DOCUMENTED = 'effects/files-shared';

describe('of what is documented alone', () => {
  test('an effect that no document promises is no difference, and no pass', async () => {
    const run = await judged(HABIT, 'documented');
    expect(found(run)).toEqual([]);
    expect(run.counts.fail).toBe(0);
    expect([...run.lost.keys()]).toContain(`no document promises ${HABIT}`);
    expect(run.counts.blocked).toBeGreaterThan(0);
    expect(verdictOf(run, HABIT)).not.toBe('pass');
  });

  test('one that a document promises is', async () => {
    const run = await judged(DOCUMENTED, 'documented');
    expect(found(run)).toEqual([DOCUMENTED]);
    expect(verdictOf(run, DOCUMENTED)).toBe('fail');
  });
});

test('of Linux as it is, both are differences', async () => {
  expect(found(await judged(HABIT, 'linux'))).toEqual([HABIT]);
  expect(found(await judged(DOCUMENTED, 'linux'))).toEqual([DOCUMENTED]);
});
