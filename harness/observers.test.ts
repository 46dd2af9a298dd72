import { describe, expect, test } from '@jest/globals';
import {
  NS_KINDS,
  callerNamed,
  concrete,
  nominalFacts,
  parseStep,
  simulate,
  type Caller,
  type Facts,
  type Scenario,
  type Step,
  type StepResult,
} from '../spec/index.js';
import { whyNotClones } from './alone.js';
import { KERNEL } from './fixtures/imagined-kernel.js';
import { tryObservers, unseenReasons } from './observers.js';
import { judgeScenario } from './scenario-judge.js';
import type { BatchResult, Performer } from './session.js';
import { localTarget } from './targets/local.js';
import { withSession } from './targets/target.js';
import { probeFeatures } from './features.js';
import { kernelFacts } from './facts.js';
import type { Request } from './wire.js';

type Port = (step: Step, result: StepResult, scenario: Scenario, index: number) => StepResult;

/** A kernel without a process: the model's answers, some effects broken, each step's changed by a port's own ways. */
class PortKernel implements Performer {
  constructor(
    private readonly broken: readonly string[],
    private readonly port: Port = (_, result) => result,
  ) {}

  observe(scenario: Scenario): readonly StepResult[] {
    const { results } = simulate(factsOf(scenario.caller), scenario, new Set(this.broken));
    return concrete(results).map((result, index) => {
      const step = scenario.steps[index];
      return step === undefined ? result : this.port(step, result, scenario, index);
    });
  }

  run(caller: Caller, requests: readonly Request[]): Promise<BatchResult> {
    const observations = requests.map((request) => {
      if (request.call !== 'scenario') throw new Error('it performs scenarios alone');
      return { kind: 'steps', steps: this.observe({ caller, steps: request.steps as readonly Step[] }) } as const;
    });
    const { caller: facts } = factsOf(caller);
    return Promise.resolve({ facts, blocked: undefined, observations, missing: {}, answer: undefined });
  }
}

const ROOT = callerNamed('root');
const factsOf = (caller: Caller): Facts => ({ kernel: KERNEL, caller: nominalFacts(caller, KERNEL) });
const failed = (errno: string): StepResult => ({ kind: 'failed', errno });
const scenario = (...steps: readonly string[]): Scenario => ({
  caller: ROOT,
  steps: steps.map((text) => parseStep(text)),
});

/** What becomes of a difference of such a kernel. */
async function reasonOf(kernel: PortKernel, subject: Scenario): Promise<string | undefined> {
  const steps = kernel.observe(subject);
  const judgement = judgeScenario(factsOf(ROOT), subject, { kind: 'steps', steps });
  if (judgement.verdict !== 'fail') throw new Error('it does not differ');
  return whyNotClones({ scenario: subject, judgement }, kernel, ({ caller }) => Promise.resolve(factsOf(caller)));
}

