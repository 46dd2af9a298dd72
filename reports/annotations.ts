import type { FindingLine, Results } from './results/index.js';
import { expectedText, repeats } from './sentences.js';
import { byStability, verdictLine, verdictOf } from './verdict.js';

/** GitHub shows so many of a step. */
const MOST = 10;

/**
 * Commands to GitHub Actions, one line each, that annotate a run: an error for each difference and each expectation that is broken, a warning
 * for what did not repeat, and an error where the run as a whole says too little.
 */
export function annotations(results: Results): readonly string[] {
  const { stable, unstable } = byStability(results.findings);
  const { word } = verdictOf(results);
  const errors = [
    ...stable.map((finding) => command('error', finding.clause, told(finding))),
    ...(results.expectations ?? []).flatMap(({ state, clause, why, place }) =>
      state === 'not-judged' ? [] : [command('error', `${clause} at ${place}`, why)],
    ),
    ...(word === 'INTERRUPTED' || word === 'NOT JUDGED' ? [command('error', 'clonecheck', verdictLine(results))] : []),
  ];
  const warnings = unstable.map((finding) => command('warning', `unstable: ${finding.clause}`, told(finding)));
  return [...few(errors, 'error'), ...few(warnings, 'warning')];
}

function told(finding: FindingLine): string {
  const { text, summary, observed, again } = finding;
  return [
    ...text,
    `${summary}: expected ${expectedText(finding)}, observed ${observed}; ${repeats(finding)}`,
    ...(again === undefined ? [] : [`again: ${again}`]),
  ].join('\n');
}

function few(commands: readonly string[], kind: string): readonly string[] {
  if (commands.length <= MOST) return commands;
  const left = commands.length - MOST + 1;
  return [...commands.slice(0, MOST - 1), command(kind, 'clonecheck', `${String(left)} more stand in the report`)];
}

function command(kind: string, title: string, message: string): string {
  const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return `::${kind} title=${data(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${data(message)}`;
}
