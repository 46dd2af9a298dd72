import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  EFFECTS,
  callerNamed,
  concrete,
  formatStep,
  isHeldTo,
  nominalFacts,
  parseStep,
  simulate,
  type Facts,
  type Scenario,
  type Step,
  type StepResult,
} from '../spec/index.js';
import { KERNEL } from './fixtures/imagined-kernel.js';
import { BrokenKernel, findingsOf } from './fixtures/imagined-scenarios.js';
import { fingerprintOf } from './scenario-causes.js';
import { scenarioFindings, type ScenarioFinding } from './scenario-findings.js';
import { explains, explanations, judgeScenario, UNEXPLAINED } from './scenario-judge.js';
import type { ScenarioFailure } from './scenario-run.js';
import { isSafe } from './scenario-safety.js';
import type { Performer } from './session.js';
import { renumbered, simplerScenarios } from './simpler-scenarios.js';

const effects = EFFECTS.filter((effect) => isHeldTo(effect, KERNEL)).map(({ id }) => id);

/** The parts without which the scenario still shows the finding. */
async function superfluous(kernel: Performer, { clause, scenario, mismatch }: ScenarioFinding): Promise<unknown> {
  const fingerprint = fingerprintOf(scenario, clause, mismatch);
  const parts: unknown[] = [];
  for (const { subject, without } of simplerScenarios(scenario)) {
    const facts: Facts = { kernel: KERNEL, caller: nominalFacts(subject.caller, KERNEL) };
    // A scenario in which nobody performs a step is none that a person would write.
    if (!isSafe(facts, subject) || simulate(facts, subject).results.some(({ kind }) => kind === 'absent')) continue;
    const { observations } = await kernel.run(subject.caller, [{ call: 'scenario', steps: subject.steps }]);
    const judgement = judgeScenario(facts, subject, observations[0] ?? { kind: 'lost', why: '' }, () => false);
    if (judgement.verdict !== 'fail') continue;
    const isSame =
      clause === UNEXPLAINED
        ? fingerprintOf(subject, judgement.clause, judgement.mismatch) === fingerprint
        : explains(facts, subject, new Set([clause]), judgement.observed);
    if (isSame) parts.push(without);
  }
  return parts;
}

/** Answers the last step with an error as it likes, but always the same of the same scenario. */
class WhimsicalKernel implements Performer {
  private readonly whole = new BrokenKernel(new Set());

  constructor(private readonly salt: number) {}

  async run(...[caller, requests]: Parameters<Performer['run']>): ReturnType<Performer['run']> {
    const { observations, ...rest } = await this.whole.run(caller, requests);
    return {
      ...rest,
      observations: observations.map((observation, index) => {
        const request = requests[index];
        if (observation.kind !== 'steps' || request?.call !== 'scenario') return observation;
        // Tasks get other numbers while a scenario is reduced.
        const { steps } = renumbered({ caller, steps: request.steps });
        return { kind: 'steps', steps: this.changed(steps, observation.steps) };
      }),
    };
  }

  private changed(steps: readonly Step[], results: readonly StepResult[]): readonly StepResult[] {
    const text = `${String(this.salt)} ${steps.map(formatStep).join('; ')}`;
    const byte = createHash('md5').update(text).digest().readUInt8(0);
    const last = results.at(-1);
    return byte < 60 && last?.kind === 'returned'
      ? [...results.slice(0, -1), { kind: 'failed', errno: 'EIO' }]
      : results;
  }
}

describe('no part of a scenario that is found can be taken away, and of each it is said why', () => {
  test('whichever effect a kernel does not keep, and that is all that is found', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...effects), fc.nat(), async (effect, seed) => {
        const kernel = new BrokenKernel(new Set([effect]));
        for (const finding of await findingsOf(kernel, { count: 600, callers: ['root'], seed })) {
          expect(finding).toMatchObject({ clause: effect, complete: true });
          expect(await superfluous(kernel, finding)).toEqual([]);
          expect(finding.needed.every(({ part, why }) => part !== '' && why.startsWith('without it '))).toBe(true);
        }
      }),
      { numRuns: 6 },
    );
  });

  test('wherever a kernel goes wrong without a reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), async (salt, seed) => {
        const kernel = new WhimsicalKernel(salt);
        const findings = await findingsOf(kernel, { count: 20, callers: ['root', 'user'], seed });
        for (const finding of findings) if (finding.complete) expect(await superfluous(kernel, finding)).toEqual([]);
        const unfinished = findings.filter(({ complete }) => !complete);
        // What goes wrong at random may be reduced for long; then the budget ends it.
        for (const { runs } of unfinished) expect(runs).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 8 },
    );
  });
});

describe('what several effects explain that other scenarios showed to be there', () => {
  /** The end of the init of a PID namespace leaves the table of handlers alone that it shares. */
  class KeepsHandlers extends BrokenKernel {
    override async run(...[caller, requests]: Parameters<Performer['run']>): ReturnType<Performer['run']> {
      const { observations, ...rest } = await super.run(caller, requests);
      const kept = observations.map((observation, index) => {
        const request = requests[index];
        if (observation.kind !== 'steps' || request?.call !== 'scenario') return observation;
        const steps = observation.steps.map((step, at): StepResult =>
          step.kind === 'returned' && request.steps[at]?.op === 'sighandler' ? { ...step, value: 0 } : step,
        );
        return { kind: 'steps', steps } as const;
      });
      return { ...rest, observations: kept };
    }
  }
  const caller = callerNamed('root');
  const facts: Facts = { kernel: KERNEL, caller: nominalFacts(caller, KERNEL) };
  const scenarioOf = (...texts: readonly string[]): Scenario => ({
    caller,
    steps: texts.map((text) => parseStep(text)),
  });
  const failureOf = (scenario: Scenario, observed: readonly StepResult[]): ScenarioFailure => {
    const judgement = judgeScenario(facts, scenario, { kind: 'steps', steps: observed });
    if (judgement.verdict !== 'fail') throw new Error('it does not differ');
    return { scenario, judgement, facts };
  };

  test('is named by what its smallest scenario asks for, and not by what was oftener seen elsewhere', async () => {
    const kernel = new KeepsHandlers(new Set());
    const shown = scenarioOf(
      '0: clone(CLONE_NEWPID|CLONE_VM|CLONE_SIGHAND|SIGCHLD) → task 1',
      '1: exit(0)',
      '0: sighandler(SIGCHLD)',
    );
    const { observations } = await kernel.run(caller, [{ call: 'scenario', steps: shown.steps }]);
    const [observation] = observations;
    if (observation?.kind !== 'steps') throw new Error('it is performed');
    // Seen once each, by something else, and explained by one effect alone.
    const once = ['1: getpid()', '1: gettid()'].map((look) => {
      const scenario = scenarioOf('0: clone(SIGCHLD) → task 1', '1: getpid()', look);
      const { results } = simulate(facts, scenario, new Set(['effects/thread-group-new']));
      return failureOf(scenario, concrete(results));
    });
    const failure = failureOf(shown, observation.steps);
    expect(explanations(facts, shown, observation.steps)).toContain('effects/thread-group-new');
    const held = new Set(effects);
    const findings = await scenarioFindings([failure, ...once], kernel, () => Promise.resolve(facts), held);
    expect(findings.map(({ clause, scenario }) => [clause, scenario])).toEqual([['effects/sighand-shared', shown]]);
  });
});
