import { describe, expect, test } from '@jest/globals';
import { callerNamed, concrete, nominalFacts, parseStep, simulate, type Facts, type Scenario } from '../spec/index.js';
import { whyBesides } from './besides.js';
import { KERNEL } from './fixtures/imagined-kernel.js';
import { judgeScenario } from './scenario-judge.js';

const ROOT = callerNamed('root');
const FACTS: Facts = { kernel: KERNEL, caller: nominalFacts(ROOT, KERNEL) };
const SHARES: Scenario = {
  caller: ROOT,
  steps: ['0: clone(CLONE_VM|SIGCHLD) → task 1', '1: write(&a, 1)', '0: read(&a)'].map((text) => parseStep(text)),
};

/** Why a kernel is not judged by this scenario that does not keep `broken`, where one asks for `asked` alone. */
function why(broken: readonly string[], asked: string): string | undefined {
  const { results } = simulate(FACTS, SHARES, new Set(broken));
  const judgement = judgeScenario(FACTS, SHARES, { kind: 'steps', steps: concrete(results) });
  if (judgement.verdict !== 'fail') throw new Error('it differs nowhere');
  return whyBesides({ scenario: SHARES, judgement }, FACTS, (clause) => clause === asked);
}

describe('a difference', () => {
  test('by an effect that was asked for is judged', () => {
    expect(why(['effects/vm-shared'], 'effects/vm-shared')).toBeUndefined();
  });

  test('by an effect that was not asked for is not judged, and that is said', () => {
    expect(why(['effects/vm-shared'], 'effects/files-shared')).toBe(
      'it speaks against effects/vm-shared, which was not asked for',
    );
  });

  test('that no effect explains is judged, whatever was asked for', () => {
    const observed = concrete(simulate(FACTS, SHARES).results).map((result, index) =>
      index === 1 ? ({ kind: 'failed', errno: 'EIO' } as const) : result,
    );
    const judgement = judgeScenario(FACTS, SHARES, { kind: 'steps', steps: observed });
    expect(judgement).toMatchObject({ verdict: 'fail', clause: 'effects/unexplained' });
    if (judgement.verdict === 'fail')
      expect(whyBesides({ scenario: SHARES, judgement }, FACTS, () => false)).toBeUndefined();
  });
});
