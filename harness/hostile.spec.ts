import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { callerNamed, parseStep, type Facts, type Scenario, type StepResult } from '../spec/index.js';
import type { Observation } from './case.js';
import { belongings, markEnvironment, noneIsLeft, watchSystemV } from './leftovers.js';
import { PLAIN_CALLER } from './fixtures/targets.js';
import { buildProbe, judgeScenario, kernelFacts, ProbeSession, withSession, type Target } from './index.js';
import type { HostileStep, ScenarioRequest } from './wire.js';

/**
 * Scenarios that block for ever, kill or stop what runs them, or fork without end. Each stands between two harmless ones in one batch, and
 * costs its own case only: these are answered as predicted, the case itself is answered as predicted or is lost with its cause, and nothing
 * is left behind.
 */
const caller = callerNamed(PLAIN_CALLER);
/** A step takes at most a second, and a probe that is silent for four is ended. */
const target: Target = {
  name: 'local',
  session: async () =>
    new ProbeSession({ file: await buildProbe(), args: ['--timeout', '1000'] }, { silenceMs: 4_000 }),
};

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-hostile-'));
process.env['TMPDIR'] = folder;
const mark = markEnvironment();
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const scenario = (...steps: readonly string[]): Scenario => ({ caller, steps: steps.map((step) => parseStep(step)) });
const request = (steps: ScenarioRequest['steps']): ScenarioRequest => ({ call: 'scenario', steps });
const HARMLESS = scenario('0: clone(SIGCHLD) → task 1', '1: exit(3)', '0: wait(task 1, 0)', '0: getpid()');

const NUMBER: unknown = { kind: 'returned', value: expect.any(Number) };
const NO_EFFECT: StepResult = { kind: 'returned', value: 0 };
const BLOCKED: StepResult = { kind: 'blocked' };
const ABSENT: StepResult = { kind: 'absent' };

/** Runs the steps between harmless scenarios; returns what came of them. Holds everything else to what it is to be. */
async function suffer(
  steps: ScenarioRequest['steps'],
): Promise<{ readonly observation: Observation; readonly facts: Facts }> {
  // The first session compiles the probe and opens what Node keeps open.
  await withSession(target, (session) => session.run(caller, []));
  const before = belongings(folder);
  const systemVIsGone = watchSystemV();
  const { facts, observations } = await withSession(target, async (session, header) => {
    const harmless = request(HARMLESS.steps);
    const batch = await session.run(caller, [harmless, harmless, request(steps), harmless, harmless]);
    if (batch.facts === undefined) throw new Error(batch.blocked);
    return { facts: { kernel: kernelFacts(header), caller: batch.facts }, observations: batch.observations };
  });
  await noneIsLeft(mark);
  await systemVIsGone();
  expect(belongings(folder)).toEqual(before);
  const [first, second, observation, ...others] = observations;
  if (first === undefined || second === undefined || observation === undefined) throw new Error('no answer');
  for (const neighbour of [first, second, ...others]) {
    expect(judgeScenario(facts, HARMLESS, neighbour)).toMatchObject({ verdict: 'pass' });
  }
  expect(others).toHaveLength(2);
  return { observation, facts };
}

/** Has the probe a pid namespace of its own here? Then nothing in it reaches what runs it, but by the process group. */
const contained = await withSession(target, async (session) => {
  const { observations } = await session.run(caller, [request([{ task: 0, op: 'getppid' }])]);
  return JSON.stringify(observations) === JSON.stringify([{ kind: 'steps', steps: [{ kind: 'returned', value: 1 }] }]);
});

describe('scenarios that block for ever come out as predicted', () => {
  test.each<[string, ...string[]]>([
    ['a wait for a child that never ends', '0: clone(SIGCHLD) → task 1', '0: wait(task 1, 0)', '1: getppid()'],
    ['a futex that nobody wakes', '0: write(&a, 1)', '0: futex_wait(&a)'],
    [
      'a vfork whose child waits',
      '0: clone(CLONE_VM|CLONE_VFORK|SIGCHLD) → task 1',
      '1: write(&a, 1)',
      '1: futex_wait(&a)',
    ],
    ['a vfork whose child has nothing to do', '0: clone(CLONE_VFORK|SIGCHLD) → task 1', '1: getppid()'],
    [
      'a wait for itself, through a child',
      '0: clone(SIGCHLD) → task 1',
      '1: clone(SIGCHLD) → task 2',
      '0: wait(any, 0)',
    ],
  ])('%s', async (_, ...steps) => {
    const hostile = scenario(...steps);
    const { observation, facts } = await suffer(hostile.steps);
    expect(judgeScenario(facts, hostile, observation)).toMatchObject({ verdict: 'pass' });
  });
});

