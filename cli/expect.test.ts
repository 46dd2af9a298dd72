import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { clonecheck, type Told } from '../harness/fixtures/command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-expect-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** An ordinary user would be refused without the clause too: what he sees accepted is no rule that is missing. */
const KIND = process.getuid?.() === 0 ? 'missing' : 'accepted';
const KNOWN = `- clause: errors/fs-with-newns\n  target: local\n  kind: ${KIND}\n  reason: known\n`;
const FAULT = ['--fault', 'accept=0x20200'];
/** Runs what judges a few clauses for certain, and expects what a file says. */
const run = async (
  name: string,
  text: string | undefined,
  ...more: readonly string[]
): Promise<Told & { file: string }> => {
  const file = join(folder, name);
  if (text !== undefined) writeFileSync(file, text);
  const args = 'run --only fs-with-* --runs 300 --scenarios 0 --jobs 1 --seed 42 --format pretty --expect'.split(' ');
  return { ...(await clonecheck([...args, file, ...more])), file };
};

describe('run --expect', () => {
  test('ends with 0 where all that differs is expected, and says so', async () => {
    const { stdout, stderr, status } = await run('passing.yaml', KNOWN, ...FAULT);
    expect(stdout).toMatch(/Expected \(1\)\n {2}errors\/fs-with-newns: (?:missing|accepted), .*\n {6}known\n/);
    expect(stdout).toMatch(/CONFORMS, but for 1 expected difference\n$/);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test.each([
    [
      'otherwise',
      KNOWN.replace(KIND, 'EPERM'),
      FAULT,
      /does, but otherwise: (?:missing|accepted) success .* instead of EPERM$/,
    ],
    ['gone', KNOWN, [], /errors\/fs-with-newns was expected to differ, and no longer does$/],
    ['expired', `${KNOWN}  expires: 2020-01-31\n`, FAULT, /expired on 2020-01-31$/],
  ])('ends with 1 where an expectation is broken: %s', async (name, text, fault, what) => {
    const { stderr, status, file } = await run(`${name}.yaml`, text, ...fault);
    const [first = '', second, ...rest] = stderr.split('\n');
    expect(first.startsWith(`clonecheck: ${file}:1:11: `)).toBe(true);
    expect(first).toMatch(what);
    expect(second).toMatch(/^Hint: /);
    expect(rest).toEqual(['']);
    expect(status).toBe(1);
  });

  test.each([
    ['stale', KNOWN.replace('newns', 'newfs'), /stale\.yaml:1:11: there is no clause errors\/fs-with-newfs$/],
    ['target', KNOWN.replace('local', 'remote'), /target\.yaml:2:11: there is no target remote$/],
    ['duplicate', KNOWN + KNOWN, /duplicate\.yaml:5:11: errors\/fs-with-newns on local stands twice$/],
    ['unsaid', KNOWN.replace('known', '"TODO: say why"'), /unsaid\.yaml:4:11: .* without a reason$/],
  ])('ends with 2 before anything runs where the file is wrong: %s', async (name, text, what) => {
    const { stdout, stderr, status } = await run(`${name}.yaml`, text);
    const [first, second, ...rest] = stderr.split('\n');
    expect(first).toMatch(what);
    expect(second).toMatch(/^Hint: /);
    expect(rest).toEqual(['']);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('says what was not judged, and does not take it for gone', async () => {
    const text = KNOWN.replace('fs-with-newns', 'sighand-without-vm');
    const { stdout, stderr, status } = await run('elsewhere.yaml', text);
    expect(stdout).toMatch(/Expected, and not judged here \(1\)\n.*:1:11: .*: the clause was not asked for\n/);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

describe('run --update-expect', () => {
  test('writes a first file, which needs a reason and then holds', async () => {
    const written = await run('new.yaml', undefined, '--update-expect', ...FAULT);
    expect(written.stderr).toBe(`${written.file}: 1 added, 0 changed, 0 removed\n`);
    expect(written.status).toBe(0);
    expect((await run('new.yaml', undefined, ...FAULT)).status).toBe(2);
    const said = readFileSync(written.file, 'utf8').replace('TODO: say why', 'known');
    const { status, stdout } = await run('new.yaml', said, ...FAULT);
    expect(stdout).toMatch(/CONFORMS, but for 1 expected/);
    expect(status).toBe(0);
    // Its case is run, and so it is known to be gone where it is.
    const gone = await run('new.yaml', undefined);
    expect(gone.stderr).toContain('no longer does');
    expect(gone.status).toBe(1);
    expect((await run('new.yaml', undefined, '--update-expect')).stderr).toContain('0 added, 0 changed, 1 removed');
  });

  test('needs a file', async () => {
    const { status, stderr } = await clonecheck(['run', '--update-expect']);
    expect(stderr).toBe('clonecheck: --update-expect: which file\nHint: name it with --expect\n');
    expect(status).toBe(2);
  });
});
