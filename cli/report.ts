import { Command } from 'commander';
import { EXIT, FORMATS, readResults, render, type Format } from '../reports/index.js';
import { InputError } from '../spec/index.js';
import { choiceOption, readInput } from './options.js';
import { writeOutput } from './output.js';
import type { Finish } from './finish.js';
import { colours } from './run.js';

interface Options {
  readonly format: Format;
  readonly out?: string;
}

/** `clonecheck report`. */
export function reportCommand(finish: Finish): Command {
  return new Command('report')
    .description('Write results of `clonecheck run` as a report for people or programs.')
    .argument('<file...>', 'results of runs (`--out` or `--format json`), or - for standard input')
    .option('--format <format>', FORMATS.join(', '), choiceOption('format', FORMATS), 'pretty')
    .option('--out <file>', 'write the report there')
    .addHelpText('after', EXAMPLES)
    .action(async (paths: readonly string[], { format, out }: Options) => {
      if (format === 'json' && paths.length > 1)
        throw new InputError('--format json: one file', 'results of two runs in one file are not read back');
      const files = await Promise.all(
        paths.map(async (path) => ({ path, results: readResults(await readInput(path), path) })),
      );
      const toTerminal = out === undefined && colours();
      const text = render(
        files.map(({ results }) => results),
        format,
        toTerminal,
      );
      if (out === undefined) process.stdout.write(text);
      else writeOutput('out', out, text);
      const cut = files.filter(({ results }) => results.footer === undefined);
      for (const { path } of cut) process.stderr.write(unfinished(path));
      finish(cut.length > 0 ? EXIT.unjudged : EXIT.conforms);
    });
}

/** What is said of a file without its footer. */
export function unfinished(path: string): string {
  return `clonecheck: ${path}: there is no footer; the run did not come to its end\nHint: the report holds what is there; what is missing was not judged\n`;
}

const EXAMPLES = `
Exit status: 0 where a report was written, whatever it says, 3 where a run did not come to its end.

Examples:
  $ clonecheck run --out results.ndjson; clonecheck report results.ndjson --format html --out report.html
  $ clonecheck report results.ndjson --format junit > junit.xml
  $ clonecheck report gvisor.ndjson linux.ndjson --format markdown`;
