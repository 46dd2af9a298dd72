import { fit, type Part } from './budget.js';
import type { ClauseLine, FindingLine, Results } from './results/index.js';
import { neededGroups } from '../harness/index.js';
import { count, expectedText, originOf, repeats } from './sentences.js';
import { remarks, totals } from './terminal.js';
import { byStability, isJudged, notJudgedGroups, standings, verdictLine } from './verdict.js';

/** A step summary of GitHub Actions may have so many bytes. */
export const MOST_MARKDOWN = 1024 * 1024;

/** Room for the sentence that says what was left out. */
const NOTE = 400;

/**
 * Runs as Markdown, as GitHub reads it. What targets and files say stands in code alone, so that none of it is markup, a link or a mention.
 *
 * @param most - the size in bytes that it may have; what does not fit is left out, and a sentence says so
 */
export function markdown(runs: readonly Results[], most: number = MOST_MARKDOWN): string {
  const parts = runs.flatMap(sections);
  const texts = fit(parts, most - NOTE);
  const text = texts.join('');
  const left = parts.filter((_, index) => texts[index] === undefined);
  if (left.length === 0) return text;
  const findings = left.filter(({ short }) => short !== undefined).length;
  const rows = left.filter(({ whole }) => whole.startsWith('| ')).length;
  const others = left.length - findings - rows;
  const what = [
    ...(findings > 0 ? [count(findings, 'difference')] : []),
    ...(rows > 0 ? [count(rows, 'row')] : []),
    ...(others > 0 ? [count(others, 'section')] : []),
  ].join(', ');
  const note = `> **Left out: ${what}.** This text may have ${Math.floor(most / 1024).toLocaleString('en-US')} KiB; the results hold everything.\n`;
  return most < NOTE ? '' : `${text}${note}`;
}

function sections(results: Results): readonly Part[] {
  const { header, clauses, findings, footer } = results;
  const { stable, unstable, expected } = byStability(findings);
  const facts = [
    ['Target', header.target],
    ['Kernel', `Linux ${header.release} ${header.arch}`],
    ...(header.release.startsWith(header.kernel) ? [] : [['Held to', `Linux ${header.kernel}`]]),
    ['Seed', String(header.seed)],
    ['Begun', header.startedAt],
  ] as const;
  return [
    {
      whole: lines(
        '# clonecheck',
        '',
        `**${prose(verdictLine(results))}** · ${String(clauses.filter(isJudged).length)} of ${count(clauses.length, 'clause')} judged, ${count(stable.length, 'difference')}`,
        '',
        ...facts.map(([name, value]) => `- ${name}: ${code(value)}`),
        ...(footer === undefined ? [] : totals(footer).map((line) => `- ${prose(line)}`)),
        ...remarks(results).map((remark) => `- Note: ${code(remark)}`),
        ...(footer?.blockedCallers ?? []).map(
          ({ caller, why }) => `- Cannot be made here: ${code(caller)}, ${code(why)}`,
        ),
      ),
    },
    ...(clauses.length === 0 ? [] : [{ whole: tallies(results) }]),
    ...table(findings),
    ...group('Differences', stable),
    ...group('Unstable: seen, but not each time', unstable),
    ...group('Expected', expected),
    ...expectations(results),
    ...notJudgedGroups(clauses).map(({ title, members }) => ({
      whole: lines(`## ${prose(title)} (${String(members.length)})`, '', ...byReason(members)),
    })),
  ];
}

/** Clauses with the same reason stand together. */
function byReason(clauses: readonly ClauseLine[]): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const { id, why = '' } of clauses) reasons.set(why, [...(reasons.get(why) ?? []), code(id)]);
  return [...reasons].map(([why, ids]) => `- ${why === '' ? '' : `${code(why)}: `}${ids.join(', ')}`);
}

/** All findings at a glance, a row each. */
function table(findings: readonly FindingLine[]): readonly Part[] {
  if (findings.length === 0) return [];
  const head = '| Clause | Smallest case | Expected | Observed | Runs |\n| :-- | :-- | :-- | :-- | :-- |\n';
  return [{ whole: head }, ...findings.map((finding) => ({ whole: row(finding) })), { whole: '\n' }];
}

