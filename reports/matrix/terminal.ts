import { byStability, isJudged, verdictLine } from '../verdict.js';
import { shownColumn, type Column } from './column.js';
import { differencesOf } from './differences.js';

/** Targets as lines: what each came to, and then each distinct difference with the targets that show it. */
export function matrixText(targets: readonly Column[]): string {
  const columns = targets.map(shownColumn);
  const width = Math.max(...columns.map(({ name }) => name.length));
  const lines = columns.map(({ name, results, trouble }) => {
    if (results === undefined) return `${name.padEnd(width)}  NO RUN: ${trouble}`;
    const { header, clauses, findings } = results;
    const { stable, unstable, expected } = byStability(findings);
    const figures = [
      `${String(clauses.filter(isJudged).length)} of ${String(clauses.length)} clauses judged`,
      `${String(stable.length)} differ`,
      ...(unstable.length > 0 ? [`${String(unstable.length)} unstable`] : []),
      ...(expected.length > 0 ? [`${String(expected.length)} expected`] : []),
    ];
    return `${name.padEnd(width)}  Linux ${header.release}: ${verdictLine(results)}; ${figures.join(', ')}`;
  });
  const differences = differencesOf(columns).flatMap(({ clause, smallest, findings }) => [
    '',
    `${clause}: ${smallest.summary}`,
    ...smallest.text.map((line) => `  ${line}`),
    `  on ${[...findings.keys()].map((place) => columns[place]?.name ?? '').join(', ')}`,
  ]);
  return `${[...lines, ...differences].join('\n')}\n`;
}
