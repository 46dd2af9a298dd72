import { describe, expect, test } from '@jest/globals';
import { formatStep, nominalFacts, type Facts } from '../spec/index.js';
import { BrokenKernel, findingsOf } from './fixtures/imagined-scenarios.js';
import { KERNEL } from './fixtures/imagined-kernel.js';
import type { ScenarioFinding } from './scenario-findings.js';
import { explains, judgeScenario } from './scenario-judge.js';
import { isSafe } from './scenario-safety.js';
import { simplerScenarios } from './simpler-scenarios.js';

const THREAD = 'CLONE_VM|CLONE_SIGHAND|CLONE_THREAD';

/** An effect that a kernel does not keep, and by hand the scenario that a person would show to prove it. */
const MINIMA: readonly (readonly [effect: string, steps: readonly string[]])[] = [
  ['vm-shared', ['0: clone(CLONE_VM|SIGCHLD) → task 1', '1: write(&a, 1)', '0: read(&a)']],
  ['vm-copied', ['0: clone(SIGCHLD) → task 1', '1: write(&a, 1)', '0: read(&a)']],
  ['pending-empty', ['0: kill(task 0, 40)', '0: clone(SIGCHLD) → task 1', '1: sigpending()']],
  ['altstack-reset', ['0: altstack_set()', '0: clone(CLONE_VM|SIGCHLD) → task 1', '1: altstack()']],
  ['altstack-kept', ['0: altstack_set()', '0: clone(SIGCHLD) → task 1', '1: altstack()']],
  ['thread-sends-no-signal', [`0: clone(${THREAD}) → task 1`, '1: exit(0)', '0: sigpending()']],
  ['no-exit-signal', ['0: clone(0) → task 1', '1: exit(0)', '0: sigpending()']],
  ['exit-signal-to-group', ['0: clone(CLONE_PARENT) → task 1', '1: exit(0)', '0: sigpending()']],
  ['wait-needs-wclone', ['0: clone(0) → task 1', '0: wait(task 1, WNOHANG)']],
  ['vfork-suspends', ['0: clone(CLONE_VFORK|SIGCHLD) → task 1']],
  ['vfork-resumes', ['0: clone(CLONE_VFORK|SIGCHLD) → task 1', '1: exit(0)']],
  ['vfork-resumes-at-exec', ['0: clone(CLONE_VFORK|SIGCHLD) → task 1', '1: execve()']],
  // Where these are broken the model loses sight of much; that is no finding of its own.
  ['no-suspension', ['0: clone(SIGCHLD) → task 1']],
  ['thread-group-new', ['0: clone(SIGCHLD) → task 1', '0: wait(task 1, 0)']],
  ['parent-is-caller', ['0: clone(SIGCHLD) → task 1', '0: wait(task 1, 0)']],
  ['newpid', ['0: clone(CLONE_NEWPID|SIGCHLD) → task 1', '1: getpid()']],
  ['no-newuser', ['0: clone(SIGCHLD) → task 1', '1: uid()']],
  ['settls', ['0: clone(CLONE_SETTLS|SIGCHLD, tls=0x20000200) → task 1', '1: tls()']],
  ['tls-inherited', ['0: clone(SIGCHLD, tls=0x20000200) → task 1', '1: tls()']],
  ['parent-settid', ['0: clone(CLONE_PARENT_SETTID|SIGCHLD, parent_tid=&c) → task 1', '0: read(&c)']],
  ['no-parent-settid', ['0: clone(SIGCHLD, parent_tid=&c) → task 1', '0: read(&c)']],
  ['parent-settid-after-copy', ['0: clone(CLONE_PARENT_SETTID|SIGCHLD, parent_tid=&c) → task 1', '1: read(&c)']],
  ['newuser-capabilities', ['0: clone(CLONE_NEWUSER|SIGCHLD) → task 1', '1: caps()']],
  ['nnp-inherited', ['0: nnp_set()', '0: clone(SIGCHLD) → task 1', '1: nnp()']],
  ['robust-list-empty', ['0: robust_list_set()', '0: clone(SIGCHLD) → task 1', '1: robust_list()']],
  ['policy-inherited', ['0: sched_set(SCHED_BATCH)', '0: clone(SIGCHLD) → task 1', '1: sched()']],
  ['posix-timers-not-inherited', ['0: timer_create()', '0: clone(SIGCHLD) → task 1', '1: timer_there(0)']],
  ['itimers-not-inherited', ['0: itimer_set(1000)', '0: clone(SIGCHLD) → task 1', '1: itimer()']],
  [
    'semundo-shared',
    [
      '0: sem_get()',
      '0: sem_set(5)',
      '0: clone(CLONE_SYSVSEM|SIGCHLD) → task 1',
      '1: sem_op(-1, SEM_UNDO)',
      '1: exit(0)',
      '0: sem_value()',
    ],
  ],
  [
    'exec-takes-leader-tid',
    ['0: clone(SIGCHLD) → task 1', `1: clone(${THREAD}) → task 2`, '2: execve()', '2: gettid()'],
  ],
];

const stepsOf = ({ scenario }: ScenarioFinding): readonly string[] => scenario.steps.map(formatStep);
const broken = (...effects: readonly string[]): BrokenKernel =>
  new BrokenKernel(new Set(effects.map((effect) => `effects/${effect}`)));

describe('a kernel without one effect gives one finding, in the scenario that a person would write', () => {
  test.each(MINIMA)('%s', async (effect, steps) => {
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
