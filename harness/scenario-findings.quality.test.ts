import { describe, expect, test } from '@jest/globals';
import { formatStep, nominalFacts, type Facts } from '../spec/index.js';
import { BROKEN_EFFECTS } from './fixtures/faults.js';
import { BrokenKernel, findingsOf } from './fixtures/imagined-scenarios.js';
import { KERNEL } from './fixtures/imagined-kernel.js';
import type { ScenarioFinding } from './scenario-findings.js';
import { explains, judgeScenario } from './scenario-judge.js';
import { isSafe } from './scenario-safety.js';
import { simplerScenarios } from './simpler-scenarios.js';

const stepsOf = ({ scenario }: ScenarioFinding): readonly string[] => scenario.steps.map(formatStep);
const broken = (...effects: readonly string[]): BrokenKernel =>
  new BrokenKernel(new Set(effects.map((effect) => `effects/${effect}`)));

describe('a kernel without one effect gives one finding, in the scenario that a person would write', () => {
  test.each(BROKEN_EFFECTS)('%s', async (effect, steps) => {
    const found = await findingsOf(broken(effect), { count: 1_200, callers: ['root'] });
    expect(found.map(({ clause }) => clause)).toEqual([`effects/${effect}`]);
    expect(found.map(stepsOf)).toEqual([steps]);
    const [finding] = found;
    expect(finding).toMatchObject({ complete: true, reproducible: { k: 5, n: 5 } });
    // Most need a handful; 60 is what the slowest may take.
    expect(finding?.runs).toBeLessThanOrEqual(60);
  });
});

describe('a minimal scenario', () => {
  test('shows its difference no more with any one part less, and says of each part why it stays', async () => {
    for (const effect of ['child-cleartid', 'exec-unshares-files', 'set-tid', 'clear-sighand', 'wnothread']) {
      const clause = `effects/${effect}`;
      const kernel = broken(effect);
      const [finding] = await findingsOf(kernel, { count: 1_200, callers: ['root'] });
      expect(finding).toMatchObject({ clause, complete: true });
      if (finding === undefined) continue;
      const candidates = simplerScenarios(finding.scenario);
      expect(finding.needed).toHaveLength(candidates.length);
      for (const { subject: scenario, without } of candidates) {
        const facts: Facts = { kernel: KERNEL, caller: nominalFacts(scenario.caller, KERNEL) };
        if (!isSafe(facts, scenario)) continue;
        const { observations } = await kernel.run(scenario.caller, [{ call: 'scenario', steps: scenario.steps }]);
        const judgement = judgeScenario(facts, scenario, observations[0] ?? { kind: 'lost', why: '' }, () => false);
        const shows = judgement.verdict === 'fail' && explains(facts, scenario, new Set([clause]), judgement.observed);
        expect({ without, shows }).toEqual({ without, shows: false });
      }
    }
  });
});

test('ten effects broken at once give ten findings, and no eleventh', async () => {
  const ten = [
    'vm-copied',
    'pending-empty',
    'altstack-kept',
    'no-exit-signal',
    'settls',
    'newuser-capabilities',
    'nnp-inherited',
    'policy-inherited',
    'robust-list-empty',
    'itimers-not-inherited',
  ];
  const found = await findingsOf(broken(...ten), { count: 2_000, callers: ['root'] });
  expect(found.map(({ clause }) => clause).sort()).toEqual(ten.map((effect) => `effects/${effect}`).sort());
});
