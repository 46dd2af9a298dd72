import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { clonecheck, start } from '../harness/fixtures/command-line.js';
import { until } from '../harness/fixtures/processes.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-sweep-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Line = Readonly<Record<string, unknown>>;
const linesOf = (text: string): readonly Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const sweep = (...args: readonly string[]): ReturnType<typeof clonecheck> => clonecheck(['sweep', ...args]);
const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const AS_NPROC = ['clone-flags', '--caller', 'nproc'];

describe('sweep', () => {
  test('writes a header, ranges and a footer, and the same to --out', async () => {
    const out = join(folder, 'out.ndjson');
    const { status, stdout, stderr } = await sweep(...AS_NPROC, '--part', '7/4096', '--out', out);
    expect(linesOf(stdout).map(({ type }) => type)).toEqual(['header', 'range', 'footer']);
    expect(linesOf(stdout).at(-1)).toMatchObject({ words: 4096, differences: 0, missing: 0, status: 0 });
    expect(readFileSync(out, 'utf8')).toBe(stdout);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('ends with 1 where the target differs, and names the call', async () => {
    const args = ['--part', '1/4096', '--format', 'pretty', '--fault', 'accept=0x20200'];
    const { status, stdout } = await sweep(...AS_NPROC, ...args);
    expect(stdout).toMatch(/\n✗ errors\/fs-with-newns: not refused\n {4}user: clone\(CLONE_NEWNS\|CLONE_FS\)\n/);
    expect(stdout).toMatch(/\n4,096 words in .*: 1,024 differences\nDIFFERS from Linux as specified\n$/);
    expect(status).toBe(1);
  });

  test('of parts, joined, is the whole; a part that is missing is no pass', async () => {
    const files = [1, 2, 3].map((part) => join(folder, `part${String(part)}.ndjson`));
    const run = async (index: number, file: string): Promise<void> => {
      const { status } = await sweep(
        'clone-signals',
        '--caller',
        'nproc',
        '--part',
        `${String(index + 1)}/3`,
        '--out',
        file,
      );
      expect(status).toBe(0);
    };
    await Promise.all(files.map((file, index) => run(index, file)));
    const joined = await sweep('--join', ...files, '--format', 'pretty');
    expect(joined.stdout).toContain('77,056 words, no difference');
    expect(joined.status).toBe(0);
    const some = await sweep('--join', ...files.slice(1), '--format', 'json');
    expect(linesOf(some.stdout).at(-1)).toMatchObject({ words: 51_371, missing: 25_685, status: 3 });
    expect(some.status).toBe(3);
    const twice = await sweep('--join', ...files, ...files.slice(1, 2));
    expect(twice.stderr).toMatch(
      /^clonecheck: .*part2.ndjson: words of clone-signals as nproc are in .* too.*\nHint: .*\n$/,
    );
    expect(twice.status).toBe(2);
  });

  test('is interrupted by Ctrl-C with a footer, and goes on from there', async () => {
    const out = join(folder, 'interrupted.ndjson');
    const part = ['--part', '1/32', '--jobs', '1'];
    const { pid, ended } = start(['sweep', 'clone-signals', 'clone-flags', '--caller', 'nproc', ...part, '--out', out]);
    await until('the first line is there', () => {
      try {
        return (
          readFileSync(out, 'utf8').includes('"type":"range"') || readFileSync(out, 'utf8').includes('"type":"header"')
        );
      } catch {
        return false;
      }
    });
    process.kill(-pid, 'SIGINT');
    const { status, stderr } = await ended;
    expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
    const words = (1 << 24) / 32 + 77_056 / 32;
    const footer = linesOf(readFileSync(out, 'utf8')).at(-1);
    expect(footer).toMatchObject({ type: 'footer', interrupted: true, differences: 0 });
    expect(Number(footer?.['words']) + Number(footer?.['missing'])).toBe(words);
    expect(footer?.['missing']).toBeGreaterThan(0);
    const { stdout, status: resumed } = await sweep('--resume', out);
    expect(linesOf(stdout).at(-1)).toMatchObject({ words, missing: 0, interrupted: false, status: 0 });
    expect(linesOf(stdout)[0]).toMatchObject({ part: '1/32' });
    expect(resumed).toBe(0);
  });

  test('--list says what there is, --schema what a line is', async () => {
    const { stdout } = await sweep('--list');
    expect(stdout).toMatch(/^clone-flags +nproc +16,777,216 {2}every set of flags of clone\(\)$/m);
    expect((await sweep('--list', 'clone3-*')).stdout).not.toMatch(/^clone-/m);
    const schema = JSON.parse((await sweep('--schema')).stdout) as Line;
    expect(schema['$schema']).toMatch(/json-schema/);
  });

  const other = join(folder, 'other.ndjson');
  test.each([
    [['clone-flag'], 'there is no sweep clone-flag', 'did you mean clone-flags?'],
    [['--part', '4/3'], '--part: 4/3 is no part', '3/16'],
    [['clone-flags', '--caller', 'rot'], '--caller: nothing is swept as rot', 'nproc'],
    [['--join', '/none'], '/none cannot be read: ENOENT', ''],
    [['--resume', other, 'clone-flags'], '--resume goes without names', ''],
    [['--resume', other], 'release was 6.1.0, and is', 'goes on where it was begun'],
  ])('refuses %j', async (args, what, hint) => {
    const header = {
      type: 'header',
      command: 'sweep',
      version: VERSION,
      target: 'local',
      kernel: '6.1',
      release: '6.1.0',
    };
    const rest = { arch: 'x86_64', order: 'strict', startedAt: '', environment: [], part: '1/4096' };
    const spaces = [{ sweep: 'clone-flags', caller: 'nproc', what: '', words: 1 << 24 }];
    writeFileSync(other, JSON.stringify({ ...header, ...rest, spaces }));
    const { status, stdout, stderr } = await sweep(...args, ...(args.includes(other) ? ['--kernel', '6.1.0'] : []));
    expect(stderr).toMatch(/^clonecheck: [^\n]*\nHint: [^\n]+\n$/);
    expect(stderr).toContain(what);
    expect(stderr).toContain(hint);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});
