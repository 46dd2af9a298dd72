import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clonecheck, commands } from '../harness/fixtures/command-line.js';
import { FILE_KINDS, schemaNamed, type FileKindName } from '../reports/index.js';

const ajv = new Ajv2020({ strict: true, strictTuples: false, validateFormats: false, allowUnionTypes: true });

/** What is wrong with the lines of NDJSON that a command wrote. */
function complaints(name: FileKindName, text: string): readonly string[] {
  const validate = ajv.compile(schemaNamed(name));
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) =>
      validate(JSON.parse(line)) ? [] : [`${ajv.errorsText(validate.errors)}: ${line.slice(0, 300)}`],
    )
    .slice(0, 3);
}

const FEW = ['--caller', 'user', '--runs', '60', '--scenarios', '20', '--no-corpus', '--seed', '7', '--format', 'json'];
const LOGGED = 'clone(child_stack=NULL, flags=CLONE_NEWNS|CLONE_FS|SIGCHLD) = -1 EINVAL (Invalid argument)';

describe('what a command writes is what its --schema says', () => {
  const CASES: readonly (readonly [FileKindName, readonly string[]])[] = [
    ['explain', ['explain', '--json', LOGGED]],
    ['summary', ['explain', '--json', '--summary', LOGGED]],
    ['clauses', ['spec', '--format', 'json']],
    ['doctor', ['doctor', '--format', 'json']],
    ['results', ['run', ...FEW, '--fault', 'accept=0x20200']],
    ['results', ['replay', '--format', 'json', 'clone(CLONE_NEWNS|CLONE_FS)']],
    ['replay', ['replay', '--format', 'json', 'spec/examples/files-shared.yaml']],
    ['trace', ['exec', '--caller', 'user', '--runs', '60', '--scenarios', '20', '--seed', '7']],
    ['sweep', ['sweep', 'clone3-exit-signals', '--caller', 'user', '--format', 'json']],
    ['mutants', ['mutate', '--cases', '50', '--scenarios', '20', '--format', 'json']],
  ];
  const told = commands(CASES.map(([, args]) => args));
  test.each(CASES.map(([name, args], index) => [name, args, index] as const))('%s: %j', async (name, _, index) => {
    const { stdout, stderr } = await told(index);
    expect(stdout === '' ? stderr : complaints(name, stdout)).toEqual([]);
  });

  test('comparison: ["compare", …]', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clonecheck-schema-'));
    const file = join(folder, 'run.ndjson');
    const { stdout } = await clonecheck(['run', ...FEW]);
    writeFileSync(file, stdout);
    const compared = await clonecheck(['compare', '--format', 'json', file, file]);
    expect(complaints('comparison', compared.stdout)).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(stdout);
    rmSync(folder, { recursive: true });
  });
});

describe('--schema', () => {
  test('prints the schema of what is written, and does nothing else, whatever is missing', async () => {
    for (const [command, name] of [
      ['run', 'results'],
      ['explain', 'explain'],
      ['check', 'results'],
      ['matrix', 'targets'],
    ] as const) {
      const { stdout, stderr, status } = await clonecheck([command, '--schema']);
      expect({ command, json: JSON.parse(stdout) as unknown, stderr, status }).toEqual({
        command,
        json: schemaNamed(name),
        stderr: '',
        status: 0,
      });
    }
  });

  test('of another file is asked for by its name', async () => {
    const { stdout } = await clonecheck(['run', '--schema', 'expect']);
    expect(JSON.parse(stdout)).toEqual(schemaNamed('expect'));
    expect(await clonecheck(['run', '--schema', 'expct'])).toMatchObject({
      status: 2,
      stderr: 'clonecheck: --schema: expct is no choice\nHint: did you mean expect?\n',
    });
  });

  test('is there for each kind of file', async () => {
    const commands = [
      'run',
      'explain',
      'doctor',
      'spec',
      'replay',
      'reproduce',
      'exec',
      'check',
      'report',
      'compare',
      'matrix',
      'mutate',
      'sweep',
    ];
    const told = await Promise.all(commands.map((command) => clonecheck([command, '--help'])));
    const help = told.map(({ stdout }) =>
      (/--schema \[file\] +([^]*?)\n {2}-h/.exec(stdout)?.[1] ?? '').replace(/\s+/g, ' '),
    );
    expect(help.filter((text) => text === '')).toEqual([]);
    expect(
      FILE_KINDS.map(({ name }) => name).filter((name) => !help.some((text) => new RegExp(`\\b${name}\\b`).test(text))),
    ).toEqual([]);
  });
});
