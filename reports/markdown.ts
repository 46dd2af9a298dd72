import { fit, type Part } from './budget.js';
import type { ClauseLine, FindingLine, Results } from './results/index.js';
import { count, expectedText, originOf, repeats } from './sentences.js';
import { remarks, totals } from './terminal.js';
import { byStability, isJudged, notJudgedGroups, verdictLine } from './verdict.js';

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
  const others = left.length - findings;
  const what = [
    ...(findings > 0 ? [count(findings, 'difference')] : []),
    ...(others > 0 ? [count(others, 'section')] : []),
  ].join(' and ');
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
    ...(clauses.length === 0 ? [] : [{ whole: tallies(clauses) }]),
    ...group('Differences', stable),
    ...group('Unstable: seen, but not each time', unstable),
    ...group('Expected', expected),
    ...expectations(results),
    ...notJudgedGroups(clauses).map(({ title, members }) => ({
      whole: lines(
        `## ${prose(title)} (${String(members.length)})`,
        '',
        ...members.map(({ id, why = '' }) => `- ${code(id)}${why === '' ? '' : `: ${code(why)}`}`),
      ),
    })),
  ];
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
  const { clause, summary, text, steps, note, why, again, reproducer, expectation } = finding;
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
function tallies(clauses: readonly ClauseLine[]): string {
  const groups = [...new Set(clauses.map(({ id }) => groupOf(id)))];
  const row = (name: string): string => {
    const members = clauses.filter(({ id }) => groupOf(id) === name);
    const of = (wanted: string): string => String(members.filter(({ verdict }) => verdict === wanted).length);
    return `| ${code(name)} | ${of('pass')} | ${of('fail')} | ${of('blocked')} | ${of('not-run')} |`;
  };
  return lines(
    '| Clauses | as specified | differ | blocked | not judged |',
    '| :-- | --: | --: | --: | --: |',
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