describe('what a target answers wrongly where no task is made', () => {
  test('is not looked at in scenarios, and is named', async () => {
    const noNamespaces = new PortKernel([], (step, result) =>
      step.op === 'ns' && step.kind === 'uts' ? failed('ENOENT') : result,
    );
    const unseen = await tryObservers(noNamespaces, KERNEL);
    expect([...unseen]).toEqual(['ns(uts)']);
    expect(unseenReasons({ ...KERNEL, unseen })).toEqual(['ns(uts) differs without any clone, and is not looked at']);
  });

  test('is nothing on a kernel that is whole', async () => {
    expect([...(await tryObservers(new PortKernel([]), KERNEL))]).toEqual([]);
  });

  test('is nothing on the kernel that runs this', async () => {
    await withSession(localTarget(), async (session, header) => {
      const kernel = await probeFeatures(session, kernelFacts(header));
      expect([...(await tryObservers(session, kernel))]).toEqual([]);
    });
  });

  test('is what is seen of something that cannot be set, too', async () => {
    const ignoresNice = new PortKernel([], (step, result) =>
      step.op === 'nice' && result.kind === 'returned' ? { ...result, value: 0 } : result,
    );
    expect([...(await tryObservers(ignoresNice, KERNEL))]).toEqual(['nice()']);
  });

  test('is how a signal ends a task, where /proc says status 0 of everybody', async () => {
    const tellsNothing = new PortKernel([], (_step, result) =>
      result.kind === 'gone' ? { kind: 'gone', how: 'exit 0' } : result,
    );
    const unseen = await tryObservers(tellsNothing, KERNEL);
    expect([...unseen]).toEqual(['a death by a signal']);
    const facts: Facts = { ...factsOf(ROOT), kernel: { ...KERNEL, unseen } };
    const subject = scenario('0: clone(SIGCHLD) → task 1', '1: kill(task 1, SIGUSR1)', '1: sigunblock(0x200)');
    const steps = tellsNothing.observe(subject);
    expect(judgeScenario(facts, subject, { kind: 'steps', steps }).verdict).toBe('pass');
    expect(judgeScenario(factsOf(ROOT), subject, { kind: 'steps', steps }).verdict).toBe('fail');
  });

  test('is who takes in orphans, where subreapers are not known', () => {
    const subject = scenario('0: getppid()', '0: clone(SIGCHLD) → task 1', '0: exit(0)', '1: getppid()');
    const toInit = new PortKernel([], (step, result) =>
      step.task === 1 && step.op === 'getppid' ? { kind: 'returned', value: 1 } : result,
    );
    const verdictWith = (unseen: ReadonlySet<string>): string =>
      judgeScenario({ ...factsOf(ROOT), kernel: { ...KERNEL, unseen } }, subject, {
        kind: 'steps',
        steps: toInit.observe(subject),
      }).verdict;
    expect(verdictWith(new Set())).toBe('fail');
    expect(verdictWith(new Set(['subreaper()']))).toBe('pass');
  });

  test('leaves the rest of a scenario to be judged', () => {
    const facts: Facts = { ...factsOf(ROOT), kernel: { ...KERNEL, unseen: new Set(['ns(uts)']) } };
    const subject = scenario('0: ns(uts)', '0: clone(CLONE_VM|SIGCHLD) → task 1', '1: write(&a, 1)', '0: read(&a)');
    const steps = new PortKernel(['effects/vm-shared'], (step, result) =>
      step.op === 'ns' ? failed('ENOENT') : result,
    );
    const judgement = judgeScenario(facts, subject, { kind: 'steps', steps: steps.observe(subject) });
    expect(judgement).toMatchObject({ verdict: 'fail', clause: 'effects/vm-shared' });
  });

  // A fork that makes a namespace is clone's own difference, whichever it makes.
  test.each(['uts', 'ipc', 'net', 'pid', 'user', 'mnt', 'cgroup'])(
    'is not the %s namespace that fork makes',
    async (kind) => {
      const unseen = await tryObservers(new PortKernel([`effects/no-new${kind === 'mnt' ? 'ns' : kind}`]), KERNEL);
      expect([...unseen]).toEqual([]);
    },
  );

  test('is the number of a namespace where that of the PID namespace lies', async () => {
    const lies = new PortKernel([], (step, result) =>
      step.op === 'ns' && result.kind === 'returned' ? { ...result, value: 100 + step.task } : result,
    );
    expect([...(await tryObservers(lies, KERNEL))]).toContain('ns(pid)');
  });

  test('is the number of the user namespace where a child is who its parent is, though the numbers differ', async () => {
    const lies = new PortKernel([], (step, result) =>
      step.op === 'ns' && step.kind === 'user' && result.kind === 'returned'
        ? { ...result, value: 100 + step.task }
        : result,
    );
    expect([...(await tryObservers(lies, KERNEL))]).toEqual(['ns(user)']);
  });

  test('is the number of every namespace where one that is entered seems to be none', async () => {
    // As where a sandbox answers for /proc itself.
    const hides = new PortKernel([], (step, result) =>
      step.op === 'ns' && result.kind === 'returned' ? { ...result, value: 100 + step.kind.length } : result,
    );
    const unseen = await tryObservers(hides, KERNEL);
    expect([...unseen].sort()).toEqual(NS_KINDS.map((kind) => `ns(${kind})`).sort());
  });

  test('is not the PID namespace that is not entered', async () => {
    expect([...(await tryObservers(new PortKernel(['effects/newpid']), KERNEL))]).toEqual([]);
  });
});

