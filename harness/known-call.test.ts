import { describe, expect, test } from '@jest/globals';
import {
  callerNamed,
  nominalFacts,
  parseCall,
  parseStep,
  type Facts,
  type Scenario,
  type StepResult,
} from '../spec/index.js';
import { discoverEnvironment } from './environment.js';
import type { Finding } from './findings.js';
import { KERNEL } from './fixtures/imagined-kernel.js';
import { FAKE_HEADER } from './fixtures/fake-probe.js';
import { KnownCalls } from './known-call.js';
import { judgeScenario } from './scenario-judge.js';
import type { BatchResult, Performer } from './session.js';

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
const STEPS = ['0: clone(CLONE_NEWPID|SIGCHLD) → task 1', '1: clone(CLONE_PARENT) → task 2'];
const ANSWERS: readonly StepResult[] = [
  { kind: 'returned', value: 41 },
  { kind: 'returned', value: 2 },
];

/** What is made of a port on which the init of a PID namespace may make a sibling, where these findings are known. */
async function whyWith(
  known: readonly Pick<Finding, 'clause' | 'kind'>[],
  steps: readonly string[] = STEPS,
  answers: readonly StepResult[] = ANSWERS,
  alone: Performer = session,
): Promise<string | undefined> {
  const scenario: Scenario = { caller: ROOT, steps: steps.map((text) => parseStep(text)) };
  const observation = { kind: 'steps', steps: answers } as const;
  const judgement = judgeScenario(FACTS, scenario, observation);
  if (judgement.verdict !== 'fail') throw new Error('the scenario does not differ');
  const environment = await discoverEnvironment(session, FAKE_HEADER);
  const findings = known.map((finding) => ({
    ...{ expected: ['EINVAL'], observed: 'success', reproducible: { k: 5, n: 5 }, runs: 0, complete: true, needed: [] },
    minimal: { caller: callerNamed('pidns-init'), call: parseCall('clone(CLONE_PARENT|CLONE_VM)').call },
    ...finding,
  })) as unknown as readonly Finding[];
  const calls = new KnownCalls(findings, alone, KERNEL, environment);
  return calls.why({ scenario, judgement, facts: FACTS });
}

test('what slept until after such a clone is explained by it too', async () => {
  const steps = [
    '0: clone(CLONE_NEWPID|CLONE_VFORK|SIGCHLD) → task 1',
    '1: clone(CLONE_VFORK|CLONE_PARENT) → task 2',
    '1: exit(0)',
    '2: exit(0)',
  ];
  const answers = [
    { kind: 'returned', value: 41, blocked: 4 },
    { kind: 'returned', value: 2, blocked: 4 },
    { kind: 'absent' },
    { kind: 'gone', how: 'exit 0' },
  ] as const;
  expect(await whyWith([{ clause: 'errors/parent-by-init', kind: 'missing' }], steps, answers)).toBeDefined();
  expect(await whyWith([{ clause: 'errors/fs-with-newns', kind: 'missing' }], steps, answers)).toBeUndefined();
});

test('what sleeps for ever, as a clone that was to wake it is refused alone too, is explained by that', async () => {
  const steps = [
    '0: clone(CLONE_CHILD_SETTID|SIGCHLD, child_tid=0x20050010) → task 1',
    '0: futex_wait(0x20050010)',
    '1: clone(CLONE_VM|CLONE_CHILD_CLEARTID|SIGCHLD, child_tid=0x20050010) → task 2',
    '2: exit(0)',
  ];
  const answers = [
    { kind: 'returned', value: 41 },
    { kind: 'blocked' },
    { kind: 'failed', errno: 'EINVAL' },
    { kind: 'absent' },
  ] as const;
  const refuses: Performer = {
    run: async () => ({ ...(await session.run()), observations: [{ kind: 'refused', errno: 'EINVAL' }] }),
  };
  const known = [{ clause: 'errors/otherwise-accepted', kind: 'EINVAL' }] as const;
  expect(await whyWith(known, steps, answers, refuses)).toBe(
    'a clone of the scenario differs as errors/otherwise-accepted says',
  );
  // Alone it makes a task: what keeps it from that is the scenario's affair.
  expect(await whyWith(known, steps, answers)).toBeUndefined();
});

describe('a clone that a scenario alone comes to', () => {
  test('and that is accepted, where the rule against it is known to be missing, is no finding of its own', async () => {
    expect(await whyWith([{ clause: 'errors/parent-by-init', kind: 'missing' }])).toBe(
      'a clone of the scenario differs as errors/parent-by-init says',
    );
  });

  test.each([
    [
      'nor where another rule refuses it in its place',
      'EPERM',
      'a clone of the scenario differs as errors/parent-by-init says',
    ],
    ['but one where no rule refuses it so', 'ENOSPC', undefined],
  ])('%s', async (_, errno, why) => {
    // The IDs of a user that has no map are none that a user namespace within could map.
    const steps = [
      '0: clone(CLONE_NEWUSER|CLONE_NEWPID|SIGCHLD) → task 1',
      '1: clone(CLONE_NEWUSER|CLONE_PARENT) → task 2',
    ];
    const answers = [
      { kind: 'returned', value: 41 },
      { kind: 'failed', errno },
    ] as const;
    expect(await whyWith([{ clause: 'errors/parent-by-init', kind: 'missing' }], steps, answers)).toBe(why);
  });

  test('is one where another rule is missing, or that rule answers otherwise', async () => {
    expect(await whyWith([{ clause: 'errors/fs-with-newns', kind: 'missing' }])).toBeUndefined();
    expect(await whyWith([{ clause: 'errors/parent-by-init', kind: 'EPERM' }])).toBeUndefined();
  });
});
