import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import { isLibcTarget } from '../harness/index.js';
import { EXIT, matrix, matrixText, readResults, verdictOf, type Column } from '../reports/index.js';
import { InputError } from '../spec/index.js';
import { countOption } from './options.js';
import { writeOutput } from './output.js';
import type { Finish } from './finish.js';
import { targetsIn } from './targeting.js';

interface Options {
  readonly out: string;
  readonly results?: string;
  readonly atOnce: number;
}

/** `clonecheck matrix`. */
export function matrixCommand(finish: Finish): Command {
  return new Command('matrix')
    .description('Run every target of a file, several at once, and make one page: targets by clauses.')
    .argument('<file>', 'the YAML file that names the targets')
    .argument(
      '[options...]',
      'behind --: options for each `clonecheck run` of a kernel; {target} in them is the name of the target',
    )
    .option('--out <file>', 'the page', 'matrix.html')
    .option('--results <folder>', 'keep the results of each target there, as NAME.ndjson')
    .option('--at-once <n>', 'targets at once', countOption('at-once', 1), 2)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, runOptions: readonly string[], { out, results, atOnce }: Options) => {
      const targets = targetsIn(file);
      const names = targets.map(({ name }) => name);
      const libcs = new Set(targets.flatMap(({ name, target }) => (isLibcTarget(target) ? name : [])));
      if (names.length === 0) throw new InputError(`${file} names no target`, 'such as `here: {target: local}`');
      const twice = names.find((name, index) => names.map(fileName).indexOf(fileName(name)) !== index);
      if (twice !== undefined)
        throw new InputError(`${file}: ${twice} has the file name of another target`, 'rename it');
      writeOutput('out', out, '');
      const folder = results ?? mkdtempSync(join(tmpdir(), 'clonecheck-matrix-'));
      makeFolder(folder);
      try {
        const { columns, interrupted } = await runAll(names, atOnce, (name, signal) => {
          // How many calls and scenarios, or as whom, says nothing about a libc.
          const own = (libcs.has(name) ? [] : runOptions).map((option) =>
            option.replaceAll('{target}', fileName(name)),
          );
          return runOne(name, join(folder, `${fileName(name)}.ndjson`), [...own, '--targets', file], signal);
        });
        writeOutput('out', out, matrix(columns));
        process.stdout.write(matrixText(columns));
        finish(interrupted ? EXIT.interrupted : statusOf(columns));
      } finally {
        if (results === undefined) rmSync(folder, { recursive: true });
      }
    });
}

const EXAMPLES = `
Exit status: 1 where a target differs, 3 where one could not be judged or run, 0 where all conform.

Examples:
  $ clonecheck matrix targets.yaml --out matrix.html
  $ clonecheck matrix targets.yaml --at-once 4 --results results -- --runs 5000 --seed 42 --reproducers programs/{target}
  $ clonecheck matrix targets.yaml -- --expect expect.yaml --only 'effects/*'`;

/** Runs targets, so many at once; a signal ends those that run with a report of what they did. */
async function runAll(
  names: readonly string[],
  atOnce: number,
  run: (name: string, signal: AbortSignal) => Promise<Column>,
): Promise<{ readonly columns: readonly Column[]; readonly interrupted: boolean }> {
  const columns: Column[] = names.map((name) => ({ name, trouble: 'the matrix was interrupted before' }));
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const waiting = [...names.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !controller.signal.aborted; next = waiting.shift()) {
      const [place, name] = next;
      process.stderr.write(`${name}: begun\n`);
      const column = await run(name, controller.signal);
      columns[place] = column;
      process.stderr.write(
        `${name}: ${column.results === undefined ? column.trouble : verdictOf(column.results).word}\n`,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, names.length) }, work));
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  return { columns, interrupted: controller.signal.aborted };
}

/** A process of its own for each target: what ends one ends no other. */
async function runOne(name: string, path: string, options: readonly string[], signal: AbortSignal): Promise<Column> {
  writeFileSync(path, '');
  const program = process.argv[1] ?? '';
  const words = [...process.execArgv, program, 'run', ...options, '--target', name, '--format', 'json', '--out', path];
  const child = execa(process.execPath, words, {
    reject: false,
    stdin: 'ignore',
    stdout: 'ignore',
    // It hears of Ctrl-C from here, once, and has time for its report.
    detached: true,
  });
  const end = (): void => {
    child.kill('SIGKILL');
  };
  const interrupt = (): void => {
    child.kill('SIGINT');
  };
  process.on('exit', end);
  signal.addEventListener('abort', interrupt);
  const { stderr, exitCode } = await child;
  process.off('exit', end);
  signal.removeEventListener('abort', interrupt);
  const text = readFileSync(path, 'utf8');
  if (text !== '') return { name, results: readResults(text, path) };
  const [first = `it ended with status ${String(exitCode)}`] = stderr.split('\n').filter((line) => line !== '');
  return { name, trouble: first.replace(/^clonecheck: /, '') };
}

/** A difference outweighs what was not judged; a target without a run was not judged. */
function statusOf(columns: readonly Column[]): number {
  const words = columns.map(({ results }) => (results === undefined ? 'NO RUN' : verdictOf(results).word));
  if (words.includes('DIFFERS')) return EXIT.differs;
  return words.every((word) => word === 'CONFORMS') ? EXIT.conforms : EXIT.unjudged;
}

/** A name of a target as one of a file. */
function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, '-').replace(/^\.+/, '');
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch {
    throw new InputError(`--results: ${folder} cannot be made`, 'name a folder that may be written');
  }
}
