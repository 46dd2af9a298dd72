import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scenarios } from '../../generators/index.js';
import { NEWEST_KERNEL, ROOT, RW, clone, nominalKernel } from '../index.js';
import { InputError } from '../rules/input-error.js';
import { parseStep } from './parse.js';
import { OPERATIONS, argumentsOf, isOperationName, type ArgumentKind } from './operations.js';
import type { Step } from './scenario.js';
import { NS_KINDS } from './words.js';
import { formatStep } from './text.js';

const facts = { kernel: nominalKernel(NEWEST_KERNEL), caller: ROOT };

test('what formatStep prints is read back, for every step that the generator makes', () => {
  fc.assert(
    fc.property(scenarios({ name: 'root', attributes: [] }, facts), ({ steps }) => {
      expect(steps.map((step) => parseStep(formatStep(step)))).toEqual(steps);
    }),
    { numRuns: 1_000 },
  );
});

describe('a step is read as people write it', () => {
  test.each<[text: string, step: Step]>([
    ['0: fork() → task 1', { task: 0, op: 'clone', child: 1, call: { call: 'fork' } }],
    ['2: vfork() -> task 15', { task: 2, op: 'clone', child: 15, call: { call: 'vfork' } }],
    [' 0 : clone( SIGCHLD )->task 1 ', { task: 0, op: 'clone', child: 1, call: clone(17n) }],
    [
      '0: clone(0, child_tid=&b) → task 1',
      { task: 0, op: 'clone', child: 1, call: clone(0n, { child_tid: RW + 264n }) },
    ],
    ['1: close(0x14)', { task: 1, op: 'close', fd: 20 }],
    ['0: wait(task 1, __WALL|WNOHANG)', { task: 0, op: 'wait', who: 1, options: 0x4000_0001 }],
    ['0: wait(any, WNOHANG | __WCLONE)', { task: 0, op: 'wait', who: 'any', options: 1 - 0x8000_0000 }],
    ['0: wait(any, 0)', { task: 0, op: 'wait', who: 'any', options: 0 }],
    ['1: sigaction(SIGUSR1, handler)', { task: 1, op: 'sigaction', signal: 10, handler: 'handler' }],
    ['1: tgkill(task 0, SIGRT_2)', { task: 1, op: 'tgkill', who: 0, signal: 34 }],
    ['1: kill(task 0, 0)', { task: 1, op: 'kill', who: 0, signal: 0 }],
    ['0: lseek(22, -3, SEEK_END)', { task: 0, op: 'lseek', fd: 22, offset: -3, whence: 2 }],
    ['0: lseek(22, 3, 7)', { task: 0, op: 'lseek', fd: 22, offset: 3, whence: 7 }],
    ['0: umask(022)', { task: 0, op: 'umask', mask: 18 }],
    ['0: umask(0)', { task: 0, op: 'umask', mask: 0 }],
    ['0: read(&a)', { task: 0, op: 'read', at: RW + 0x100n }],
    ['0: write(0x20050010, -1)', { task: 0, op: 'write', at: 0x2005_0010n, value: -1 }],
    ['0: sigblock(0xffffffffffffffff)', { task: 0, op: 'sigblock', mask: (1n << 64n) - 1n }],
    ['0: sem_op(-1,SEM_UNDO)', { task: 0, op: 'sem_op', value: -1, undo: 1 }],
    ['0: chdir("/proc") /* where else */', { task: 0, op: 'chdir', to: 'proc' }],
    ['0: sethostname("h9")', { task: 0, op: 'sethostname', n: 9 }],
    ['0: exit_group(3)', { task: 0, op: 'exit_group', status: 3 }],
    ...NS_KINDS.map((kind): [string, Step] => [`3: ns(${kind})`, { task: 3, op: 'ns', kind }]),
    ['0: waitid_pidfd(0x20050020, WEXITED|WNOHANG)', { task: 0, op: 'waitid_pidfd', pidfd: 0x2005_0020n, options: 5 }],
    ['0: unshare(CLONE_NEWUTS|CLONE_NEWIPC)', { task: 0, op: 'unshare', flags: 0xc00_0000n }],
    ['0: kcmp(task 0, task 1, KCMP_FILES)', { task: 0, op: 'kcmp', a: 0, b: 1, type: 2 }],
    [
      '0: ptrace_seize(task 1, PTRACE_O_TRACEFORK|PTRACE_O_TRACECLONE)',
      { task: 0, op: 'ptrace_seize', who: 1, options: 10 },
    ],
    ['1: sched_set(SCHED_BATCH|SCHED_RESET_ON_FORK)', { task: 1, op: 'sched_set', policy: 0x4000_0003 }],
    ['1: execve()', { task: 1, op: 'execve' }],
  ])('%s', (text, step) => {
    expect(parseStep(text)).toEqual(step);
  });

  test.each<Step>([
    { task: 0, op: 'futex_wait', at: RW + 0x118n },
    { task: 0, op: 'pidfd_getfd', at: 0x2005_0020n },
    { task: 0, op: 'umask', mask: 0o777 },
    { task: 0, op: 'unmap', page: 1 },
    { task: 0, op: 'sigunblock', mask: 0n },
    { task: 0, op: 'kill', who: 3, signal: 64 },
  ])('%j is printed and read back', (step) => {
    expect(parseStep(formatStep(step))).toEqual(step);
  });
});

