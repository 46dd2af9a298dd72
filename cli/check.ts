import { Command } from 'commander';
import { checkTrace, readProbeLines, readTrace } from '../harness/index.js';
import { EXIT, exitStatus } from '../reports/index.js';
import { choiceOption, countOption, judging, readInput, type CommonOptions } from './options.js';
import type { Finish } from './finish.js';
import { unfinished } from './report.js';
import { addJudging, show } from './run.js';

interface Options extends CommonOptions {
  readonly format?: 'pretty' | 'json';
  readonly minJudged: number;
  readonly lines?: string;
}

/** `clonecheck check`. */
export function checkCommand(finish: Finish): Command {
  return addJudging(new Command('check'))
    .description('Judge a trace that `clonecheck exec` made, here or elsewhere.')
    .argument('<trace>', 'FILE, or - for standard input')
    .option(
      '--format <format>',
      'pretty or json (default: pretty on a terminal)',
      choiceOption('format', ['pretty', 'json']),
    )
    .option('--min-judged <n>', 'fewer clauses judged are too little (exit 3)', countOption('min-judged'), 1)
    .option('--lines <file>', 'what the probe was given, where the trace is its own output (`exec --lines` writes it)')
    .addHelpText(
      'after',
      '\nExamples:\n  $ clonecheck exec --out trace.ndjson && clonecheck check --kernel 6.12 trace.ndjson\n  $ clonecheck exec --lines > lines && ./probe < lines > trace && clonecheck check --lines lines trace',
    )
    .action(async (path: string, options: Options) => {
      const { lines: given } = options;
      const lines = given === undefined ? undefined : readProbeLines(await readInput(given), given);
      const trace = readTrace(await readInput(path), path, lines);
      const result = await checkTrace(trace, path, { ...judging(options), seed: 0 });
      show(result, options);
      if (!trace.whole) process.stderr.write(unfinished(path));
      const status = exitStatus(result, options.minJudged);
      // A trace without its footer is not whole: what is missing was not judged.
      finish(status === EXIT.interrupted ? EXIT.unjudged : status);
    });
}
