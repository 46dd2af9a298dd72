import type { Hunt } from './hunt.js';

const HEADINGS = ['fault', 'found by clause', 'minimal counterexample', 'cases until found', 'seconds'] as const;

/** What became of each fault: a row each, with a line for each step of its counterexample. */
export function table(hunts: readonly Hunt[]): string {
  const rows = hunts.flatMap(rowsOf);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(HEADINGS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ''].join('\n');
}

function rowsOf({ fault, found, until, seconds, complaints }: Hunt): readonly (readonly string[])[] {
  const [first] = found;
  const [line = 'none', ...more] = first?.counterexample ?? [];
  const mark = complaints.length > 0 ? ' (!)' : '';
  return [
    [
      `${fault?.name ?? 'none'}${mark}`,
      first?.clause ?? 'none',
      line,
      until === undefined ? '' : until.toLocaleString('en-US'),
      seconds.toFixed(0),
    ],
    ...more.map((each) => ['', '', each, '', '']),
  ];
}
