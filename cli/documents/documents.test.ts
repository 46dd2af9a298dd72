import { afterAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { FILE_KINDS, schemaNamed } from '../../reports/index.js';
import { CALLERS, EFFECTS, FLAGS, LIBC, SPECIFICATION, packageRoot } from '../../spec/index.js';
import { programOf } from '../program.js';
import { commandTexts } from './commands.js';
import { SHELLS, completionFor } from './completion.js';
import { shapesOf } from './fields.js';
import { madeFiles } from './files.js';
import { manualPage } from './manual.js';

const program = programOf(() => undefined);
const commands = commandTexts(program);
const made = madeFiles(program);
const fileNamed = (path: string): string => made.find((each) => each.path === path)?.text ?? '';
const reference = fileNamed('docs/reference.md');

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-documents-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a test where a tool is, and says where it is not. */
const withTool = (tool: string): typeof test | typeof test.skip => {
  const found = (process.env['PATH'] ?? '').split(delimiter).some((path) => existsSync(join(path, tool)));
  if (!found) console.warn(`skipped: there is no ${tool} here`);
  return found ? test : test.skip;
};

test.each(made)('$path is what `npm run documents` writes', ({ path, text }) => {
  const there = existsSync(join(packageRoot(), path)) ? readFileSync(join(packageRoot(), path), 'utf8') : '';
  // Not shown whole: the command mends it.
  expect(there === text ? 'fresh' : 'stale: npm run documents').toBe('fresh');
});

describe('the reference', () => {
  test('has every command, argument and option', () => {
    const missing = commands.flatMap(({ name, usage, options, arguments: taken }) => {
      const [, rest = ''] = reference.split(`### clonecheck ${name}\n`);
      const [part = ''] = rest.split('\n### ');
      const wanted = [usage, ...options.map(({ flags }) => `\`${flags}\``), ...taken.map((each) => `\`${each.name}\``)];
      return wanted.filter((each) => !part.includes(each)).map((each) => `${name}: ${each}`);
    });
    expect(missing).toEqual([]);
  });

  test('has every clause, flag and caller', () => {
    const wanted = [
      ...SPECIFICATION.errors.clauses.map(({ id }) => id),
      SPECIFICATION.errors.otherwise.id,
      ...EFFECTS.map(({ id }) => id),
      ...LIBC.clauses.map(({ id }) => id),
      ...FLAGS.map(({ name }) => name),
      ...CALLERS.map(({ name }) => name),
    ];
    expect(wanted.filter((each) => !reference.includes(`\`${each}\``))).toEqual([]);
  });

  test.each(FILE_KINDS)('has every field of $name', ({ name, title }) => {
    const [, rest = ''] = reference.split(`### ${title}\n`);
    const [part = ''] = rest.split('\n### ');
    const fields = shapesOf(schemaNamed(name)).flatMap((shape) => shape.fields);
    expect(fields.length).toBeGreaterThan(1);
    expect(fields.filter(({ path }) => !part.includes(`\`${path}\``))).toEqual([]);
    expect(fields.filter(({ what }) => what === '')).toEqual([]);
    expect(new Set(part.match(/"?\bdescription\b/g))).toEqual(new Set());
  });

  test('leads nowhere that is not there', () => {
    const heads = new Set([
      ...[...reference.matchAll(/^#+ (.*)$/gm)].map(([, head = '']) => anchor(head)),
      ...[...reference.matchAll(/<a id="([^"]*)">/g)].map(([, id = '']) => id),
    ]);
    const links = [...reference.matchAll(/\]\(#([^)]*)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(commands.length);
    expect(links.filter((link) => !heads.has(link))).toEqual([]);
  });
});

/** As GitHub makes anchors of headings. */
function anchor(head: string): string {
  return head
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

describe('texts for people', () => {
  const texts = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(packageRoot(), 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.startsWith('api'))
      .map((name) => join('docs', name)),
  ];

  test.each(texts)('%s leads to nothing that is not there', (text) => {
    const links = [...readFileSync(join(packageRoot(), text), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(
      ([, to = '']) => to,
    );
    const gone = links
      .filter((to) => !/^(https?:|#)/.test(to))
      .filter((to) => !existsSync(join(packageRoot(), dirname(text), to.replace(/#.*/, ''))));
    expect(gone).toEqual([]);
  });
});

describe('the manual page', () => {
  const page = join(folder, 'clonecheck.1');
  writeFileSync(page, manualPage(program));

  withTool('mandoc')('has nothing that mandoc complains of', async () => {
    const { stdout } = await execa('mandoc', ['-T', 'lint', '-W', 'warning', page], { reject: false });
    // It has no date, so that it is the same whenever it is made.
    expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
  });

  withTool('man')('is shown with every option as it is typed', async () => {
    const { stdout } = await execa('man', ['-l', page], {
      env: { MANWIDTH: '200', LC_ALL: 'C.UTF-8', MANPAGER: 'cat' },
    });
    for (const { name, options } of commands) {
      expect(stdout).toContain(`\n   ${name}\n`);
      for (const { flags } of options) expect(stdout).toContain(`\n       ${flags}`);
    }
  });
});

describe('completion', () => {
  const SYNTAX = { bash: ['-n'], zsh: ['-n'], fish: ['-n'] } as const;
  for (const shell of SHELLS) {
    const script = join(folder, `completion.${shell}`);
    writeFileSync(script, completionFor(shell, program));

    withTool(shell)(`is a script that ${shell} reads`, async () => {
      const { exitCode, stderr } = await execa(shell, [...SYNTAX[shell], script], { reject: false });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    });

    test(`of ${shell} has every command and option`, () => {
      const text = readFileSync(script, 'utf8');
      for (const { name, options } of commands) {
        expect(text).toContain(name);
        for (const { long } of options) expect(text).toContain(long.slice(2));
      }
    });
  }

  /** What bash offers for the last of some words. */
  const offered = async (...words: readonly string[]): Promise<readonly string[]> => {
    const script = [
      `source ${join(folder, 'completion.bash')}`,
      `COMP_WORDS=(clonecheck ${words.map((word) => `'${word}'`).join(' ')})`,
      `COMP_CWORD=${String(words.length)}`,
      '_clonecheck',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    const { stdout } = await execa('bash', ['--norc', '-c', script], { cwd: folder });
    return stdout.split('\n');
  };

  const inBash = withTool('bash');
  inBash('offers commands', async () => {
    expect(await offered('ex')).toEqual(['explain', 'exec']);
  });
  inBash('offers the options of a command', async () => {
    expect(await offered('compare', '--f')).toEqual(['--format']);
    expect(await offered('run', '--min')).toEqual(['--min-judged']);
  });
  inBash('offers the words that an option takes', async () => {
    expect(await offered('run', '--order', '')).toEqual(['strict', 'any']);
    expect(await offered('completion', 'f')).toEqual(['fish']);
  });
  inBash('offers callers and clauses by name', async () => {
    expect(await offered('explain', '--caller', 'dead')).toEqual(
      CALLERS.map(({ name }) => name).filter((name) => name.startsWith('dead')),
    );
    expect(await offered('spec', 'errors/fs-with')).toEqual(
      SPECIFICATION.errors.clauses.map(({ id }) => id).filter((id) => id.startsWith('errors/fs-with')),
    );
  });
  inBash('offers files where a file is taken', async () => {
    expect(await offered('check', 'completion.z')).toEqual(['completion.zsh']);
  });
});
