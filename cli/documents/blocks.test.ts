import { afterAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { MAIN } from '../../harness/fixtures/command-line.js';
import { packageRoot } from '../../spec/index.js';
import { blocksOf, isShown, type Block } from '../fixtures/blocks.js';

/**
 * Every block of commands in what a newcomer reads first is run, and prints what the text shows. The blocks of one text are run one after the other in
 * one folder, on a terminal, as somebody would who reads it.
 */
const TEXTS = ['README.md', 'docs/tutorial.md'];

const onPath = (command: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((path) => existsSync(path));

/** Why a block cannot be run here. */
async function obstacle({ notRun, needs, asRoot }: Block): Promise<string | undefined> {
  if (notRun !== undefined) return notRun;
  if (asRoot && process.getuid?.() !== 0) return 'it is run as root';
  if (onPath('script') === undefined) return 'there is no script, which makes a terminal';
  for (const { command, version } of needs) {
    if (onPath(command) === undefined) return `there is no ${command}`;
    const { stdout } = await execa(command, ['--version'], { reject: false });
    if (!stdout.includes(version)) return `${command} is not ${version}`;
  }
  return undefined;
}

for (const text of TEXTS) {
  describe(text, () => {
    const blocks = blocksOf(readFileSync(join(packageRoot(), text), 'utf8'));
    const folder = mkdtempSync(join(tmpdir(), 'clonecheck-blocks-'));
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });
    // `npx clonecheck` and `clonecheck` are this one; the project's own files are there.
    const bin = join(folder, '.bin');
    mkdirSync(bin);
    for (const [name, script] of [
      ['clonecheck', `exec '${process.execPath}' '${MAIN}' "$@"`],
      ['npx', `exec "$@"`],
    ] as const) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    for (const name of ['spec', 'docs', 'corpus', 'targets'])
      symlinkSync(join(packageRoot(), name), join(folder, name));

    test('has blocks, and each says why where it is not run', () => {
      expect(blocks.length).toBeGreaterThan(2);
      expect(blocks.filter(({ notRun }) => notRun === '')).toEqual([]);
    });

    for (const block of blocks) {
      test(`line ${String(block.line)} prints what it shows`, async () => {
        const why = await obstacle(block);
        if (why !== undefined) {
          console.warn(`${text}:${String(block.line)} is not run: ${why}`);
          return;
        }
        for (const { command, shown, line } of block.commands) {
          const script = join(folder, '.command');
          writeFileSync(script, `${command}\n`);
          const { stdout } = await execa('script', ['-qec', `sh ${script} 2>${join(folder, '.errors')}`, '/dev/null'], {
            cwd: folder,
            reject: false,
            stdin: 'ignore',
            env: { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, NO_COLOR: '1', NODE_OPTIONS: '' },
          });
          const errors = readFileSync(join(folder, '.errors'), 'utf8');
          const answer = `${errors.replace(/\r[^\n]*/g, '')}${stdout}`;
          if (isShown(shown, stdout, block) || isShown(shown, answer, block)) continue;
          // Shown side by side, for whoever mends the text.
          expect(`${text}:${String(line)}\n${answer.replaceAll('\r', '').trimEnd()}`).toBe(
            `${text}:${String(line)}\n${shown.join('\n').trimEnd()}`,
          );
        }
      });
    }
  });
}

describe('the notation', () => {
  const shows = (shown: string, printed: string, numbersDiffer = false): boolean =>
    isShown(shown.split('\n'), printed, { numbersDiffer });

  test('… is any text on a line, and any lines on a line of its own', () => {
    expect(shows('a … c', 'a b c\n')).toBe(true);
    expect(shows('a … c', 'a b d\n')).toBe(false);
    expect(shows('a\n…\nc', 'a\nb\nb\nc\n')).toBe(true);
    expect(shows('a\n…\nc', 'a\nc\n')).toBe(true);
    expect(shows('a\nc', 'a\nb\nc\n')).toBe(false);
  });

  test('times are not compared, other numbers are, unless the block says that they differ', () => {
    expect(shows('in 6.7 s (6,723/s)', 'in 10.2 s (12/s)')).toBe(true);
    expect(shows('41,002 cases, 0 not', '41,003 cases, 0 not')).toBe(false);
    expect(shows('41,002 cases, 0 not', '9 cases, 0 not', true)).toBe(true);
    expect(shows('41,002 cases, 0 not', '9 cases, 1 not', true)).toBe(false);
    expect(shows('41,002 cases, 0 not', 'no cases, 0 not', true)).toBe(false);
  });

  test('what is shown is all that is printed', () => {
    expect(shows('a', 'a\nb\n')).toBe(false);
    expect(shows('', 'a\n')).toBe(false);
    expect(shows('', '')).toBe(true);
  });
});
