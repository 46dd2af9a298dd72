import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { checkTrace, openTarget, readTrace, run, type RunResult } from '../harness/index.js';
import { exitStatus, ndjson, terminal } from '../reports/index.js';
import {
  callersOption,
  choiceOption,
  countOption,
  defaultJobs,
  globOption,
  judging,
  kernelOption,
  readInput,
  secondsOption,
  type CommonOptions,
} from './options.js';
import type { Finish } from './program.js';
import { addTargeting, meant, type TargetingOptions } from './targeting.js';
import { InputError } from '../spec/index.js';

interface Options extends CommonOptions, TargetingOptions {
  readonly runs: number;
  readonly scenarios: number;
  readonly time?: number;
  readonly seed?: number;
  readonly jobs: number;
  readonly format?: 'pretty' | 'json';
  readonly minJudged: number;
  readonly out?: string;
  readonly fault: readonly string[];
}

/** `clonecheck run`. */
export function runCommand(finish: Finish): Command {
  return addTargeting(addJudging(new Command('run')))
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
    .option('--jobs <n>', 'probes at once', countOption('jobs', 1), defaultJobs())
    .option(
      '--format <format>',
      'pretty or json (default: pretty on a terminal)',
      choiceOption('format', ['pretty', 'json']),
    )
    .option('--min-judged <n>', 'fewer clauses judged are too little (exit 3)', countOption('min-judged'), 1)
    .option('--out <file>', 'write the NDJSON report there too')
    .addOption(
      new Option('--fault <fault>', 'make the local probe lie, for tests')
        .argParser((text: string, all: readonly string[]) => [...all, text])
        .default([])
        .hideHelp(),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => {
      // Said before the work, not after it.
      if (options.out !== undefined) writeReport(options.out, []);
      const { target, options: reached, kernel, unsupported } = meant(options);
      const judged = { ...judging(options), ...(kernel && !options.kernel && { kernel }), unsupported };
      const result = target.startsWith('file:')
        ? await checked(target.slice('file:'.length), judged)
        : await interruptible((signal) =>
            run(openTarget(target, { ...reached, probeArgs: options.fault.flatMap((fault) => ['--fault', fault]) }), {
              ...judged,
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
      show(result, options);
      finish(exitStatus(result, options.minJudged));
    });
}

const EXAMPLES = `
Examples:
  $ clonecheck run                                     the local kernel
  $ clonecheck run --only 'errors/clone3-*' --runs 5000
  $ clonecheck run --caller user,nproc --seed 42 --format json > report.ndjson
  $ clonecheck run --target 'exec:runsc --rootless --network=none do' --kernel 6.12
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

/** Prints a result in the format asked for. */
export function show(
  result: RunResult,
  options: Pick<Options, 'format' | 'out' | 'order'> & { readonly minJudged: number },
): void {
  const format = options.format ?? (process.stdout.isTTY ? 'pretty' : 'json');
  if (format === 'json') for (const line of ndjson(result, options.order)) process.stdout.write(line);
  else process.stdout.write(terminal(result, options.minJudged, colours()));
  if (options.out !== undefined) writeReport(options.out, ndjson(result, options.order));
}

function writeReport(path: string, lines: Iterable<string>): void {
  try {
    writeFileSync(path, [...lines].join(''));
  } catch (error) {
    throw new InputError(
      `--out: ${path} cannot be written`,
      error instanceof Error ? error.message : 'choose another file',
    );
  }
}

/** Colours on a terminal, unless NO_COLOR says otherwise. */
function colours(): boolean {
  // In a pipe isTTY is undefined, whatever its type says, and colours take that for their own default: on wherever CI is set.
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' ? true : false;
}

/** The first SIGINT or SIGTERM ends the work with a report of what ran; the second ends the process. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

let shown = 0;

function showProgress(cases: number): void {
  const now = performance.now();
  if (now - shown < 200) return;
  shown = now;
  process.stderr.write(`\r\x1b[K${cases.toLocaleString('en-US')} cases`);
}
