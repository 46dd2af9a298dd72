import { expect, test } from '@jest/globals';
import { callerNamed, formatStep, parseStep, type Scenario } from '../spec/index.js';
import { runScenarioCorpus } from './corpus-run.js';
import { KERNEL, OPEN } from './fixtures/imagined-kernel.js';
import { BrokenKernel } from './fixtures/imagined-scenarios.js';

const scenario = (clone: string): Scenario => ({
  caller: callerNamed('root'),
  steps: [`0: ${clone} → task 1`, '0: read(&a)'].map((text) => parseStep(text)),
});

test('a stored scenario with a flag that the target has not is blocked, and says so; the others are performed', async () => {
  const performed: string[] = [];
  const target = new BrokenKernel(new Set(['effects/pidfd-refers-to-child']));
  const { run, results } = await runScenarioCorpus(
    {
      run: (caller, requests) => {
        for (const each of requests)
          if (each.call === 'scenario') performed.push(...each.steps.slice(0, 1).map(formatStep));
        return target.run(caller, requests);
      },
    },
    KERNEL,
    {
      ...OPEN,
      lacks: (call) => (call.call === 'clone' && (call.flags & 0x1000n) !== 0n ? 'no CLONE_PIDFD' : undefined),
    },
    [
      scenario('clone(CLONE_PIDFD|SIGCHLD, parent_tid=&a)'),
      scenario('clone(CLONE_PARENT_SETTID|SIGCHLD, parent_tid=&a)'),
    ],
  );
  expect(results.map(({ judgement }) => judgement)).toMatchObject([
    { verdict: 'blocked', why: 'no CLONE_PIDFD' },
    { verdict: 'pass' },
  ]);
  expect(performed).toEqual(['0: clone(CLONE_PARENT_SETTID|SIGCHLD, parent_tid=&a) → task 1']);
  expect(run.counts).toEqual({ pass: 1, fail: 0, blocked: 1, 'not-run': 0 });
  expect([...run.why]).toEqual([['no CLONE_PIDFD', 1]]);
});