describe('scenarios that kill or stop their own tasks come out as predicted', () => {
  test.each<[string, ...string[]]>([
    ['task 0 by its child', '0: clone(SIGCHLD) → task 1', '1: kill(task 0, SIGKILL)', '1: getpid()', '0: getpid()'],
    ['task 0 by itself', '0: clone(SIGCHLD) → task 1', '0: kill(task 0, SIGKILL)', '1: getpid()'],
  ])('%s', async (_, ...steps) => {
    const hostile = scenario(...steps);
    const { observation, facts } = await suffer(hostile.steps);
    expect(judgeScenario(facts, hostile, observation)).toMatchObject({ verdict: 'pass' });
  });

  test('task 0 stops itself', async () => {
    const { observation } = await suffer([parseStep('0: kill(task 0, SIGSTOP)'), parseStep('0: getpid()')]);
    expect(observation).toEqual({ kind: 'steps', steps: [BLOCKED, ABSENT] });
  });

  test('a child is stopped and never goes on', async () => {
    const steps = ['0: clone(SIGCHLD) → task 1', '0: kill(task 1, SIGSTOP)', '1: getpid()', '0: getpid()'];
    const { observation } = await suffer(steps.map((step) => parseStep(step)));
    expect(observation).toEqual({ kind: 'steps', steps: [NUMBER, NO_EFFECT, BLOCKED, NUMBER] });
  });

  test('task 0 stops itself as a terminal would', async () => {
    const unblock = parseStep('0: sigunblock(0xffffffffffffffff)');
    const { observation } = await suffer([unblock, parseStep('0: kill(task 0, SIGTSTP)'), parseStep('0: getpid()')]);
    // In a process group that no shell looks after the signal does nothing.
    const after = observation.kind === 'steps' ? observation.steps.slice(1) : [];
    const ran = after[0]?.kind === 'returned';
    expect(after).toEqual(ran ? [NO_EFFECT, NUMBER] : [BLOCKED, ABSENT]);
  });
});

interface Harm {
  readonly what: string;
  readonly step: HostileStep;
  /** Where what runs it can be reached, why the case is lost, or what the step and the next one come to, */
  readonly open: RegExp | readonly [StepResult, unknown];
  /** what they come to if the answer goes out before the conductor dies, */
  readonly inTime?: readonly [StepResult, unknown];
  /** and where it cannot. */
  readonly contained: Harm['open'];
}

const HARMS_NOBODY: Harm['contained'] = [NO_EFFECT, NUMBER];
const NOT_SEEN: Harm['contained'] = [{ kind: 'failed', errno: 'ESRCH' }, NUMBER];
const SIGKILL = 9;
const SIGSTOP = 19;

describe('a scenario that harms what runs it is lost with its cause, or harms nobody', () => {
  test.each<Harm>([
    {
      what: 'kills its host',
      step: { task: 1, op: 'kill_host', signal: SIGKILL },
      open: /^the process that ran it was ended or stopped by SIGKILL$/,
      contained: HARMS_NOBODY,
    },
    {
      what: 'stops its host',
      step: { task: 1, op: 'kill_host', signal: SIGSTOP },
      open: /^the process that ran it was ended or stopped by SIGSTOP$/,
      contained: HARMS_NOBODY,
    },
    {
      what: 'kills the conductor',
      step: { task: 1, op: 'kill_conductor', signal: SIGKILL },
      open: /^the probe died of SIGKILL$/,
      inTime: HARMS_NOBODY,
      contained: NOT_SEEN,
    },
    {
      what: 'stops the conductor',
      step: { task: 1, op: 'kill_conductor', signal: SIGSTOP },
      // It is not needed before the next caller.
      open: HARMS_NOBODY,
      contained: NOT_SEEN,
    },
    {
      what: 'kills the process group',
      step: { task: 1, op: 'kill_group', signal: SIGKILL },
      open: /^the probe died of SIGKILL$/,
      inTime: [{ kind: 'gone', how: 'signal 9' }, { kind: 'absent' }],
      contained: /^the probe died of SIGKILL$/,
    },
    {
      what: 'stops the process group',
      step: { task: 1, op: 'kill_group', signal: SIGSTOP },
      open: /^the probe gave no answer within 4 s$/,
      // The conductor stops, and all tasks; but not the host, as the init of its namespace, and it is all that is needed.
      contained: [BLOCKED, BLOCKED],
    },
    {
      what: 'turns in a loop for ever',
      step: { task: 1, op: 'spin' },
      open: /^step 3 of 4 was not over within the probe's time limit, nor asleep$/,
      contained: /^step 3 of 4 was not over within the probe's time limit, nor asleep$/,
    },
    {
      what: 'forks without end',
      step: { task: 1, op: 'forks_without_end' },
      open: /^step 3 of 4 was not over within the probe's time limit, nor asleep$/,
      contained: /^step 3 of 4 was not over within the probe's time limit, nor asleep$/,
    },
  ])('one that $what', async (harm) => {
    // A semaphore is what no end of a process takes along.
    const before = [parseStep('0: sem_get()'), parseStep('0: clone(SIGCHLD) → task 1')];
    const { observation } = await suffer([...before, harm.step, parseStep('0: getpid()')]);
    const expected = contained ? harm.contained : harm.open;
    // Whether the conductor dies before the host's answer has gone out is a matter of who runs first. Either way it costs nobody else.
    if (harm.inTime !== undefined && expected instanceof RegExp && observation.kind === 'steps') {
      expect(observation.steps.slice(2)).toEqual(harm.inTime);
    } else if (expected instanceof RegExp) {
      expect(observation).toEqual({ kind: 'lost', why: expect.stringMatching(expected) });
    } else {
      expect(observation).toEqual({ kind: 'steps', steps: [NUMBER, NUMBER, ...expected] });
    }
  });
});

test('a conductor that was stopped is missed by the next caller, which costs no case', async () => {
  const other = { name: 'other', attributes: caller.attributes };
  const [stopped, next] = await withSession(target, async (session) =>
    Promise.all([
      session.run(caller, [request([{ task: 0, op: 'kill_group', signal: SIGSTOP }]), request(HARMLESS.steps)]),
      session.run(other, [request(HARMLESS.steps), request(HARMLESS.steps)]),
    ]),
  );
  const harmless = [...stopped.observations.slice(1), ...next.observations];
  expect(harmless.map(({ kind }) => kind)).toEqual(['steps', 'steps', 'steps']);
  await noneIsLeft(mark);
});
