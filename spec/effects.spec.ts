import { describe, expect, test } from '@jest/globals';
import { localTarget, run } from '../harness/index.js';
import { formatResult, formatStep } from './index.js';

/**
 * Holds the running kernel to `effects.yaml`: one test an effect, under its id. An effect is judged by scenarios that would have come out
 * otherwise on a kernel without it.
 */
const seed = Number(process.env['CLONECHECK_SEED'] ?? Math.floor(Math.random() * 0x7fff_ffff));
const result = await run(localTarget(), {
  runs: 0,
  callers: [],
  scenarios: 4_000,
  seed,
  jobs: 2,
  order: 'strict',
  level: 'linux',
});
const effects = result.clauses.filter(({ id }) => id.startsWith('effects/'));

function failures(matches: (clause: string) => boolean): readonly string[] {
  return [...result.scenarioFindings, ...result.unstableScenarios]
    .filter(({ clause }) => matches(clause))
    .map(({ scenario, mismatch, reproducible: { k, n } }) =>
      [
        `as ${scenario.caller.name}, ${String(k)} of ${String(n)} runs:`,
        ...scenario.steps.map((step, index) => `${index === mismatch.step ? '>' : ' '} ${formatStep(step)}`),
        `expected ${formatResult(mismatch.expected)}, observed ${formatResult(mismatch.observed)} ${mismatch.note ?? ''}`,
      ].join('\n'),
    );
}

describe(`each effect of effects.yaml holds on the running kernel (CLONECHECK_SEED=${String(seed)})`, () => {
  for (const effect of effects) {
    // Some effects need a caller that an ordinary user cannot make.
    if (effect.verdict === 'blocked' || (effect.verdict === 'not-run' && effect.missed !== true)) {
      test.skip(`${effect.id} (${effect.why ?? ''})`, () => undefined);
      continue;
    }
    test(effect.id, () => {
      expect(failures((clause) => clause === effect.id)).toEqual([]);
      expect(effect).toMatchObject({ verdict: 'pass' });
    });
  }
});

test('no scenario comes out otherwise than the model says', () => {
  expect(failures(() => true)).toEqual([]);
  expect(result.scenarioCounts).toMatchObject({ fail: 0, 'not-run': 0 });
});
