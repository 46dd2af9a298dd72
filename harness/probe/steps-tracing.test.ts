import { describe, expect, test } from '@jest/globals';
import { perform, type Script } from '../fixtures/scripts.js';

/** Tracing where stops come at odd moments: nothing hangs, and no child is missed. */
const claims: readonly (readonly [string, Script])[] = [
  [
    'a call that begins when its task is let go has its child, held at its birth',
    [
      '0 fork child=1 → $one',
      '0 ptrace_seize who=1 options=14 → 0',
      '0 kill who=1 signal=19 → 0',
      '1 fork child=2 → $two blocked=9',
      '0 ptrace_cont who=1 signal=0 → 0',
      '2 getpid → $two blocked=7',
      '0 ptrace_cont who=2 signal=0 → 0',
      '2 getpid → $two',
      '0 ptrace_cont who=1 signal=0 → 0',
    ],
  ],
  [
    'so has one that returns at once and whose child is held alone',
    [
      '0 fork child=1',
      '0 ptrace_seize who=1 options=0 → 0',
      '0 kill who=1 signal=19 → 0',
      '1 clone child=2 flags=0x2011 → $two blocked=5',
      '0 ptrace_cont who=1 signal=0 → 0',
      '2 getpid → $two blocked=7',
      '0 ptrace_cont who=2 signal=0 → 0',
      '2 tracer → 1',
    ],
  ],
  [
    'a child made after SIGCONT is there for the next step',
    [
      '0 fork child=1',
      '0 kill who=1 signal=19 → 0',
      '1 fork child=2 → $two blocked=4',
      '0 kill who=1 signal=18 → 0',
      '2 getpid → $two',
    ],
  ],
  [
    'an interrupted task stops in whatever it does, and goes on with it',
    [
      '0 fork child=1 → $one',
      '0 ptrace_interrupt who=1 → ESRCH',
      '0 ptrace_seize who=1 options=0 → 0',
      '0 ptrace_interrupt who=1 → 0',
      '1 fork child=2 → $two blocked=7',
      '0 wait who=1 options=0x40000001 → $one status=0x80057f',
      '0 ptrace_cont who=1 signal=0 → 0',
      '2 tracer → 0',
      '1 futex_wait at=0x20000100 value=0 → blocked',
      '0 ptrace_interrupt who=1 → 0',
      '0 ptrace_cont who=1 signal=0 → 0',
      '0 ptrace_cont who=1 signal=0 → ESRCH',
    ],
  ],
  [
    'a task that its tracer stops in its exit does not keep the others from theirs at the end',
    [
      '0 fork child=1',
      '0 fork child=2',
      '0 ptrace_seize who=1 options=14 → 0',
      '0 ptrace_seize who=2 options=0x40 → 0',
      '1 fork child=3 → $three blocked=5',
    ],
  ],
];

const holds = async (attributes: string, script: Script): Promise<void> => {
  expect(await perform(attributes, [script])).toEqual([script]);
};

describe('for everybody', () => {
  test.each(claims)('%s', (_, script) => holds('', script));
});

describe('for an ordinary user', () => {
  test.each(claims)('%s', (_, script) => holds('user', script));
});
