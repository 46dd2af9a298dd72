import { describe, expect, test } from '@jest/globals';
import { perform, type Script } from '../fixtures/scripts.js';

/** What the operations of scenarios answer, and what a child has of its maker's. Each claim is a script of steps with their results. */
const FORK = 'flags=17';
const THREAD = 'flags=0x10f00';
const claims: readonly (readonly [string, Script])[] = [
  [
    'dup and fork share offset and status flags, and getfl tells two of these',
    [
      '0 memfd fd=20 → 20',
      '0 dup fd=20 to=30 → 30',
      '0 dup fd=20 to=30 → 31',
      '0 lseek fd=30 offset=5 → 5',
      '0 lseek fd=20 whence=1 → 5',
      '0 setfl fd=30 flag=0xc00 → 0',
      '0 getfl fd=20 → 3072',
      `0 clone child=1 ${FORK}`,
      '1 setfl fd=20 flag=0x400 → 0',
      '0 getfl fd=30 → 1024',
      '0 getfl fd=40 → EBADF',
      '0 dup fd=40 to=3 → EBADF',
    ],
  ],
  [
    'a lock is its process’s own: shared with CLONE_FILES, not inherited, gone at a close',
    [
      '0 memfd fd=20',
      '0 lock fd=20 → 0',
      '0 locked fd=20 → 0',
      `0 clone child=1 ${FORK}`,
      '1 locked fd=20 → 1',
      '1 lock fd=20 → EAGAIN',
      '0 clone child=2 flags=0x411',
      '2 locked fd=20 → 0',
      '2 close fd=20 → 0',
      '1 locked fd=20 → 0',
      '0 open fd=25',
      '0 lock fd=25 → EBADF',
    ],
  ],
  [
    'timers are a process’s: threads see them, children do not',
    [
      '0 itimer → 0',
      '0 itimer_set value=1000 → 0',
      '0 itimer → 1',
      '0 timer_create → 0',
      '0 timer_there id=0 → 0',
      '0 timer_there id=1 → EINVAL',
      `0 clone child=1 ${FORK}`,
      '1 itimer → 0',
      '1 timer_there id=0 → EINVAL',
      '1 timer_create → 0',
      `0 clone child=2 ${THREAD}`,
      '2 itimer → 1',
      '2 timer_there id=0 → 0',
    ],
  ],
  [
    'the death signal is nobody’s but the task’s that set it',
    [
      '0 pdeathsig → 9',
      '0 pdeathsig_set signal=15 → 0',
      '0 pdeathsig → 15',
      `0 clone child=1 ${FORK}`,
      '1 pdeathsig → 0',
      `0 clone child=2 ${THREAD}`,
      '2 pdeathsig → 0',
      '0 pdeathsig_set signal=99 → EINVAL',
    ],
  ],
  [
    'it kills when the maker ends, and the step is over when it has',
    [
      `0 clone child=1 ${FORK}`,
      `1 clone child=2 ${FORK}`,
      '2 pdeathsig_set signal=9 → 0',
      '1 exit → exit 0',
      '2 getpid → absent',
    ],
  ],
  [
    'a subreaper gets the children of its children, who are none themselves',
    [
      '0 getpid → $zero',
      '0 subreaper → 0',
      '0 subreaper_set value=1 → 0',
      '0 subreaper → 1',
      `0 clone child=1 ${FORK}`,
      '1 subreaper → 0',
      `0 clone child=2 ${THREAD}`,
      '2 subreaper → 1',
      `1 clone child=3 ${FORK}`,
      '1 exit → exit 0',
      '3 getppid → $zero',
    ],
  ],
  [
    'a new task has its maker’s timer slack, now and as its default',
    [
      '0 timerslack → 50000',
      '0 timerslack_set value=70000 → 0',
      `0 clone child=1 ${FORK}`,
      '1 timerslack → 70000',
      '1 timerslack_set value=90000 → 0',
      '1 timerslack_set value=0 → 0',
      '1 timerslack → 70000',
      '0 timerslack → 70000',
    ],
  ],
  [
    'a personality is inherited, and set returns the one before',
    [
      '0 personality → 0',
      '0 personality_set value=0x40000 → 0',
      '0 personality → 262144',
      `0 clone child=1 ${FORK}`,
      '1 personality → 262144',
      '1 personality_set value=0 → 262144',
      '0 personality → 262144',
    ],
  ],
  [
    'limits are copied for a child and shared by threads',
    [
      '0 rlimit_set value=4095 → 0',
      `0 clone child=1 ${FORK}`,
      '1 rlimit → 4095',
      '1 rlimit_set value=0 → 0',
      '0 rlimit → 4095',
      `0 clone child=2 ${THREAD}`,
      '2 rlimit_set value=9 → 0',
      '0 rlimit → 9',
    ],
  ],
  [
    'a policy is inherited, but not past reset on fork',
    [
      '0 sched → 0',
      '0 sched_set policy=3 → 0',
      `0 clone child=1 ${FORK}`,
      '1 sched → 3',
      '0 sched_set policy=0x40000003 → 0',
      '0 sched → 1073741827',
      `0 clone child=2 ${FORK}`,
      '2 sched → 3',
      '0 sched_set policy=1 → EINVAL',
      '0 sched_set policy=77 → EINVAL',
    ],
  ],
  [
    'a child has no page of MADV_DONTFORK, and an empty one of MADV_WIPEONFORK, but where memory is shared',
    [
      '0 map page=1',
      '0 map page=2',
      '0 dontfork page=1 → 0',
      '0 wipeonfork page=2 → 0',
      '0 poke page=1 value=7 → 0',
      '0 poke page=2 value=0xffffffff → 0',
      `0 clone child=1 ${FORK}`,
      '1 peek page=1 → EFAULT',
      '1 poke page=1 value=1 → EFAULT',
      '1 peek page=2 → 0',
      '0 clone child=2 flags=0x111',
      '2 peek page=1 → 7',
      '2 peek page=2 → 4294967295',
      '0 dontfork page=5 → ENOMEM',
      '0 wipeonfork page=5 → ENOMEM',
    ],
  ],
  [
    'locked memory is not inherited',
    [
      '0 map page=1',
      '0 vmlck → 0',
      '0 mlock page=1 → 0',
      '0 vmlck → 1',
      `0 clone child=1 ${FORK}`,
      '1 vmlck → 0',
      '0 clone child=2 flags=0x111',
      '2 vmlck → 1',
      '0 mlock page=9 → ENOMEM',
    ],
  ],
  [
    'setpgid moves a child, to its own group or another’s',
    [
      `0 clone child=1 ${FORK} → $one`,
      '0 setpgid who=1 → 0',
      '1 getpgrp → $one',
      `0 clone child=2 ${FORK} → $two`,
      '0 setpgid who=2 pgrp=1 → 0',
      '2 getpgrp → $one',
      '2 setpgid → 0',
      '2 getpgrp → $two',
      '1 setpgid who=0 → ESRCH',
      '0 setpgid pgrp=7 → absent',
    ],
  ],
  ['nspid ends where the namespaces do', ['0 getpid → $zero', '0 nspid level=0 → $zero', '0 nspid level=40 → ENOENT']],
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
