import { appendFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { openTarget, recordTrace } from '../harness/index.js';
import { EXIT } from '../reports/index.js';
import { InputError } from '../spec/index.js';
import { countOption, judging, type CommonOptions } from './options.js';
import type { Finish } from './program.js';
import { addJudging } from './run.js';
import { addTargeting, meant, type TargetingOptions } from './targeting.js';

interface Options extends CommonOptions, TargetingOptions {
  readonly runs: number;
  readonly seed: number;
  readonly out?: string;
}

/** `clonecheck exec`. */
export function execCommand(finish: Finish): Command {
  return addTargeting(addJudging(new Command('exec')))
    .description('Make calls on a target and write a trace, to be judged by `clonecheck check` anywhere.')
    .option('--runs <n>', 'generated cases, besides the examples of every clause', countOption('runs'), 10_000)
    .option('--seed <n>', 'same seed, same cases', countOption('seed'), 42)
    .option('--out <file>', 'the trace (default: standard output)')
    .addHelpText('after', '\nExample:\n  $ clonecheck exec --out trace.ndjson && clonecheck check trace.ndjson')
    .action(async ({ runs, seed, out, ...options }: Options) => {
      const { target, options: reached, kernel } = meant(options);
      const judged = { ...judging(options), ...(kernel && !options.kernel && { kernel }) };
      if (out !== undefined) create(out);
      await recordTrace(openTarget(target, reached), { ...judged, runs, seed, jobs: 1 }, (text) => {
        if (out === undefined) process.stdout.write(text);
        else appendFileSync(out, text);
      });
      finish(EXIT.conforms);
    });
}

function create(path: string): void {
  try {
    writeFileSync(path, '');
  } catch (error) {
    throw new InputError(
      `--out: ${path} cannot be written`,
      error instanceof Error ? error.message : 'choose another file',
    );
  }
}
