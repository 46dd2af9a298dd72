import { Command } from 'commander';
import { readResults } from '../reports/index.js';
import {
  compareMarkdown,
  compareResults,
  compareTerminal,
  comparisonStatus,
  conclusion,
  type Comparison,
} from '../reports/compare/index.js';
import { InputError } from '../spec/index.js';
import { choiceOption, readInput } from './options.js';
import type { Finish } from './finish.js';
import { colours } from './run.js';

interface Options {
  readonly format?: 'pretty' | 'markdown' | 'json';
}

/** `clonecheck compare`. */
export function compareCommand(finish: Finish): Command {
  return new Command('compare')
    .description('Compare two results: what broke, what was mended, what differs otherwise, what is no longer judged.')
    .argument('<old>', 'what `clonecheck run --out FILE` wrote, or - for standard input')
    .argument('<new>', 'the same of a later run')
    .option(
      '--format <format>',
      'pretty, markdown or json (default: pretty on a terminal)',
      choiceOption('format', ['pretty', 'markdown', 'json']),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (old: string, current: string, { format }: Options) => {
      if (old === '-' && current === '-')
        throw new InputError('standard input cannot be both results', 'name a file for one of them');
      const comparison = compareResults(
        readResults(await readInput(old), old),
        readResults(await readInput(current), current),
      );
      process.stdout.write(render(comparison, format ?? (process.stdout.isTTY ? 'pretty' : 'json')));
      finish(comparisonStatus(comparison));
    });
}

const EXAMPLES = `
Ends with 1 where something broke or differs otherwise; with 3 where nothing did, but a run is not whole or a difference came that does not repeat.

Examples:
  $ clonecheck run --seed 42 --out old.ndjson && clonecheck run --seed 42 --out new.ndjson
  $ clonecheck compare old.ndjson new.ndjson
  $ clonecheck compare --format markdown old.ndjson new.ndjson >> "$GITHUB_STEP_SUMMARY"`;

function render(comparison: Comparison, format: 'pretty' | 'markdown' | 'json'): string {
  switch (format) {
    case 'pretty':
      return compareTerminal(comparison, colours());
    case 'markdown':
      return compareMarkdown(comparison);
    case 'json': {
      const { old, new: current, incomplete, regressed, clauses } = comparison;
      const runs = { old, new: current, incomplete, regressed, status: comparisonStatus(comparison) };
      return `${JSON.stringify({ ...runs, conclusion: conclusion(comparison), clauses })}\n`;
    }
  }
}
