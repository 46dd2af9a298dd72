import { describe, expect, test } from '@jest/globals';
import { clonecheck, commands } from '../harness/fixtures/command-line.js';

const told = commands([
  ['spec', '--format', 'markdown'],
  ['spec', '--format', 'markdown', '--kernel', '5.10'],
  ['spec', '--errata', '--format', 'pretty'],
  ['spec', '--errata', '--format', 'json'],
  ['spec', 'effects/files-shared', '--format', 'pretty'],
  ['spec', 'fs-with-newns', '--format', 'json'],
]);

describe('spec', () => {
  test('--format markdown is the whole specification as a page', async () => {
    const { stdout, status } = await told(0);
    expect(stdout).toMatch(/^# clone, clone3, fork and vfork: what Linux 4\.4 to 7\.3 does\n/);
    expect(stdout.split('\n').filter((line) => line.startsWith('## '))).toEqual(
      ['Flags', 'Refusals', 'Effects', 'Libcs', 'Features', 'Callers', 'Errata'].map((title) => `## ${title}`),
    );
    expect(status).toBe(0);
    expect((await told(1)).stdout).toMatch(/^# .* what Linux 5\.10 does\n/);
  });

  test('--errata lists refusals and effects, each with the function that bears it out', async () => {
    const { stdout } = await told(2);
    expect(stdout).toMatch(/^errors\/thread-with-newpid\n {4}clone\(2\) .*\n {4}kernel\/fork\.c copy_process\(\)\n/m);
    expect(stdout).toMatch(/^effects\/cleartid-needs-sharer\n/m);
    const json = (await told(3)).stdout.trimEnd().split('\n');
    expect(json.map((line) => (JSON.parse(line) as { id: string }).id)).toContain('effects/io-shared');
  });

  test('prints an effect as it prints a refusal', async () => {
    expect((await told(4)).stdout).toMatch(/^effects\/files-shared\n {2}flag {7}CLONE_FILES\n/);
    expect(JSON.parse((await told(5)).stdout)).toMatchObject({ id: 'errors/fs-with-newns', errno: 'EINVAL' });
  });

  test('says what it does not know', async () => {
    const { stderr, status } = await clonecheck(['spec', 'files-shard']);
    expect(stderr).toMatch(/^clonecheck: there is no clause files-shard\nHint: /);
    expect(status).toBe(2);
  });
});
