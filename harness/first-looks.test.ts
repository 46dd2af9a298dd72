import { describe, expect, test } from '@jest/globals';
import { callerNamed, formatStep, parseStep } from '../spec/index.js';
import { performScenario } from './corpus-run.js';
import { discoverEnvironment } from './environment.js';
import { kernelFacts } from './facts.js';
import { probeFeatures } from './features.js';
import { firstLooks } from './first-looks.js';
import { ImaginedKernel, KERNEL, OPEN } from './fixtures/imagined-kernel.js';
import { BrokenKernel } from './fixtures/imagined-scenarios.js';
import { runEffects } from './effects-run.js';
import type { Performer } from './session.js';
import { localTarget } from './targets/local.js';
import { withSession } from './targets/target.js';

const texts = firstLooks().map(({ caller, steps }) => `${caller.name}: ${steps.map(formatStep).join('; ')}`);

test('every kind of kcmp and of namespace is looked at, as root and as user, and nobody reaches another task', () => {
  for (const look of ['kcmp(task 0, task 1, KCMP_SYSVSEM)', 'ns(uts)', 'nice()'])
    for (const caller of ['root', 'user'])
      expect(texts.filter((text) => text.startsWith(`${caller}: `) && text.includes(`1: ${look}`))).not.toEqual([]);
  expect(texts.filter((text) => /kill\(|nspid/.test(text))).toEqual([]);
});

test('each comes out as predicted on the running kernel', async () => {
  const verdicts = await withSession(localTarget(), async (session, header) => {
    const kernel = await probeFeatures(session, kernelFacts(header));
    const environment = await discoverEnvironment(session, header);
    const all = [];
    for (const scenario of firstLooks()) {
      const { judgement } = await performScenario(session, kernel, environment, scenario);
      all.push(judgement.verdict === 'fail' ? { scenario, judgement } : judgement.verdict);
    }
    return all;
  });
  const isUser = process.getuid?.() !== 0;
  expect(verdicts.filter((verdict) => verdict !== 'pass' && !(isUser && verdict === 'blocked'))).toEqual([]);
});

describe('a port that lacks nearly everything', () => {
  /** Whoever is compared with his parent has undo lists of his own; no scenario of more than two steps is performed. */
  const port: Performer = {
    run: async (caller, requests) => {
      const made = requests.flatMap((each) => (each.call === 'scenario' ? [] : [each]));
      if (made.length > 0) return new ImaginedKernel(() => undefined).run(caller, made);
      const { observations, ...rest } = await new BrokenKernel(new Set()).run(caller, requests);
      const changed = observations.map((observation, index) => {
        const request = requests[index];
        if (observation.kind !== 'steps' || request?.call !== 'scenario') return observation;
        if (request.steps.length > 2) return { kind: 'blocked', why: 'too much' } as const;
        const compared = request.steps.map((step) => 'type' in step && step.type === 6 && step.a !== step.b);
        const steps = observation.steps.map((step, at) =>
          compared[at] === true ? ({ kind: 'returned', value: 2 } as const) : step,
        );
        return { kind: 'steps', steps } as const;
      });
      return { observations: changed, ...rest };
    },
  };

  test.each([1, 2, 3])('shows what the simplest scenario shows, with seed %i', async (seed) => {
    const { findings } = await runEffects([port], KERNEL, OPEN, { count: 4_000, seed });
    expect(findings.map(({ scenario }) => scenario)).toEqual([
      {
        caller: callerNamed('root'),
        steps: ['0: clone(SIGCHLD) → task 1', '1: kcmp(task 0, task 1, KCMP_SYSVSEM)'].map((text) => parseStep(text)),
      },
    ]);
  });
});
