import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { markEnvironment, markedProcesses, noneIsLeft } from '../leftovers.js';
import { until } from '../fixtures/processes.js';
import { buildProbe } from './build.js';

/** What the probe answers to a step. */
interface Answer {
  readonly ret?: number;
  readonly errno?: string;
  readonly status?: number;
  readonly blocked?: number | true;
  readonly gone?: string;
  readonly absent?: true;
  readonly busy?: true;
}

/** fork and vfork are calls of their own on few architectures. */
const X64 = process.arch === 'x64';
const SIGCHLD = 17;
const THREAD = 0x10f00;
const VFORK_VM = 0x4100;
const WORD = '0x20000100';
const SHARED_WORD = '0x20050010';

/** Performs the steps as the caller that this process is. */
async function perform(...steps: readonly string[]): Promise<readonly Answer[]> {
  const { stdout } = await execa(await buildProbe(), { input: `caller self\n1 scenario ${steps.join('; ')}\n` });
  const line = stdout.split('\n').find((text) => text.startsWith('{"id":"1"')) ?? '{}';
  const { steps: answers } = JSON.parse(line) as { readonly steps?: readonly Answer[] };
  if (answers === undefined) throw new Error(`the probe answered ${line}`);
  return answers;
}

/** What the steps from the first execve on returned. */
async function after(...steps: readonly string[]): Promise<readonly unknown[]> {
  const answers = await perform(...steps);
  const first = steps.findIndex((step) => step.endsWith('execve'));
  expect(answers[first]).toEqual({ ret: 0 });
  return answers.slice(first + 1).map(({ ret, errno, ...rest }) => ret ?? errno ?? rest);
}

describe('a task that executes goes on in the new image as the same task', () => {
  test('once and again', async () => {
    expect(await after('0 execve', '0 cwd', '0 execve', '0 execve', '0 umask mask=0')).toEqual([0, 0, 0, 18]);
  });

  test('and makes children, by every call', async () => {
    const calls = [
      ...(X64 ? ['fork child=1'] : []),
      `clone child=1 flags=${String(SIGCHLD)}`,
      'clone3 child=1 exit_signal=17',
    ];
    for (const call of calls) {
      const [child, own, , waited] = await after(
        '0 execve',
        `0 ${call}`,
        '1 getpid',
        '1 exit status=3',
        '0 wait who=1',
      );
      expect(own).toBe(child);
      expect(waited).toBe(child);
    }
  });

  test('a child of fork', async () => {
    const [made, before, executed, own, parent, self, , waited] = await perform(
      ...[
        '0 clone child=1 flags=17',
        '1 getpid',
        '1 execve',
        '1 getpid',
        '1 getppid',
        '0 getpid',
        '1 exit status=3',
        '0 wait who=1',
      ],
    );
    expect(executed).toEqual({ ret: 0 });
    expect([before, own]).toEqual([made, made]);
    expect(parent).toEqual(self);
    expect(waited).toEqual({ ...made, status: 0x300 });
  });
});

describe('the new image leaves everything as the kernel does', () => {
  test('memory is fresh, and what is shared is shared still', async () => {
    const writes = [
      `0 write at=${WORD} value=5`,
      `0 write at=${SHARED_WORD} value=7`,
      '0 map page=3',
      '0 clone child=1 flags=17',
    ];
    const reads = [`1 read at=${WORD}`, `1 read at=${SHARED_WORD}`, '1 mapped page=3'];
    const ends = [`1 write at=${SHARED_WORD} value=8`, `0 read at=${SHARED_WORD}`, `0 read at=${WORD}`];
    expect(await after(...writes, '1 execve', ...reads, ...ends)).toEqual([0, 7, 0, 8, 8, 5]);
  });

  test('SHARED of an earlier scenario is not seen', async () => {
    const lines = ['1 scenario 0 write at=0x20050010 value=7', '2 scenario 0 execve; 0 read at=0x20050010'];
    const { stdout } = await execa(await buildProbe(), { input: `caller self\n${lines.join('\n')}\n` });
    expect(stdout).toContain('{"id":"2","steps":[{"ret":0},{"ret":0}]}');
  });

  test('signals: mask, pending and ignored stay, handlers do not', async () => {
    const ALL_BUT_KILL_AND_STOP = -262401;
    const set = [
      '0 sigaction signal=10 handler=handler',
      '0 sigaction signal=12 handler=ignore',
      '0 kill who=0 signal=14',
    ];
    const seen = ['0 sighandler signal=10', '0 sighandler signal=12', '0 sigmask', '0 sigpending'];
    expect(await after(...set, '0 execve', ...seen)).toEqual([0, 1, ALL_BUT_KILL_AND_STOP, 1 << 13]);
  });

  test('what has been handled is counted on', async () => {
    const handle = ['0 sigaction signal=10 handler=handler', '0 kill who=0 signal=10', '0 sigunblock mask=0x200'];
    const [, , , handled] = await after(...handle, '0 execve', ...handle, '0 handled signal=10');
    expect(handled).toBe(2);
  });

  test('working directory, umask, nice value; alternate stack, robust list and thread pointer are none', async () => {
    const set = ['0 chdir to=proc', '0 umask mask=63', '0 nice_set value=3', '0 altstack_set', '0 robust_list_set'];
    const seen = ['0 cwd', '0 umask mask=0', '0 nice', '0 altstack', '0 robust_list', '0 tls'];
    expect(await after(...set, '0 execve', ...seen)).toEqual([1, 63, 3, 2, 0, 0]);
  });

  test('descriptors are closed when they say so', async () => {
    const set = ['0 open fd=20', '0 open fd=21', '0 setfd fd=20 flag=1', '0 execve'];
    expect(await after(...set, '0 getfd fd=20', '0 getfd fd=21')).toEqual(['EBADF', 0]);
  });

  test('a TID word is not cleared by a task that had its memory to itself', async () => {
    const child = `0 clone child=1 flags=${String(0x200000 + SIGCHLD)} child_tid=${SHARED_WORD}`;
    const word = `0 read at=${SHARED_WORD}`;
    const steps = [child, `0 write at=${SHARED_WORD} value=9`, '1 execve', word, '1 exit', word];
    expect(await after(...steps)).toEqual([9, { gone: 'exit 0' }, 9]);
  });
});

