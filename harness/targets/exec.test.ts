import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { DESCRIPTOR, NONE, RO, clone, flagValue, parseStep, type Caller } from '../../spec/index.js';
import { buildProbe } from '../probe/build.js';
import { ToolError, hostArchitecture } from '../probe/compiler.js';
import { isGone, killed } from '../fixtures/processes.js';
import { execTarget } from './exec.js';
import { withSession } from './target.js';

const SELF: Caller = { name: 'self', attributes: [] };
const FORK = clone(17n);
const NEWNS_FS = clone(flagValue('CLONE_NEWNS') | flagValue('CLONE_FS'));

const RUNSC = ['runsc', '--rootless', '--network=none', 'do'] as const;

/** Why a command cannot be tried here; undefined where it can. */
async function whyNot(file: string, ...args: readonly string[]): Promise<string | undefined> {
  const { failed, code, shortMessage } = await execa(file, args, { reject: false, timeout: 60_000 });
  if (!failed) return undefined;
  return code === 'ENOENT' ? `${file} is not installed` : (shortMessage ?? `${file} does not work here`).split('\n')[0];
}

/** Why this machine runs no i386 programs; undefined where it does. */
async function whyNotI386(): Promise<string | undefined> {
  if (hostArchitecture() !== 'x86_64') return 'this is no x86-64';
  try {
    return await whyNot('env', await buildProbe('i386'), '--timeout', '10000');
  } catch (error) {
    if (error instanceof ToolError) return error.message;
    throw error;
  }
}

/** Each with what it makes of two calls, and why it cannot be tried here. */
const PORTS = [
  {
    name: 'gVisor',
    prefix: RUNSC,
    arch: 'x86_64',
    refusal: { kind: 'child' },
    tracing: { kind: 'blocked', why: 'tracing needs NSpid in /proc/PID/status, which is not there' },
    missing: await whyNot(RUNSC[0], ...RUNSC.slice(1), 'true'),
  },
  {
    name: 'QEMU user mode',
    prefix: ['qemu-aarch64-static'],
    arch: 'aarch64',
    refusal: { kind: 'refused', errno: 'EINVAL' },
    tracing: { kind: 'steps', steps: [{ kind: 'returned' }, { kind: 'failed', errno: 'ENOSYS' }] },
    missing: (await whyNot('qemu-aarch64-static', '--version')) ?? (await whyNot('aarch64-linux-gnu-gcc', '--version')),
  },
  {
    name: 'QEMU user mode for arm',
    prefix: ['qemu-arm-static'],
    arch: 'arm',
    refusal: { kind: 'refused', errno: 'EINVAL' },
    tracing: { kind: 'steps', steps: [{ kind: 'returned' }, { kind: 'failed', errno: 'ENOSYS' }] },
    missing: (await whyNot('qemu-arm-static', '--version')) ?? (await whyNot('arm-linux-gnueabihf-gcc', '--version')),
  },
] as const;

const notI386 = await whyNotI386();

describe.each(PORTS)('$name', ({ prefix: [file, ...args], arch, refusal, tracing, missing }) => {
  if (missing !== undefined) {
    test.skip(`runs the probe (${missing})`, () => undefined);
    return;
  }
  const target = execTarget([file, ...args]);

  test('runs the probe, built for its machine', async () => {
    await withSession(target, async (session, header) => {
      expect(header.arch).toBe(arch);
      const { observations } = await session.run(SELF, [FORK, NEWNS_FS]);
      expect(observations).toMatchObject([{ kind: 'child' }, refusal]);
    });
  }, 60_000);

  test('performs what traces only where its /proc says by which numbers', async () => {
    await withSession(target, async (session) => {
      const steps = ['0: clone(SIGCHLD) → task 1', '0: ptrace_seize(task 1, 0)'].map((text) => parseStep(text));
      const { observations } = await session.run(SELF, [{ call: 'scenario', steps }]);
      expect(observations).toMatchObject([tracing]);
    });
  }, 60_000);

  test('that is killed costs what was in flight at most, says so, and leaves nothing running', async () => {
    const pids: number[] = [];
    await withSession(target, async (session) => {
      expect((await session.run(SELF, [FORK])).observations[0]?.kind).toBe('child');
      const running = session.run(
        SELF,
        Array.from({ length: 50 }, () => FORK),
      );
      pids.push(killed(session.pid));
      const { observations } = await running;
      expect(observations).toHaveLength(50);
      expect(observations.filter(({ kind }) => kind !== 'child').length).toBeLessThanOrEqual(1);
      expect(session.deaths).toHaveLength(1);
    });
    await Promise.all(pids.map(isGone));
  }, 60_000);
});

describe('i386 on an x86-64 kernel', () => {
  if (notI386 !== undefined) {
    test.skip(`runs the probe (${notI386})`, () => undefined);
    return;
  }

  test('is what --arch i386 asks for behind any command', async () => {
    await withSession(execTarget(['env'], 'i386'), async (session, header) => {
      expect([header.arch, header.compat]).toEqual(['i386', true]);
      const calls = [
        clone(flagValue('CLONE_SETTLS') | 17n, { tls: DESCRIPTOR }),
        clone(flagValue('CLONE_SETTLS') | 17n, { tls: RO }),
        clone(flagValue('CLONE_SETTLS') | 17n, { tls: NONE }),
        clone((1n << 40n) | 17n),
      ];
      expect((await session.run(SELF, calls)).observations).toMatchObject([
        { kind: 'child' },
        { kind: 'refused', errno: 'EINVAL' },
        { kind: 'refused', errno: 'EFAULT' },
        { kind: 'child' },
      ]);
    });
  }, 60_000);

  test('sees the base of its segment as its thread pointer, in a new image none', async () => {
    await withSession(execTarget(['env'], 'i386'), async (session) => {
      const steps = [
        '0: tls()',
        '0: clone(CLONE_SETTLS|SIGCHLD, tls=0x20000200) → task 1',
        '1: tls()',
        '1: execve()',
        '1: tls()',
      ].map((text) => parseStep(text));
      const { observations } = await session.run(SELF, [{ call: 'scenario', steps }]);
      const returned = (value: number): object => ({ kind: 'returned', value });
      const done = { kind: 'returned' };
      expect(observations).toMatchObject([
        { kind: 'steps', steps: [returned(0), done, returned(0x2000_0200), returned(0), returned(0)] },
      ]);
    });
  }, 60_000);
});
