import { describe, expect, test } from '@jest/globals';
import { perform, type Script } from '../fixtures/scripts.js';

/** Root directories and namespaces: what the operations answer to root, and to an ordinary user. */
const isRoot = process.getuid?.() === 0;
const FORK = 'flags=17';
const privileged: readonly (readonly [string, Script])[] = [
  [
    'a root directory is shared with CLONE_FS, else copied, and /proc is not in itself',
    [
      '0 root → 0',
      '0 clone child=1 flags=0x211',
      `0 clone child=2 ${FORK}`,
      '0 chroot to=proc → 0',
      '0 root → 1',
      '1 root → 1',
      '2 root → 0',
      '0 cwd → 2',
      '0 chroot to=root → 0',
      '0 root → 1',
      '0 chroot to=proc → ENOENT',
      '0 vmlck → 0',
    ],
  ],
  [
    'setns enters the namespaces of another task',
    [
      '0 clone child=1 flags=0x4c000011',
      '1 ns kind=uts → $uts',
      '1 ns kind=ipc → $ipc',
      '1 ns kind=net → $net',
      '1 sethostname n=3',
      '0 setns who=1 kind=uts → 0',
      '0 hostname → 3',
      '0 setns who=1 kind=ipc → 0',
      '0 setns who=1 kind=net → 0',
      '0 ns kind=uts → $uts',
      '0 ns kind=ipc → $ipc',
      '0 ns kind=net → $net',
      '0 setns who=1 kind=user → EINVAL',
    ],
  ],
  [
    'after setns to a pid namespace the children are made there',
    [
      '0 clone child=1 flags=0x20000011',
      '0 setns who=1 kind=pid → 0',
      `0 clone child=2 ${FORK} → $two`,
      '2 getpid → 2',
      '2 nspid level=0 → 2',
      '2 nspid level=1 → $two',
      '0 getpid → $zero',
      '0 nspid level=0 → $zero',
    ],
  ],
  [
    'set_tid chooses numbers from the inside out',
    [
      '0 clone child=1 flags=0x20000011',
      '1 clone child=2 flags=0x20000011',
      '2 clone3 child=3 exit_signal=17 set_tid=0x20001000 set_tid_size=3 tids=7,42,31496 → 7',
      '3 getpid → 7',
      '3 nspid level=0 → 7',
      '3 nspid level=1 → 42',
      '3 nspid level=2 → 31496',
      '2 clone3 child=4 exit_signal=17 set_tid=0x20001000 set_tid_size=2 tids=8,43 → 8',
      '4 nspid level=0 → 8',
      '4 nspid level=1 → 43',
    ],
  ],
];

const unprivileged: readonly (readonly [string, Script])[] = [
  ['may not chroot', ['0 chroot to=proc → EPERM', '0 root → 0']],
  [
    'may enter the namespaces of a child that made itself a user namespace, by way of that',
    [
      '0 clone child=1 flags=0x14000011',
      '1 sethostname n=4 → 0',
      '0 setns who=1 kind=uts → EPERM',
      '0 setns who=1 kind=user → 0',
      '0 setns who=1 kind=uts → 0',
      '0 hostname → 4',
    ],
  ],
  [
    'may not leave SCHED_IDLE nor reset on fork',
    ['0 sched_set policy=0x40000000 → 0', '0 sched_set policy=0 → EPERM', '0 sched → 1073741824'],
  ],
];

const holds = async (attributes: string, script: Script): Promise<void> => {
  expect(await perform(attributes, [script])).toEqual([script]);
};

describe('root', () => {
  const only = isRoot ? test : test.skip;
  for (const [claim, script] of privileged) {
    only(isRoot ? claim : `${claim} (the tests do not run as root)`, () => holds('', script));
  }
});

describe('an ordinary user', () => {
  test.each(unprivileged)('%s', (_, script) => holds('user', script));
});