describe('a difference', () => {
  const noBatch = new PortKernel([], (step, result) => (step.op === 'sched_set' ? failed('EPERM') : result));

  test('that one task shows as well is none of clone’s', async () => {
    const subject = scenario('0: clone(SIGCHLD) → task 1', '1: sched_set(SCHED_BATCH)');
    expect(await reasonOf(noBatch, subject)).toBe('sched_set() differs on the target without any clone');
  });

  test('at a namespace that a task cannot enter again either is none of clone’s', async () => {
    const noFiles = new PortKernel([], (step, result) => (step.op === 'setns' ? failed('ENOENT') : result));
    const subject = scenario('0: clone(SIGCHLD) → task 1', '1: setns(task 0, uts)');
    expect(await reasonOf(noFiles, subject)).toBe('setns() differs on the target without any clone');
  });

  test('at the same operation that one task does not show is clone’s', async () => {
    // Only a child may not set it: the port takes something away when it clones.
    const onlyInChildren = new PortKernel([], (step, result) =>
      step.op === 'sched_set' && step.task > 0 ? failed('EPERM') : result,
    );
    const subject = scenario('0: clone(SIGCHLD) → task 1', '1: sched_set(SCHED_BATCH)');
    expect(await reasonOf(onlyInChildren, subject)).toBeUndefined();
  });

  test('with another answer than one task gets is clone’s', async () => {
    const otherwise = new PortKernel([], (step, result) =>
      step.op === 'sched_set' ? failed(step.task > 0 ? 'ESRCH' : 'EPERM') : result,
    );
    const subject = scenario('0: clone(SIGCHLD) → task 1', '1: sched_set(SCHED_BATCH)');
    expect(await reasonOf(otherwise, subject)).toBeUndefined();
  });

  test('at a call that makes tasks, or between tasks, is clone’s', async () => {
    const refuses = new PortKernel([], (step, result) => (step.op === 'clone' ? failed('EINVAL') : result));
    expect(await reasonOf(refuses, scenario('0: clone(SIGCHLD) → task 1'))).toBeUndefined();
    const noWait = new PortKernel([], (step, result) => (step.op === 'wait' ? failed('ECHILD') : result));
    expect(
      await reasonOf(noWait, scenario('0: clone(SIGCHLD) → task 1', '1: exit(3)', '0: wait(task 1, WNOHANG)')),
    ).toBeUndefined();
  });

  test.each([
    ['effects/timerslack-inherited', ['0: timerslack_set(60000)', '0: clone(SIGCHLD) → task 1', '1: timerslack()']],
    ['effects/nice-inherited', ['0: nice_set(3)', '0: clone(SIGCHLD) → task 1', '1: nice()']],
    ['effects/vm-copied', ['0: clone(SIGCHLD) → task 1', '1: write(&a, 1)', '0: read(&a)']],
    ['effects/fs-shared', ['0: clone(CLONE_FS|SIGCHLD) → task 1', '1: chdir("/proc")', '0: cwd()']],
    [
      'effects/handlers-inherited',
      ['0: sigaction(SIGUSR1, handler)', '0: clone(SIGCHLD) → task 1', '1: sighandler(SIGUSR1)'],
    ],
  ])('%s is clone’s, though what was set is set by one task too', async (effect, steps) => {
    expect(await reasonOf(new PortKernel([effect]), scenario(...steps))).toBeUndefined();
  });
});
