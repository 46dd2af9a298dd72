import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { clonecheck } from '../harness/fixtures/command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-compare-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const run = async (name: string, ...fault: readonly string[]): Promise<string> => {
  const out = join(folder, name);
  const args = 'run --runs 200 --scenarios 0 --jobs 1 --seed 42 --format json --only *-with-new* --out'.split(' ');
  await clonecheck([...args, out, ...fault.flatMap((each) => ['--fault', each])]);
  return out;
};
const sound = await run('sound.ndjson');
const broken = await run('broken.ndjson', 'accept=0x20200');

describe('compare', () => {
  test.each([
    [
      'a regression',
      [sound, broken],
      1,
      /^Broke \(1\)\n {2}errors\/fs-with-newns\n/m,
      /\nREGRESSED: 1 clause broke\n$/,
    ],
    ['a repair', [broken, sound], 0, /^Mended \(1\)\n/m, /\nNO REGRESSION: 1 mended\n$/],
    ['the same twice', [sound, sound], 0, /^Invalid flags, EINVAL/m, /\nNO REGRESSION\n$/],
  ])('%s', async (_, files, exit, section, end) => {
    const { status, stdout, stderr } = await clonecheck(['compare', ...files, '--format', 'pretty']);
    expect(stdout).toMatch(section);
    expect(stdout).toMatch(end);
    expect(stderr).toBe('');
    expect(status).toBe(exit);
  });

  test('writes one JSON object to a pipe', async () => {
    const { stdout } = await clonecheck(['compare', sound, broken]);
    expect(JSON.parse(stdout)).toMatchObject({ regressed: true, status: 1, old: { target: 'local' } });
  });

  test('a file without its footer proves nothing', async () => {
    const text = (await clonecheck(['compare', sound, sound, '--format', 'json'])).stdout;
    expect(text).toContain('"status":0');
    const cut = join(folder, 'cut.ndjson');
    writeFileSync(cut, `${JSON.stringify((JSON.parse(text) as { old: object }).old)}\n`);
    expect((await clonecheck(['compare', sound, cut])).status).toBe(3);
  });

  test.each([
    ['both standard input', ['-', '-'], 'standard input cannot be both results'],
    ['not a result', [sound, '/dev/null'], '/dev/null:1: there is no header'],
  ])('%s is told in two lines', async (_, files, what) => {
    const { status, stderr } = await clonecheck(['compare', ...files]);
    expect(stderr).toMatch(/^clonecheck: [^\n]+\nHint: [^\n]+\n$/);
    expect(stderr).toContain(what);
    expect(status).toBe(2);
  });
});
