import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { clonecheck, start } from '../harness/fixtures/command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-libc-cli-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const { code } = await execa('gcc', ['--version'], { reject: false });

/** A compiler that only complains. */
const broken = join(folder, 'broken-cc');
writeFileSync(broken, '#!/bin/sh\necho "it.c:1: error: nothing works" >&2\nexit 1\n', { mode: 0o755 });

describe('a target libc: that cannot be is said in two lines', () => {
  test.each([
    ['no compiler', ['libc:'], 2, /^clonecheck: libc: names no compiler\nHint: such as libc:gcc/],
    ['an unknown compiler', ['libc:nonesuch'], 2, /^clonecheck: there is no compiler nonesuch\nHint: /],
    ['a broken one', [`libc:${broken}`], 4, /cannot build a program of nothing: it\.c:1: error: nothing works\nHint: /],
    ['an option of kernels', ['libc:gcc', '--seed', '1'], 2, /^clonecheck: --seed says nothing about a libc\nHint: /],
    [
      'no such clause',
      ['libc:gcc', '--only', 'libc/clone-tsl'],
      2,
      /no clause is called libc\/clone-tsl\nHint: did you/,
    ],
  ] as const)('%s', async (_, [target, ...rest], status, said) => {
    const told = await clonecheck(['run', '--target', target, ...rest]);
    expect(told.stderr).toMatch(said);
    expect(told).toMatchObject({ status, stdout: '' });
  });

  test('a name from targets.yaml may be one, and says nothing about kernels then', async () => {
    const file = join(folder, 'targets.yaml');
    writeFileSync(file, 'mine: {target: "libc:nonesuch"}\nold: {target: "libc:gcc", kernel: "5.10"}\n');
    const mine = await clonecheck(['run', '--targets', file, '--target', 'mine']);
    expect(mine.stderr).toMatch(/there is no compiler nonesuch/);
    const old = await clonecheck(['run', '--targets', file, '--target', 'old']);
    expect(old.stderr).toMatch(/kernel: and unsupported: of a named target say nothing about a libc/);
  });

  test('for commands that are about kernels', async () => {
    const { status, stderr } = await clonecheck(['doctor', '--target', 'libc:gcc']);
    expect(stderr).toMatch(/libc:gcc is a libc, no kernel\nHint: /);
    expect(status).toBe(2);
  });
});

test('clonecheck spec prints a clause of libcs', async () => {
  const { status, stdout } = await clonecheck(['spec', 'libc/clone-errno', '--format', 'pretty']);
  expect(stdout).toContain('  refused  EAGAIN for every call that makes a task\n');
  expect(stdout).toContain('  expects  result -1; errno EAGAIN; no child\n');
  expect(status).toBe(0);
});

describe('run --target libc:gcc', () => {
  if (code === 'ENOENT') {
    test.skip('there is no gcc here', () => undefined);
    return;
  }

  test('reports on what was asked for, and ends with 0', async () => {
    const junit = join(folder, 'junit.xml');
    const args = ['--only', 'libc/fork-*', '--format', 'json', '--report', `junit=${junit}`];
    const { status, stdout } = await clonecheck(['run', '--target', 'libc:gcc', ...args]);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'header', target: 'libc:gcc' });
    expect(lines).toContainEqual(expect.objectContaining({ id: 'libc/fork-errno', verdict: 'pass' }));
    expect(lines).toContainEqual(
      expect.objectContaining({
        id: 'libc/fork-call',
        verdict: 'not-run',
        why: expect.stringContaining('left open; observed: '),
      }),
    );
    expect(lines.at(-1)).toMatchObject({ type: 'footer', cases: 3, status: 0 });
    expect(status).toBe(0);
  });

  test('fewer clauses judged than asked for: 3', async () => {
    const args = ['--only', 'libc/fork-*', '--min-judged', '9'];
    expect((await clonecheck(['run', '--target', 'libc:gcc', ...args])).status).toBe(3);
  });

  test('interrupted, it reports what it did, ends with 130 and leaves nothing behind', async () => {
    const own = join(folder, 'temporary');
    mkdirSync(own);
    const args = ['run', '--target', 'libc:gcc', '--only', 'libc/fork-*', '--format', 'json'];
    const { pid, ended } = start(args, { env: { TMPDIR: own } });
    // Where programs are compiled: from then on it listens.
    while (!readdirSync(own).some((name) => name.startsWith('clonecheck-libc-')))
      await new Promise((resolve) => setImmediate(resolve));
    process.kill(pid, 'SIGINT');
    const { status, stdout } = await ended;
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ interrupted: true, status: 130 });
    expect(status).toBe(130);
    expect(readdirSync(own)).toEqual([]);
  });

  test('an expectation that does not hold is said, with its place', async () => {
    const file = join(folder, 'expect.yaml');
    writeFileSync(file, '- {clause: libc/fork-errno, target: "libc:*", kind: errno 0, reason: so it was}\n');
    const args = ['--only', 'libc/fork-errno', '--expect', file];
    const { status, stderr } = await clonecheck(['run', '--target', 'libc:gcc', ...args]);
    expect(stderr).toContain(`${file}:1:12: libc/fork-errno was expected to differ, and no longer does`);
    expect(status).toBe(1);
  });
});
