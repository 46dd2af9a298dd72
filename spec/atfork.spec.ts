import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { packageRoot } from './index.js';

/** A worked example that needs a C library: handlers of pthread_atfork(3) do not run for a clone. */
const folder = mkdtempSync(join(tmpdir(), 'clonecheck-atfork-'));
const program = join(folder, 'atfork');
const source = join(packageRoot(), 'spec', 'fixtures', 'atfork.c');
const built = await execa('cc', ['-Wall', '-Wextra', '-Werror', '-pthread', '-o', program, source], { reject: false });
const missing = built.code === 'ENOENT' ? 'there is no C compiler here' : undefined;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('pthread_atfork-handlers-do-not-run: they are fork()’s, not the kernel’s', () => {
  if (missing !== undefined) {
    test.skip(missing, () => undefined);
    return;
  }

  test('clone(SIGCHLD), with every other argument null, runs none', async () => {
    const { stdout } = await execa(program, ['clone']);
    expect(stdout).toBe('0 in the parent, 0 in the child');
  });

  test('fork() runs all three', async () => {
    const { stdout } = await execa(program, ['fork()']);
    expect(stdout).toBe('2 in the parent, 2 in the child');
  });
});
