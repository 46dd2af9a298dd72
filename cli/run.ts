import { Command, Option } from 'commander';
import { checkTrace, isLibcTarget, openTarget, readTrace, run, type RunResult } from '../harness/index.js';
import {
  FORMATS,
  exitStatus,
  ndjson,
  render,
  resultsOf,
  terminal,
  type Format,
  type ReportOptions,
  type Results,
} from '../reports/index.js';
import {
  callersOption,
  choiceOption,
  countOption,
  jobsOption,
  globOption,
  judging,
  kernelOption,
  readInput,
  secondsOption,
  type CommonOptions,
} from './options.js';
import { addAsRoot, requireAsked, type AsRootOptions } from './as-root.js';
import { addCorpus, corpusOf, saveIn, type CorpusOptions } from './corpus.js';
import { Expectations, addExpectations, type ExpectOptions } from './expect.js';
import { tellGitHub } from './github.js';
import type { Finish } from './finish.js';
import { reproduced } from './reproducers.js';
import { runOnLibc } from './run-libc.js';
import { writeOutput } from './output.js';
import { addTargeting, meant, type TargetingOptions } from './targeting.js';
import { InputError } from '../spec/index.js';

interface Options extends CommonOptions, TargetingOptions, CorpusOptions, ExpectOptions, AsRootOptions {
  readonly runs: number;
  readonly scenarios: number;
  readonly time?: number;
  readonly seed?: number;
  readonly jobs: number;
  readonly format?: 'pretty' | 'json';
  readonly minJudged: number;
  readonly out?: string;
  readonly reproducers?: string;
  readonly report: readonly Report[];
  readonly fault: readonly string[];
}

/** `clonecheck run`. */
export function runCommand(finish: Finish): Command {
  return addAsRoot(addCorpus(addExpectations(addTargeting(addJudging(new Command('run'))))))
    .description('Generate calls, make them on a target, judge each against the model, and reduce what differs.')
    .option('--runs <n>', 'generated cases, besides the examples of every clause', countOption('runs'), 40_000)
    .option(
      '--scenarios <n>',
      'scenarios, which judge effects; more are run while one is missed',
      countOption('scenarios'),
      4_000,
    )
    .option('--time <seconds>', 'stop generating after so long', secondsOption('time'))
    .option('--seed <n>', 'same seed, same cases (default: a new one)', countOption('seed'))
    .addOption(jobsOption())
    .option(
      '--format <format>',
      'pretty or json (default: pretty on a terminal)',
      choiceOption('format', ['pretty', 'json']),
    )
    .option('--min-judged <n>', 'fewer clauses judged are too little (exit 3)', countOption('min-judged'), 1)
    .option('--out <file>', 'write the NDJSON report there too')
    .option('--reproducers <folder>', 'write a C program for each finding there, and say whether it shows the same')
    .option(
      '--report <format=file>',
      `write a report there too (${FORMATS.join(', ')}); several may be asked for`,
      reportOption,
      [],
    )
    .addOption(
      new Option('--fault <fault>', 'make the local probe lie, for tests')
        .argParser((text: string, all: readonly string[]) => [...all, text])
        .default([])
        .hideHelp(),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (given: Options, command: Command) => {
      const { target, options: reached, expect, ...held } = meant(given);
      const options: Options = { ...(expect !== undefined && { expect }), ...given };
      if (isLibcTarget(target)) {
        const shown = (results: Results): void => {
          print(results, options);
        };
        finish(await interruptible((signal) => runOnLibc({ ...options, target, named: held }, command, signal, shown)));
        return;
      }
      // Said before the work, not after it.
      const judged = { ...held, ...judging(options) };
      const expectations = Expectations.read(options);
      const fromFiles = [...(expectations?.cases ?? []), ...corpusOf(options, options.only, options.caller)];
      requireAsked(fromFiles, target, options);
      if (options.out !== undefined) writeOutput('out', options.out, '');
      for (const { file } of options.report) writeOutput('report', file, '');
      const probeArgs = options.fault.flatMap((fault) => ['--fault', fault]);
      const opened = target.startsWith('file:') ? undefined : openTarget(target, { ...reached, probeArgs });
      const found =
        opened === undefined
          ? await checked(target.slice('file:'.length), judged)
          : await interruptible((signal) =>
              run(opened, {
                ...judged,
                corpus: fromFiles.flatMap(({ subject }) => subject ?? []),
                runs: options.runs,
                scenarios: options.scenarios,
                seed: options.seed ?? Math.floor(Math.random() * 0x7fff_ffff),
                jobs: options.jobs,
                ...(options.time !== undefined && { seconds: options.time }),
                signal,
                ...(process.stderr.isTTY && { progress: showProgress }),
              }),
            );
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
      const result = expectations?.hold(found) ?? found;
      const written = options.reproducers === undefined ? {} : await reproduced(opened, result, options.reproducers);
      const results = show(result, { ...options, ...written });
      for (const { format, file } of options.report) writeOutput('report', file, render([results], format));
      tellGitHub(results);
      saveIn(options, result);
      finish(exitStatus(result, options.minJudged));
    });
}