test.each(Object.keys(OPERATIONS).filter(isOperationName))('%s is written and read with what the table says', (op) => {
  const values: Partial<Record<ArgumentKind, unknown>> = {
    address: RW + 0x100n,
    mask: 512n,
    flags: 0x400_0000n,
    disposition: 'ignore',
    directory: 'proc',
    'namespace kind': 'uts',
  };
  const given = argumentsOf(op).map(([name, kind]) => [name, values[kind] ?? 1]);
  const step: unknown = { task: 3, op, ...Object.fromEntries(given) };
  expect(parseStep(formatStep(step as Step))).toEqual(step);
});

describe('what is not understood is shown by its column, with a hint', () => {
  test.each([
    ['', 1, 'expected the number of the task', /decimal/],
    ['close(20)', 1, 'expected the number of the task', /decimal/],
    ['16: close(20)', 1, '16 is out of range', /from 0 to 15/],
    ['1 close(20)', 3, 'expected :', /a step looks like/],
    ['1: clse(20)', 4, 'unknown operation clse', /did you mean close/],
    ['1: toString()', 4, 'unknown operation toString', /./],
    ['1: close(x)', 10, 'expected a descriptor, but there is "x)"', /decimal/],
    ['1: close(60)', 10, '60 is out of range', /from 0 to 59/],
    ['1: map(page 64)', 13, '64 is out of range', /from 0 to 63/],
    ['1: close(-1)', 10, '-1 is out of range', /from 0/],
    ['1: close(20', 12, 'expected ), but the line ends', /a step looks like/],
    ['1: close(20) 7', 14, 'unexpected "7"', /one step a line/],
    ['1: getpid(1)', 11, 'expected )', /a step looks like/],
    ['0: wait(1, 0)', 9, 'expected task N or any', /task 1/],
    ['0: wait(any, WNOHAN)', 14, 'unknown option WNOHAN', /WNOHANG/],
    ['0: wait(any, toString)', 14, 'unknown option toString', /WNOHANG/],
    ['0: kill(task 1, SIGFOO)', 17, 'unknown signal SIGFOO', /SIGUSR1/],
    ['0: read(&e)', 9, 'expected an address', /&a/],
    ['0: sigblock(all)', 13, 'expected a mask', /bit 0/],
    ['0: umask(22)', 10, 'expected an octal mask', /022/],
    ['0: umask(09)', 10, 'expected an octal mask', /022/],
    ['0: chdir("/tmp")', 10, 'expected a string', /"\/proc"/],
    ['0: ns(utc)', 7, 'utc is not a kind of namespace', /uts/],
    ['0: sem_op(1, UNDO)', 14, 'expected SEM_UNDO', /a step looks like/],
    ['0: unshare(CLONE_NEWUTC)', 12, 'unknown flag CLONE_NEWUTC', /CLONE_NEWUTS/],
    ['0: fork()', 10, 'expected → task N', /fork\(\) → task 1/],
    ['0: fork() → 1', 13, 'expected task N', /task 1/],
    ['0: fork() → task 0', 18, '0 is out of range', /from 1 to 15/],
    ['0: fork() → task 1 2', 20, 'unexpected "2"', /one step a line/],
    ['0: clone(CLONE_VN) → task 1', 10, 'unknown flag CLONE_VN', /CLONE_VM/],
    ['0: clone(CLONE_VN)', 10, 'unknown flag CLONE_VN', /CLONE_VM/],
  ])('%s', (text, column, what, hint) => {
    expect(refusal(text)).toMatchObject({
      what: expect.stringContaining(what),
      hint: expect.stringMatching(hint),
      place: { file: 'STEP', line: 1, column },
    });
  });

  test('the column counts from where the text begins', () => {
    const place = { file: 'a.yaml', line: 7, column: 5 };
    expect(refusal('1: clse(20)', place)).toMatchObject({ place: { file: 'a.yaml', line: 7, column: 8 } });
    expect(refusal('0: clone(CLONE_VN) → task 1', place)).toMatchObject({ place: { line: 7, column: 14 } });
  });
});

function refusal(text: string, place?: Parameters<typeof parseStep>[1]): InputError {
  try {
    parseStep(text, place);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error(`${text} was understood`);
}
