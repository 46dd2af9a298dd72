import { Command } from 'commander';
import { EXIT, readResults, versionsTable } from '../reports/index.js';
import { readInput } from './options.js';
import type { Finish } from './finish.js';
import { unfinished } from './report.js';

/** `clonecheck versions`. */
export function versionsCommand(finish: Finish): Command {
  return new Command('versions')
    .description(
      'Show on which kernels each clause that came or went with a release was judged, as a table in Markdown.',
    )
    .argument(
      '<file...>',
      'results of runs on several kernels (`run --out`, `matrix --results`), or - for standard input',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (paths: readonly string[]) => {
      const files = await Promise.all(
        paths.map(async (path) => ({ path, results: readResults(await readInput(path), path) })),
      );
      process.stdout.write(versionsTable(files.map(({ results }) => results)));
      const cut = files.filter(({ results }) => results.footer === undefined);
      for (const { path } of cut) process.stderr.write(unfinished(path));
      finish(cut.length > 0 ? EXIT.unjudged : EXIT.conforms);
    });
}

const EXAMPLES = `
In a cell: how many cases told the clause apart, all as predicted; ✗ some differed; – the version is not one of the clause's, and the
run, which makes its example too, showed no difference, (–) or was no pass; ? there, and not judged.

Exit status: 0 where a table was written, whatever it says, 3 where a run did not come to its end.

Examples:
  $ clonecheck matrix docs/targets.yaml --results results; clonecheck versions results/linux-*.ndjson`;
