import { describe, expect, test } from '@jest/globals';
import { parseCaseFile } from '../case-file.js';
import { InputError } from '../rules/input-error.js';
import { parseStep } from './parse.js';
import { isContained } from './contained.js';

/** Where the probe keeps the mailboxes of tasks, their stacks, itself, and what the kernel chose: what a stranger would write to. */
const OUTSIDE = [
  '0x22000040',
  '0x21000ff8',
  '0x400000',
  '0x7ffffffde000',
  '0x20060000',
  '0x20500000',
  '0xffff',
] as const;

describe('a step that reaches what is the probe’s is told from one that keeps to its arena:', () => {
  test.each([
    ...OUTSIDE.slice(0, -1).flatMap((address) => [
      `0: write(${address}, 7)`,
      `0: read(${address})`,
      `0: futex_wait(${address})`,
      `0: set_tid_address(${address})`,
      `0: pidfd_kill(${address}, SIGKILL)`,
      `0: waitid_pidfd(${address}, WEXITED)`,
      `0: clone(CLONE_PARENT_SETTID|SIGCHLD, parent_tid=${address}) → task 1`,
      `0: clone(CLONE_CHILD_CLEARTID|SIGCHLD, child_tid=${address}) → task 1`,
      `0: clone3({flags=CLONE_PIDFD, pidfd=${address}, exit_signal=SIGCHLD}) → task 1`,
    ]),
    ...[0, 1, 2].flatMap((fd) => [
      `0: close(${String(fd)})`,
      `0: setfl(${String(fd)}, 0x800)`,
      `0: lseek(${String(fd)}, 0, SEEK_SET)`,
      `0: lock(${String(fd)})`,
      `0: dup(20, ${String(fd)})`,
      `0: dup(${String(fd)}, 20)`,
    ]),
  ])('%s', (step) => {
    expect(isContained(parseStep(step))).toBe(false);
    const refused = (): unknown => parseCaseFile(`caller: user\nsteps: [${JSON.stringify(step)}]\n`, 'case.yaml');
    expect(refused).toThrow(InputError);
    expect(refused).toThrow(/^case.yaml:2:9: .*(is not memory of the arena|is the probe's own)$/);
  });

  test.each([
    '0: write(&a, 7)',
    '0: read(0x20050000)',
    '0: read(0x204fffff)',
    '0: read(0x8)',
    '0: close(3)',
    '0: dup(20, 21)',
    '0: clone(CLONE_PARENT_SETTID, parent_tid=0x800000000000) → task 1',
    '0: clone(CLONE_PARENT_SETTID, parent_tid=0xfffffffffffffff8) → task 1',
  ])('%s keeps to it', (step) => {
    expect(isContained(parseStep(step))).toBe(true);
  });
});

test('a call of a file reaches nothing either', () => {
  const text = 'caller: user\ncall: clone(CLONE_PARENT_SETTID|SIGCHLD, parent_tid=0x22000040)\n';
  expect(() => parseCaseFile(text, 'case.yaml')).toThrow(
    /^case.yaml:2:7: parent_tid is 0x22000040, which is not memory/,
  );
});
