import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { MAIN, clonecheck, commands, start } from '../harness/fixtures/command-line.js';
import { childrenOf, inTheMidst, isGone, runs, until } from '../harness/fixtures/processes.js';
import { PLAIN_CALLER } from '../harness/fixtures/targets.js';
import { shellWord } from '../reports/sentences.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-program-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Line = Readonly<Record<string, unknown>>;
const linesOf = (text: string): readonly Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const shell = async (script: string): Promise<{ stdout: string; stderr: string; status: number | undefined }> => {
  const program = `${shellWord(process.execPath)} ${shellWord(MAIN)}`;
  const { stdout, stderr, exitCode } = await execa('sh', ['-c', script.replaceAll('clonecheck', program)], {
    reject: false,
  });
  return { stdout, stderr, status: exitCode };
};

const COMMANDS = [
  'run',
  'explain',
  'doctor',
  'spec',
  'replay',
  'exec',
  'check',
  'report',
  'compare',
  'versions',
  'sweep',
];

describe('help', () => {
  const told = commands(COMMANDS.map((command) => [command, '--help']));
  test.each(COMMANDS.map((command, index) => [command, index] as const))(
    'of %s has examples',
    async (command, index) => {
      const { stdout, stderr, status } = await told(index);
      expect(stdout).toMatch(new RegExp(`^Usage: clonecheck ${command} `));
      expect(stdout).toMatch(new RegExp(`^Examples?:\\n.*\\$ .*clonecheck ${command}`, 'ms'));
      expect(stderr).toBe('');
      expect(status).toBe(0);
    },
  );

  test('of the program names every command and exit status', async () => {
    const { stdout, status } = await clonecheck(['--help']);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).toContain('`clonecheck` alone means `clonecheck run --target local`');
    expect(stdout).toMatch(/0 conforms, 1 differs, 2 .*3 .*4 .*130 interrupted/);
    expect(status).toBe(0);
  });

  test('--version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await clonecheck(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('run', () => {
  test('is meant where no command is named; writes NDJSON to a pipe, and the same to --out', async () => {
    const out = join(folder, 'report.ndjson');
    const args = [...'--runs 0 --scenarios 0 --jobs 1 --seed 7 --out'.split(' '), out];
    const { stdout, stderr, status } = await clonecheck(args);
    const types = linesOf(stdout).map((line) => line['type']);
    expect(types.at(0)).toBe('header');
    expect(types.at(-1)).toBe('footer');
    expect(new Set(types)).toEqual(new Set(['header', 'clause', 'footer']));
    expect(linesOf(stdout)[0]).toMatchObject({ target: 'local', seed: 7 });
    expect(readFileSync(out, 'utf8')).toBe(stdout);
    expect(stderr).toBe('');
    expect([0, 3]).toContain(status);
  });

  test('ends with 1 where the target differs, and names the call', async () => {
    const args = 'run --runs 500 --scenarios 0 --jobs 1 --seed 42 --format pretty --fault accept=0x20200'.split(' ');
    const { stdout, status } = await clonecheck(args);
    expect(stdout).toContain(`again: clonecheck replay --caller ${PLAIN_CALLER} 'clone(CLONE_NEWNS|CLONE_FS)'\n`);
    expect(stdout).toMatch(/\nDIFFERS from Linux as specified\n$/);
    expect(status).toBe(1);
  });

  test.each(['die=300', 'garbage=300'])('ends with 3 where the probe fails at a case: %s', async (fault) => {
    const args = ['run', '--runs', '300', '--scenarios', '0', '--jobs', '1', '--format', 'pretty', '--fault', fault];
    const { stdout, status } = await clonecheck(args);
    expect(stdout).toMatch(/\nNOT JUDGED: not every case got an answer\n$/);
    expect(status).toBe(3);
  });

  test('ends with 3 where fewer clauses were judged than asked for', async () => {
    const args = 'run --runs 0 --scenarios 0 --only fs-with-newns --min-judged 2 --format pretty'.split(' ');
    const { stdout, status } = await clonecheck(args);
    expect(stdout).toMatch(/1 of 1 clause judged: no difference[^]*\nNOT JUDGED: fewer than 2 clauses were judged\n$/);
    expect(status).toBe(3);
  });
});

describe('replay', () => {
  test('runs one call again', async () => {
    const args = ['replay', '--caller', PLAIN_CALLER, '--format', 'pretty', 'clone(CLONE_NEWNS|CLONE_FS)'];
    const { stdout, status } = await clonecheck(args);
    expect(stdout).toMatch(/1 case in .*: 1 as predicted, 0 not, 0 blocked, 0 not run\nCONFORMS\n$/);
    expect(status).toBe(0);
  });

  test('reads cases from standard input', async () => {
    const input = `- {caller: user, call: "clone(CLONE_SIGHAND)"}\n- {caller: user, call: "fork()"}\n`;
    const { stdout, status } = await clonecheck(['replay', '-', '--format', 'pretty'], { input });
    expect(stdout).toContain('2 cases in ');
    expect(status).toBe(0);
  });

  test('is no pass where the caller cannot be made', async () => {
    const args = ['replay', '--caller', 'user+chroot', '--format', 'pretty', 'fork()'];
    const { stdout, status } = await clonecheck(args);
    expect(stdout).toMatch(/chroot: .*EPERM[^]*NOT JUDGED: no case was judged\n$/);
    expect(status).toBe(3);
  });
});