function row(finding: FindingLine): string {
  const { clause, case: subject, text, observed, unstable, expectation, reproducible } = finding;
  const mark = expectation !== undefined ? ' (expected)' : unstable ? ' (unstable)' : '';
  const steps = finding.steps === undefined ? text : [`as ${subject.caller}`, ...text];
  const cells = [
    cell(clause) + mark,
    steps.map(cell).join('<br>'),
    cell(expectedText(finding)),
    cell(observed),
    `${String(reproducible.k)}/${String(reproducible.n)}`,
  ];
  return `| ${cells.join(' | ')} |\n`;
}

function expectations({ expectations: all = [] }: Results): readonly Part[] {
  if (all.length === 0) return [];
  const entries = all.map(
    ({ clause, place, state, why }) => `- ${code(place)} ${code(clause)}, ${state}: ${code(why)}`,
  );
  return [{ whole: lines('## Expectations', '', ...entries) }];
}

function group(title: string, findings: readonly FindingLine[]): readonly Part[] {
  if (findings.length === 0) return [];
  return [
    { whole: lines(`## ${title} (${String(findings.length)})`) },
    ...findings.map((finding) => ({ whole: described(finding, true), short: described(finding, false) })),
  ];
}

function described(finding: FindingLine, program: boolean): string {
  const { clause, summary, text, steps, note, why, again, reproducer, expectation, needed } = finding;
  const told =
    steps?.map(({ text: step, expected = '', observed = '', differs }) =>
      differs ? [`> ${step}`, `    expected ${expected}`, `    observed ${observed}`].join('\n') : `  ${step}`,
    ) ?? text;
  return lines(
    `### ${code(clause)}: ${code(summary)}`,
    '',
    fenced(told.join('\n')),
    '',
    `Expected ${code(expectedText(finding))}, observed ${code(finding.observed)}${note === undefined ? '' : ` (${code(note)})`}; ${repeats(finding)}.`,
    ...(why === undefined ? [] : ['', `${code(why)} (${code(originOf(finding))})`]),
    ...(needed.length === 0 ? [] : ['', 'Each part is needed:', '']),
    ...neededGroups(needed).map(({ parts, why: reason }) => `- ${parts.map(code).join(', ')}: ${code(reason)}`),
    ...(expectation === undefined ? [] : ['', `Expected because: ${code(expectation.reason)}`]),
    ...(again === undefined ? [] : ['', fenced(again, 'sh')]),
    ...(reproducer === undefined
      ? []
      : program
        ? ['', '<details><summary>C program</summary>', '', fenced(reproducer, 'c'), '', '</details>']
        : ['', 'The C program is left out: there is no room for it here.']),
  );
}

/** How many clauses of each group came to what. */
function tallies(results: Results): string {
  const standing = standings(results);
  const { clauses } = results;
  const groups = [...new Set(clauses.map(({ id }) => groupOf(id)))];
  const columns = [
    ['as specified', ['pass']],
    ['differ', ['differs', 'unstable', 'expected']],
    ['shadowed by a difference', ['shadowed']],
    ['blocked', ['blocked']],
    ['not judged', ['not-run']],
  ] as const;
  const row = (name: string): string => {
    const members = clauses.filter(({ id }) => groupOf(id) === name).map(({ id }) => standing.get(id));
    const figures = columns.map(([, wanted]) =>
      String(members.filter((each) => wanted.some((one) => one === each)).length),
    );
    return `| ${code(name)} | ${figures.join(' | ')} |`;
  };
  return lines(
    `| Clauses | ${columns.map(([title]) => title).join(' | ')} |`,
    `| :-- | ${columns.map(() => '--:').join(' | ')} |`,
    ...groups.map(row),
  );
}

/** `errors` of `errors/fs-with-newns`. */
function groupOf(id: string): string {
  return id.split('/', 1)[0] ?? id;
}

/** Words of this program's own, which have nothing in them but letters, figures and marks that mean nothing here. */
function prose(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~&@!]/g, (mark) => `&#${String(mark.charCodeAt(0))};`);
}

/** Text as code within a line; its fence is longer than any in it, so that it cannot end before its end. */
function code(text: string): string {
  const line = text.replaceAll('\n', ' ');
  if (line.trim() === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** The same in a cell of a table, which a bar would end. */
function cell(text: string): string {
  return code(text).replaceAll('|', String.raw`\|`);
}

/** Text as a block of code. */
function fenced(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text.replace(/\n+$/, '')}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('') + '\n';
}
