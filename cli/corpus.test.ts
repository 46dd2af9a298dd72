import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { clonecheck, type Told } from '../harness/fixtures/command-line.js';
import { parseCaseFile } from '../spec/index.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-corpus-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const FAULT = ['--fault', 'accept=0x20200'];
const ARGS = 'run --runs 300 --scenarios 0 --jobs 1 --seed 42 --format pretty --only fs-with-newns'.split(' ');

describe('run --save', () => {
  const save = join(folder, 'saved');
  const run = (): Promise<Told> => clonecheck([...ARGS, '--save', save, ...FAULT]);

  test('writes each finding as a case that replay takes, once', async () => {
    const { stderr } = await run();
    // Accepted rather than missing where the user may not make a mount namespace: another clause would refuse it there.
    const [, path = ''] = /^saved (\S+\/errors-fs-with-newns-(?:missing|accepted)\.yaml)\n$/.exec(stderr) ?? [];
    expect(stderr).toBe(`saved ${path}\n`);
    const [stored] = parseCaseFile(readFileSync(path, 'utf8'), path);
    expect(stored).toMatchObject({ clause: 'errors/fs-with-newns', subject: { call: { call: 'clone' } } });
    expect(stored?.note).toMatch(
      /^local, Linux \S+, \d{4}-\d\d-\d\d: expected EINVAL, observed success; needed: .*CLONE_FS, CLONE_NEWNS: without it /,
    );
    expect((await clonecheck(['replay', path])).status).toBe(0);
    expect((await run()).stderr).toBe('');
    expect(readdirSync(save)).toHaveLength(1);
  });

  test('writes beside another case of that name', async () => {
    const [name = ''] = readdirSync(save);
    const path = join(save, name);
    writeFileSync(path, 'caller: user\ncall: fork()\n');
    expect((await run()).stderr).toBe(`saved ${path.replace('.yaml', '-2.yaml')}\n`);
    expect(readFileSync(path, 'utf8')).toContain('fork()');
  });

  test('says where it cannot', async () => {
    const { stderr, status } = await clonecheck([...ARGS, '--save', '/dev/null/x', ...FAULT]);
    expect(stderr).toMatch(/^clonecheck: --save: \/dev\/null\/x cannot be written\nHint: /);
    expect(status).toBe(2);
  });
});

describe('a corpus', () => {
  const cases = join(folder, 'corpus');
  mkdirSync(cases);
  writeFileSync(
    join(cases, 'one.yaml'),
    '- {caller: user, call: "clone(CLONE_SIGHAND)"}\n- {caller: user, call: fork()}\n',
  );
  writeFileSync(
    join(cases, 'two.yaml'),
    'caller: user\nsteps: ["0: fork() → task 1", "1: exit(3)", "0: wait(task 1, 0)"]\nclause: effects/exit-status\n',
  );
  const footer = async (...args: readonly string[]): Promise<unknown> => {
    const told = await clonecheck(['run', '--runs', '0', '--jobs', '1', '--format', 'json', ...args], { cwd: folder });
    const footer: unknown = JSON.parse(told.stdout.trimEnd().split('\n').at(-1) ?? '');
    return footer;
  };
  const counts = (value: unknown): readonly [number, number] => {
    const { cases: calls, scenarios } = value as { readonly cases: number; readonly scenarios: number };
    return [calls, scenarios];
  };

  test('is run where it stands in the working directory, or where it is named, and not with --no-corpus', async () => {
    const [without, inPlace, named] = [
      counts(await footer('--scenarios', '0', '--caller', 'user', '--no-corpus')),
      counts(await footer('--scenarios', '0', '--caller', 'user')),
      counts(await footer('--scenarios', '0', '--caller', 'user', '--corpus', cases)),
    ];
    expect(without[1]).toBe(0);
    expect(inPlace).toEqual([without[0] + 2, 1]);
    expect(named).toEqual(inPlace);
  });

  test('is left out as far as callers or clauses are chosen that it is not about', async () => {
    expect(counts(await footer('--scenarios', '0', '--caller', 'container'))[1]).toBe(0);
    expect(counts(await footer('--scenarios', '0', '--only', 'fs-with-newns'))[1]).toBe(0);
  });

  test.each([['is not there', ['--corpus', '/no/such'], /^clonecheck: \/no\/such cannot be read: ENOENT\nHint: /]])(
    '%s: two lines and status 2',
    async (_, args, what) => {
      const { stderr, status } = await clonecheck(['run', ...args]);
      expect(stderr).toMatch(what);
      expect(status).toBe(2);
    },
  );
});

describe('replay of several cases', () => {
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const SCENARIO = '- {caller: user, steps: ["0: fork() → task 1", "1: exit(3)", "0: wait(task 1, 0)"]}\n';
  const CALL = '- {caller: user, call: fork()}\n';
  test.each([
    ['calls and scenarios', CALL + SCENARIO, 0],
    ['one call blocked', `${CALL}- {caller: user+chroot, call: fork()}\n`, 3],
    ['one scenario blocked', `${CALL}${SCENARIO.replace('caller: user', 'caller: user+chroot')}`, 3],
    ['a call blocked, all scenarios as predicted', `- {caller: user+chroot, call: fork()}\n${SCENARIO}`, 3],
    ['a return that is not so', SCENARIO.replace(']}', '], returns: {2: 1}}'), 1],
    [
      'a difference beside one blocked',
      `- {caller: user+chroot, call: fork()}\n${SCENARIO.replace(']}', '], returns: {2: 1}}')}`,
      1,
    ],
  ])('%s', async (name, text, expected) => {
    const { status, stderr } = await clonecheck([
      'replay',
      file(`${name.replaceAll(' ', '-')}.yaml`, text),
      '--format',
      'pretty',
    ]);
    expect(stderr).toBe('');
    expect(status).toBe(expected);
  });

  test('a blocked one is never shown as conforming', async () => {
    const { stdout } = await clonecheck([
      'replay',
      file('b.yaml', `${CALL}- {caller: user+chroot, call: fork()}\n`),
      '--format',
      'pretty',
    ]);
    expect(stdout).toMatch(/NOT JUDGED: not every case could be judged here\n$/);
  });
});