describe('exec and check', () => {
  test('a trace made in one place is judged in another', async () => {
    const trace = join(folder, 'trace.ndjson');
    const made = await clonecheck(['exec', '--runs', '300', '--out', trace]);
    expect(made).toEqual({ status: 0, stdout: '', stderr: '' });
    const judged = await clonecheck(['check', trace, '--format', 'json', '--only', 'fs-with-newns']);
    expect(linesOf(judged.stdout).at(-1)).toMatchObject({ type: 'footer', judged: ['errors/fs-with-newns'] });
    expect(judged.status).toBe(0);
    const whole = readFileSync(trace, 'utf8');
    const cut = whole.slice(0, whole.lastIndexOf('{"type":"footer"'));
    const { stdout, stderr, status } = await clonecheck(['check', '-', '--format', 'json'], { input: cut });
    expect(linesOf(stdout).at(-1)).toMatchObject({ type: 'footer', interrupted: true });
    expect(stderr).toMatch(/^clonecheck: -: there is no footer; the run did not come to its end\nHint: .*\n$/);
    expect(status).toBe(3);
  });
});

describe('on a terminal', () => {
  const escape = String.fromCharCode(27);
  const spec = 'clonecheck replay --caller user "clone(CLONE_SIGHAND)"';
  const inTerminal = (command: string): string => `script -qec ${shellWord(command)} /dev/null </dev/null`;

  test('a report is coloured, and not with NO_COLOR', async () => {
    const program = `${shellWord(process.execPath)} ${shellWord(MAIN)}`;
    const command = spec.replace('clonecheck', program);
    const { exitCode } = await execa('sh', ['-c', 'command -v script'], { reject: false });
    if (exitCode !== 0) return;
    const coloured = await execa('sh', ['-c', inTerminal(command)], { env: { NO_COLOR: undefined } });
    const plain = await execa('sh', ['-c', inTerminal(command)], { env: { NO_COLOR: '1' } });
    expect(coloured.stdout).toContain(`${escape}[32mCONFORMS`);
    expect(plain.stdout).toContain('CONFORMS');
    expect(plain.stdout).not.toContain(`${escape}[3`);
  });
});

describe('a reader that has seen enough', () => {
  test.each([
    ['clonecheck spec --format json', /^\{.*\}$/],
    ['clonecheck run --runs 0 --scenarios 0 --jobs 1 --format json', /^\{"type":"header".*\}$/],
    ['yes "fork() = 7" | clonecheck explain --json -', /^\{"call":"fork\(\)".*\}$/],
    ['clonecheck exec --runs 2000', /^\{"type":"header".*\}$/],
  ])('%s | head -1', async (command, line) => {
    const { stdout, stderr } = await shell(`${command} | head -1`);
    expect(stdout).toMatch(line);
    expect(stderr).toBe('');
  });
});

describe('Ctrl-C', () => {
  test.each([
    ['`clonecheck` alone', []],
    ['a long run', ['run', '--runs', '100000000', '--jobs', '1', '--format', 'json']],
  ])('ends %s with a report of what ran, exit status 130, and no process left', async (_, args) => {
    const { pid, ended } = start(args);
    const probes = await inTheMidst(pid);
    process.kill(-pid, 'SIGINT');
    const { status, stdout, stderr } = await ended;
    expect(status).toBe(130);
    expect(stderr).toBe('');
    const footer = linesOf(stdout).at(-1);
    expect(footer).toMatchObject({ type: 'footer', interrupted: true, lost: [] });
    expect(footer?.['cases']).toBeGreaterThan(500);
    for (const probe of probes) await isGone(probe);
    expect(runs(pid)).toBe(false);
  });

  test.each([
    ['run', []],
    ['sweep', ['clone-flags']],
  ])('before the target of `%s` has answered says that nothing was judged, exit status 130', async (command, args) => {
    const silent = join(folder, 'silent');
    writeFileSync(silent, '#!/bin/sh\nexec cat >/dev/null\n', { mode: 0o755 });
    const { pid, ended } = start([command, ...args, '--target', `exec:${silent}`, '--jobs', '2']);
    const listening = (): readonly number[] =>
      childrenOf(pid).filter((child) => {
        try {
          return readFileSync(`/proc/${String(child)}/comm`, 'utf8') === 'cat\n';
        } catch {
          return false;
        }
      });
    await until('both probes were started', () => listening().length === 2);
    const children = listening();
    process.kill(-pid, 'SIGINT');
    const { status, stdout, stderr } = await ended;
    expect(stderr).toBe(
      `clonecheck: interrupted before exec:${silent} had answered: nothing was judged\n` +
        'Hint: Ctrl-C later than that ends with a report of what ran\n',
    );
    expect([status, stdout]).toEqual([130, '']);
    for (const child of children) await isGone(child);
  });
});
