import {
  EFFECTS,
  ERROR_CLAUSES,
  compareVersions,
  formatKernelVersion,
  hasChange,
  parseKernelVersion,
  type Change,
  type KernelVersion,
} from '../spec/index.js';
import type { ClauseLine, Results } from './results/index.js';
import { verdictOf } from './verdict.js';

/** A clause that is there from one release on, or up to one. */
interface Versioned {
  readonly id: string;
  readonly since?: Change;
  readonly until?: Change;
}

/** A run, with the version that it was held to. */
interface Column {
  readonly version: KernelVersion;
  readonly conforms: boolean;
  readonly clauses: ReadonlyMap<string, ClauseLine>;
}

/** What a run says of a clause. */
type Cell =
  | { readonly is: 'judged'; readonly cases: number }
  | { readonly is: 'differs' }
  /** The version is not one of the clause's. */
  | { readonly is: 'outside'; readonly conforms: boolean }
  | { readonly is: 'unjudged'; readonly why: string };

/**
 * A Markdown table: each clause with `since` or `until`, and what each run says of it.
 *
 * @param runs - of whatever targets; they are put in the order of their versions
 */
export function versionsTable(runs: readonly Results[]): string {
  const columns = runs.map(columnOf).sort((one, other) => compareVersions(one.version, other.version));
  const names = columns.map(({ version }) => formatKernelVersion(version));
  const versioned: readonly Versioned[] = [...ERROR_CLAUSES.clauses, ...EFFECTS].filter(
    ({ since, until }) => since !== undefined || until !== undefined,
  );
  const rows = versioned.map((clause) => {
    const cells = columns.map((column) => cellOf(clause, column));
    return { clause, cells, both: isShownOnBothSides(cells) };
  });
  const shown = rows.filter(({ both }) => both).length;
  const lines = [
    '# Clauses that came or went with a release',
    '',
    LEGEND,
    '',
    row(['clause', 'since', 'until', ...names, 'both sides']),
    row(['---', '---', '---', ...names.map(() => '---:'), '---']),
    ...rows.map(({ clause, cells, both }) =>
      row([
        `\`${clause.id}\``,
        firstOf(clause.since),
        firstOf(clause.until),
        ...cells.map(textOf),
        both ? 'yes' : whyNotBoth(cells),
      ]),
    ),
    '',
    `${String(shown)} of ${String(rows.length)} clauses are shown on both sides of their change.`,
  ];
  return `${lines.join('\n')}\n`;
}

const LEGEND = [
  'Written by `clonecheck versions` from results of runs. In a cell: how many cases told the clause apart, all as predicted. ✗: some',
  "differed. –: the version is not one of the clause's, and the run, in which the example of every rule is made, showed no difference;",
  '(–): the run was no pass. ?: it should be there, and was not judged. What stable releases took over may be judged on versions that do',
  'not promise it.',
].join('\n');

function columnOf(results: Results): Column {
  return {
    version: parseKernelVersion(results.header.kernel) ?? [0, 0, 0],
    conforms: verdictOf(results).word === 'CONFORMS',
    clauses: new Map(results.clauses.map((clause) => [clause.id, clause])),
  };
}

/** A stable release may have taken a change over that its version does not promise: what was judged is there. */
function cellOf({ id, since, until }: Versioned, { version, conforms, clauses }: Column): Cell {
  const line = clauses.get(id);
  if (line?.verdict === 'pass') return { is: 'judged', cases: line.judged };
  if (line?.verdict === 'fail') return { is: 'differs' };
  const isOutside =
    (since !== undefined && !hasChange(version, since)) || (until !== undefined && hasChange(version, until));
  if (isOutside) return { is: 'outside', conforms };
  return { is: 'unjudged', why: line?.why ?? 'the run did not look' };
}

/** Judged where it is there, and without a difference where it is not. */
function isShownOnBothSides(cells: readonly Cell[]): boolean {
  return cells.some(({ is }) => is === 'judged') && cells.some((cell) => cell.is === 'outside' && cell.conforms);
}

function whyNotBoth(cells: readonly Cell[]): string {
  if (cells.some(({ is }) => is === 'judged')) return 'no: each of these kernels has it';
  const unjudged = cells.flatMap((cell) => (cell.is === 'unjudged' ? [cell.why] : [])).at(-1);
  return unjudged === undefined ? 'no: none of these kernels has it' : `no: ${unjudged}`;
}

function textOf(cell: Cell): string {
  switch (cell.is) {
    case 'judged':
      return String(cell.cases);
    case 'differs':
      return '✗';
    case 'outside':
      return cell.conforms ? '–' : '(–)';
    case 'unjudged':
      return '?';
  }
}

function firstOf(change: Change | undefined): string {
  return (change ?? []).map(formatKernelVersion).join(' ');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
