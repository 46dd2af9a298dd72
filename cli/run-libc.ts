import type { Command } from 'commander';
import { runLibc } from '../harness/index.js';
import { render, resultsOfLibc, type Format, type Results } from '../reports/index.js';
import { InputError, type Level } from '../spec/index.js';
import { Expectations, type ExpectOptions } from './expect.js';
import { tellGitHub } from './github.js';
import { writeOutput } from './output.js';
import type { Meant } from './targeting.js';

/** What `run` is asked for, as far as it is about a libc. */
export interface LibcRunOptions extends ExpectOptions {
  readonly target: string;
  /** What `targets.yaml` says of it besides: nothing that is about kernels. */
  readonly named: Pick<Meant, 'kernel' | 'unsupported'>;
  readonly level: Level;
  readonly only?: (clause: string) => boolean;
  readonly minJudged: number;
  readonly out?: string;
  readonly report: readonly { readonly format: Format; readonly file: string }[];
}

/** Options of `run` that are about calls on a kernel. */
const KERNEL_ONLY: readonly string[] = [
  ...['caller', 'kernel', 'order', 'runs', 'scenarios', 'time', 'seed', 'jobs'],
  ...['corpus', 'save', 'reproducers', 'fault', 'updateExpect', 'arch', 'append'],
];

/**
 * `clonecheck run --target libc:COMPILER`.
 *
 * @param shown - prints results as `run` does
 * @returns the exit status
 * @throws InputError where an option was given that says nothing about a libc
 */
export async function runOnLibc(
  options: LibcRunOptions,
  command: Command,
  signal: AbortSignal,
  shown: (results: Results) => void,
): Promise<number> {
  const stray = KERNEL_ONLY.find((name) => command.getOptionValueSource(name) === 'cli');
  if (stray !== undefined) {
    const option = stray.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new InputError(`--${option} says nothing about a libc`, 'leave it out: the cases of a libc are fixed');
  }
  if (options.named.kernel !== undefined || options.named.unsupported.length > 0)
    throw new InputError(
      'kernel: and unsupported: of a named target say nothing about a libc',
      'leave them out: what a libc does not have is found out by compiling',
    );
  const expectations = Expectations.read(options);
  if (options.out !== undefined) writeOutput('out', options.out, '');
  for (const { file } of options.report) writeOutput('report', file, '');
  const run = await runLibc(options.target, {
    level: options.level,
    ...(options.only !== undefined && { selects: options.only }),
    signal,
  });
  const held = expectations?.holdLibc(run);
  const results = resultsOfLibc(run, { minJudged: options.minJudged, ...(held && { expectations: held }) });
  shown(results);
  for (const { format, file } of options.report) writeOutput('report', file, render([results], format));
  tellGitHub(results);
  // A run that is whole has a footer.
  return results.footer?.status ?? 4;
}
