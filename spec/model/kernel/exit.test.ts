import { describe, expect, test } from '@jest/globals';
import { NEWEST_KERNEL, callerNamed, nominalFacts, nominalKernel, parseStep, simulate } from '../../index.js';

/** What the steps come to for a task whose children are in a new pid namespace. */
function results(...texts: readonly string[]): readonly unknown[] {
  const kernel = nominalKernel(NEWEST_KERNEL);
  const caller = callerNamed('root');
  return simulate(
    { kernel, caller: nominalFacts(caller, kernel) },
    { caller, steps: ['0: unshare(CLONE_NEWPID)', ...texts].map((text) => parseStep(text)) },
  ).results;
}

/** The first is the init of the namespace, and the second sleeps in it. */
const SLEEPER = ['0: clone(CLONE_VM|SIGCHLD) → task 2', '2: futex_wait(&b)'];

describe('a task that sleeps when the init of its pid namespace ends', () => {
  test('is killed', () => {
    const init = ['0: clone(CLONE_VM|SIGCHLD) → task 1', '0: write(&b, 77)', ...SLEEPER, '1: exit(0)'];
    expect(results(...init)[4]).toEqual({ kind: 'gone', how: 'any' });
  });

  test('may be back before it is killed, where that end woke it', () => {
    const init = '0: clone(CLONE_VM|CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tid=&b) → task 1';
    expect(results(init, '1: read(&b)', ...SLEEPER, '1: exit(0)')[4]).toEqual({ kind: 'open', asleepUntil: 5 });
  });
});

test('the end of an init that waits for a stranger is not what a sleeping parent hears of first', () => {
  const steps = ['0: clone(SIGCHLD) → task 1', '0: clone(0) → task 2', '0: wait(any, __WALL)', '1: exit(53)'];
  expect(results(...steps)[3]).toEqual({ kind: 'open', asleepUntil: 4 });
});

describe('a signal that ends a process, sent by one of its threads', () => {
  const threads = [
    '0: clone(SIGCHLD) → task 1',
    '0: clone(SIGCHLD) → task 2',
    '2: clone(CLONE_VM|CLONE_SIGHAND|CLONE_THREAD) → task 3',
    '3: sigunblock(0x200)',
  ];
  const sent = (by: string): readonly unknown[] => results(...threads, by, '2: getpid()').slice(5);

  test.each(['tgkill(task 3, SIGUSR1)', 'kill(task 2, SIGUSR1)', 'kill(task 3, SIGUSR1)'])(
    'where another may take it may reach the sender before or after its call returns, and has by its next step: %s',
    (by) => {
      expect(sent(`2: ${by}`)).toEqual([{ kind: 'open' }, { kind: 'absent' }]);
    },
  );

  test('reaches the sender of SIGKILL, and a process of one thread, before the call returns', () => {
    expect(sent('2: kill(task 3, SIGKILL)')).toEqual([{ kind: 'gone', how: 'signal 9' }, { kind: 'absent' }]);
    const alone = [...threads.slice(0, 2), '2: sigunblock(0x200)', '2: kill(task 2, SIGUSR1)'];
    expect(results(...alone)[4]).toEqual({ kind: 'gone', how: 'signal 10' });
  });
});