const EXAMPLES = `
Examples:
  $ clonecheck run                                     the local kernel
  $ clonecheck run --only 'errors/clone3-*' --runs 5000
  $ clonecheck run --caller user,nproc --seed 42 --format json > report.ndjson
  $ clonecheck run --expect expect.yaml                 known differences do not count, and have to be there
  $ clonecheck run --report html=report.html --report junit=junit.xml
  $ clonecheck run --save corpus                        each finding as a file, run first next time
  $ clonecheck run --target 'exec:runsc --rootless --network=none do' --kernel 6.12
  $ clonecheck run --target 'libc:musl-gcc -static'     a libc's wrappers: libc: and a compiler
  $ clonecheck run --target vm:/boot/vmlinuz-6.12 --append 'user_namespace.enable=0'`;

/** A recorded trace as a target: what it holds is judged. */
async function checked(path: string, options: Omit<Parameters<typeof checkTrace>[2], 'seed'>): Promise<RunResult> {
  return checkTrace(readTrace(await readInput(path), path), path, { ...options, seed: 0 });
}

/** Options that say how cases are judged. */
export function addJudging(command: Command): Command {
  return command
    .option('--caller <names>', 'only these callers, separated by commas', callersOption)
    .option('--only <glob>', 'only clauses whose id matches', globOption)
    .option(
      '--order <order>',
      "strict: where several refusals hold, Linux's own must win; any: each may",
      choiceOption('order', ['strict', 'any']),
      'strict',
    )
    .option(
      '--level <level>',
      'linux: everything; documented: only what a man page or header promises',
      choiceOption('level', ['documented', 'linux']),
      'linux',
    )
    .option('--kernel <version>', 'hold the target to this Linux (default: the one that it reports)', kernelOption);
}

/** Prints a result in the format asked for, and answers what it is made of. */
export function show(result: RunResult, options: Pick<Options, 'format' | 'out' | 'order'> & ReportOptions): Results {
  const results = resultsOf(result, options);
  print(results, options);
  return results;
}

function print(results: Results, options: Pick<Options, 'format' | 'out'>): void {
  const format = options.format ?? (process.stdout.isTTY ? 'pretty' : 'json');
  if (format === 'json') for (const line of ndjson(results)) process.stdout.write(line);
  else process.stdout.write(terminal(results, colours()));
  if (options.out !== undefined) writeOutput('out', options.out, [...ndjson(results)].join(''));
}

/** A report that `--report FORMAT=FILE` asks for. */
interface Report {
  readonly format: Format;
  readonly file: string;
}

function reportOption(text: string, all: readonly Report[]): readonly Report[] {
  const [word = '', ...rest] = text.split('=');
  const file = rest.join('=');
  if (file === '') throw new InputError(`--report: ${text} names no file`, 'such as --report html=report.html');
  return [...all, { format: choiceOption('report', FORMATS)(word), file }];
}

/** Colours on a terminal, unless NO_COLOR says otherwise. */
export function colours(): boolean {
  // In a pipe isTTY is undefined, whatever its type says, and colours take that for their own default: on wherever CI is set.
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' ? true : false;
}

/** Within so many milliseconds a signal that comes twice is one: npm and timeout(1) pass on what the terminal has sent us already. */
const ECHO = 500;

/** The first SIGINT or SIGTERM ends the work with a report of what ran; the second ends the process. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let first = 0;
  const stop = (): void => {
    const now = performance.now();
    if (!controller.signal.aborted) {
      first = now;
      controller.abort();
    } else if (now - first > ECHO) process.exit(130);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    // After the first one the report is still to be written, and the second may be on its way.
    if (!controller.signal.aborted) {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    }
  }
}

let shown = 0;

function showProgress(cases: number): void {
  const now = performance.now();
  if (now - shown < 200) return;
  shown = now;
  process.stderr.write(`\r\x1b[K${cases.toLocaleString('en-US')} cases`);
}
