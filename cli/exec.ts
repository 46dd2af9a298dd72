import { statSync } from 'node:fs';
import { Command } from 'commander';
import { openTarget, probeLines, readCorpus, recordTrace, type RunOptions } from '../harness/index.js';
import { EXIT } from '../reports/index.js';
import { parseCaseFile, type StoredCase } from '../spec/index.js';
import { addAsRoot, requireAsked, type AsRootOptions } from './as-root.js';
import { countOption, judging, readInput, runningKernel, type CommonOptions } from './options.js';
import { appendOutput, writeOutput } from './output.js';
import type { Finish } from './finish.js';
import { addJudging } from './run.js';
import { addTargeting, meant, type TargetingOptions } from './targeting.js';

interface Options extends CommonOptions, TargetingOptions, AsRootOptions {
  readonly runs: number;
  readonly scenarios: number;
  readonly seed: number;
  readonly pack?: string;
  readonly lines?: true;
  readonly out?: string;
}

/** `clonecheck exec`. */
export function execCommand(finish: Finish): Command {
  return addAsRoot(addTargeting(addJudging(new Command('exec'))))
    .description('Make cases on a target and write a trace, to be judged by `clonecheck check` anywhere.')
    .option('--runs <n>', 'generated cases, besides the examples of every clause', countOption('runs'), 10_000)
    .option('--scenarios <n>', 'scenarios, which judge effects', countOption('scenarios'), 2_000)
    .option('--seed <n>', 'same seed, same cases', countOption('seed'), 42)
    .option('--pack <path>', 'only the cases of a case file, or of a folder of them')
    .option('--lines', 'make nothing: print the lines that a probe reads, for a runner of your own')
    .option('--out <file>', 'write to a file (default: standard output)')
    .addHelpText('after', EXAMPLES)
    .action(async ({ runs, scenarios, seed, pack, lines, out, ...options }: Options) => {
      const { target, options: reached, ...held } = meant(options);
      const stored = pack === undefined ? [] : await packed(pack);
      if (lines !== true) requireAsked(stored, target, options);
      const cases =
        pack === undefined
          ? {}
          : ({
              corpus: stored.map(({ subject }) => subject),
              asked: true,
              runs: 0,
              scenarios: 0,
              callers: [],
            } as const);
      if (out !== undefined) writeOutput('out', out, '');
      const write = (text: string): void => {
        if (out === undefined) process.stdout.write(text);
        else appendOutput('out', out, text);
      };
      const wanted: RunOptions = { ...held, ...judging(options), runs, scenarios, seed, jobs: 1, ...cases };
      if (lines === true) for await (const text of probeLines(wanted.kernel ?? runningKernel(), wanted)) write(text);
      else await recordTrace(openTarget(target, reached), wanted, write);
      finish(EXIT.conforms);
    });
}

const EXAMPLES = `
Examples:
  $ clonecheck exec --out trace.ndjson && clonecheck check trace.ndjson
  $ clonecheck exec --pack corpus | clonecheck check -
  $ clonecheck exec --lines --pack corpus > lines       on the target: ./probe < lines > trace
  $ clonecheck check --lines lines trace`;

/** The cases of a file or folder. */
async function packed(path: string): Promise<readonly StoredCase[]> {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? readCorpus(path) : parseCaseFile(await readInput(path), path);
}