describe('what execve does to others', () => {
  test.each([...(X64 ? ['vfork child=1'] : []), `clone child=1 flags=${String(VFORK_VM + SIGCHLD)}`])(
    '%s returns',
    async (call) => {
      const [made, , , own] = await perform(`0 ${call}`, '0 getpid', '1 execve', '1 getpid', '0 getpid');
      expect(made).toMatchObject({ blocked: 3 });
      expect(own?.ret).toBe(made?.ret);
    },
  );

  test('the leader of a group ends the other threads', async () => {
    const threads = [`0 clone child=1 flags=${String(THREAD)}`, `0 clone child=2 flags=${String(THREAD)}`];
    const wait = [`0 write at=${WORD} value=9`, `2 futex_wait at=${WORD}`];
    const answers = await perform(...threads, ...wait, '0 execve', '1 getpid', '2 getpid', '0 gettid', '0 getpid');
    expect(answers[3]).toEqual({ gone: 'exit 0', blocked: 5 });
    expect(answers.slice(4, 7)).toEqual([{ ret: 0 }, { absent: true }, { absent: true }]);
    expect(answers[7]).toEqual(answers[8]);
  });

  test('another thread takes over what the leader was called', async () => {
    const threads = [
      '0 clone child=1 flags=17',
      `1 clone child=2 flags=${String(THREAD)}`,
      `1 write at=${WORD} value=9`,
    ];
    const answers = await perform(
      ...[...threads, `1 futex_wait at=${WORD}`, '2 execve', '1 getpid', '2 gettid', '2 getpid'],
      ...[
        '2 sigaction signal=10 handler=handler',
        '0 kill who=2 signal=10',
        '2 sigunblock mask=0x200',
        '2 handled signal=10',
      ],
      ...['2 exit status=4', '0 wait who=1'],
    );
    const [process, thread, , slept, executed, old, tid, pid] = answers;
    expect(thread).not.toEqual(process);
    expect(slept).toEqual({ gone: 'exit 0', blocked: 5 });
    expect([executed, old, tid, pid]).toEqual([{ ret: 0 }, { absent: true }, process, process]);
    expect(answers[11]).toEqual({ ret: 1 });
    expect(answers[13]).toEqual({ ...process, status: 0x400 });
  });

  test('a task that is stopped is blocked in it until it goes on', async () => {
    const stop = ['0 clone child=1 flags=17', '1 sigunblock mask=0xffffffffffffffff', '0 kill who=1 signal=19'];
    const [child, , , executed, , own] = await perform(...stop, '1 execve', '0 kill who=1 signal=18', '1 getpid');
    expect(executed).toEqual({ ret: 0, blocked: 5 });
    expect(own).toEqual(child);
  });
});

test('a new image carries the environment of the probe, by which leftovers are found', async () => {
  const mark = markEnvironment();
  const probe = execa(await buildProbe(), ['--timeout', '10000'], {
    input: '1 scenario 0 execve; 0 execve; 0 spin\n',
    reject: false,
  });
  try {
    await until('a new image is marked', () =>
      markedProcesses(mark).some((pid) =>
        readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('\u0000--task\u00000\u0000'),
      ),
    );
  } finally {
    probe.kill();
    await probe;
  }
  await noneIsLeft(mark);
});
