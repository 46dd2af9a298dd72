import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { clonecheck } from '../harness/fixtures/command-line.js';
import { callerNamed, needsRealRoot, packageRoot, parseStep } from '../spec/index.js';
import { againScenario } from '../reports/sentences.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-root-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const scenario = (caller: string, ...steps: readonly string[]): Parameters<typeof needsRealRoot>[0] => ({
  caller: callerNamed(caller),
  steps: steps.map((step) => parseStep(step)),
});
const NEW_HOST_NAME = ['0: clone(CLONE_NEWUTS|SIGCHLD) → task 1', '1: sethostname("h2")'];

describe('the root of the machine is needed', () => {
  test.each([
    ['for a namespace', scenario('root', ...NEW_HOST_NAME)],
    ['to leave root', scenario('root', '0: chroot("/proc")')],
    ['to go before others', scenario('root', '0: nice_set(-5)')],
  ])('%s', (_, subject) => {
    expect(needsRealRoot(subject)).toBe(true);
    expect(againScenario(subject)).toContain('clonecheck replay --as-root -');
  });

  test.each([
    ['for what everybody may', scenario('root', '0: fork() → task 1', '1: exit(3)', '0: wait(task 1, 0)')],
    ['by an ordinary user, who is refused', scenario('user', ...NEW_HOST_NAME)],
    ['by the root of a user namespace', scenario('userns-root', ...NEW_HOST_NAME)],
  ])('not %s', (_, subject) => {
    expect(needsRealRoot(subject)).toBe(false);
  });
});

const capable =
  /^CapEff:\s*[0-9a-f]*([0-9a-f])[0-9a-f]{5}$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
const isRoot = process.getuid?.() === 0 && (parseInt(capable, 16) & 2) !== 0;

describe('a file that needs the root of the machine', () => {
  const corpus = join(folder, 'corpus');
  mkdirSync(corpus);
  const file = join(corpus, 'one.yaml');
  writeFileSync(file, `note: a\ncaller: root\nsteps: ${JSON.stringify(NEW_HOST_NAME)}\n`);
  const expectations = join(folder, 'expect.yaml');
  writeFileSync(
    expectations,
    `- {clause: effects/newuts, target: local, reason: a, caller: root, steps: ${JSON.stringify(NEW_HOST_NAME)}}\n`,
  );
  const few = ['--runs', '0', '--scenarios', '0', '--caller', 'root'];

  if (!isRoot) {
    test.skip('is refused (these tests do not run as root of the machine)', () => undefined);
    return;
  }

  test.each([
    ['replay', ['replay', file]],
    ['run --corpus', ['run', '--corpus', corpus, ...few]],
    ['exec --pack', ['exec', '--pack', corpus]],
    ['reproduce --run', ['reproduce', '--run', file]],
    ['run --expect', ['run', '--no-corpus', '--expect', expectations, ...few]],
  ])('is refused by %s, with its place', async (_, args) => {
    const { status, stdout, stderr } = await clonecheck(args, { cwd: tmpdir() });
    expect(stderr).toMatch(
      /^clonecheck: .*\.yaml:1:\d+: this scenario needs real root, outside of any sandbox\nHint: .*--as-root/,
    );
    expect([status, stdout]).toEqual([2, '']);
  });

  test('is performed where that is asked for', async () => {
    const { status, stderr } = await clonecheck(['replay', '--as-root', file]);
    expect([status, stderr]).toEqual([0, '']);
  });

  test('is performed where root is that of a sandbox', async () => {
    const { stderr } = await clonecheck(['replay', '--target', 'exec:unshare -Ur', file]);
    expect(stderr).not.toContain('--as-root');
  });

  test('is performed where it comes with clonecheck', async () => {
    const { status } = await clonecheck(['replay', join(packageRoot(), 'corpus', 'vfork-into-time-namespace.yaml')]);
    expect(status).not.toBe(2);
  });

  test('is performed where it is a copy of what comes with clonecheck', async () => {
    const copy = join(folder, 'vfork-into-time-namespace.yaml');
    copyFileSync(join(packageRoot(), 'corpus', 'vfork-into-time-namespace.yaml'), copy);
    expect((await clonecheck(['replay', copy])).status).not.toBe(2);
  });

  test('is printed as a C program, which runs nothing', async () => {
    const { status, stdout } = await clonecheck(['reproduce', file]);
    expect(stdout).toContain('sethostname');
    expect(status).toBe(0);
  });
});
