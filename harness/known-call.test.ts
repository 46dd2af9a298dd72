import { describe, expect, test } from '@jest/globals';
import { callerNamed, nominalFacts, parseCall, parseStep, type Facts, type Scenario } from '../spec/index.js';
import { discoverEnvironment } from './environment.js';
import type { Finding } from './findings.js';
import { KERNEL } from './fixtures/imagined-kernel.js';
import { FAKE_HEADER } from './fixtures/fake-probe.js';
import { KnownCalls } from './known-call.js';
import { judgeScenario } from './scenario-judge.js';
import type { BatchResult } from './session.js';

const ROOT = callerNamed('root');
const FACTS: Facts = { kernel: KERNEL, caller: nominalFacts(ROOT, KERNEL) };
/** Alone the calls of this caller are as predicted. */
const session = {
  run: (): Promise<BatchResult> =>
    Promise.resolve({
      ...{ facts: FACTS.caller, blocked: undefined, missing: {}, answer: undefined },
      observations: [{ kind: 'child', pid: 7 }],
    }),
};
const scenario: Scenario = {
  caller: ROOT,
  steps: ['0: clone(CLONE_NEWPID|SIGCHLD) → task 1', '1: clone(CLONE_PARENT) → task 2'].map((text) => parseStep(text)),
};

/** What is made of a port on which the init of a PID namespace may make a sibling, where these findings are known. */
async function whyWith(known: readonly Pick<Finding, 'clause' | 'kind'>[]): Promise<string | undefined> {
  const observation = {
    kind: 'steps',
    steps: [
      { kind: 'returned', value: 41 },
      { kind: 'returned', value: 2 },
    ],
  } as const;
  const judgement = judgeScenario(FACTS, scenario, observation);
  if (judgement.verdict !== 'fail') throw new Error('the scenario does not differ');
  const environment = await discoverEnvironment(session, FAKE_HEADER);
  const findings = known.map((finding) => ({
    ...{ expected: ['EINVAL'], observed: 'success', reproducible: { k: 5, n: 5 }, runs: 0, complete: true, needed: [] },
    minimal: { caller: callerNamed('pidns-init'), call: parseCall('clone(CLONE_PARENT|CLONE_VM)').call },
    ...finding,
  })) as unknown as readonly Finding[];
  const calls = new KnownCalls(findings, session, KERNEL, environment);
  return calls.why({ scenario, judgement, facts: FACTS });
}

describe('a clone that a scenario alone comes to', () => {
  test('and that is accepted, where the rule against it is known to be missing, is no finding of its own', async () => {
    expect(await whyWith([{ clause: 'errors/parent-by-init', kind: 'missing' }])).toBe(
      'a clone of the scenario differs as errors/parent-by-init says',
    );
  });

  test('is one where another rule is missing, or that rule answers otherwise', async () => {
    expect(await whyWith([{ clause: 'errors/fs-with-newns', kind: 'missing' }])).toBeUndefined();
    expect(await whyWith([{ clause: 'errors/parent-by-init', kind: 'EPERM' }])).toBeUndefined();
  });
});
