import pc from 'picocolors';
import { expectationsSection } from './expectations.js';
import { findingText } from './finding-text.js';
import type { ClauseLine, FindingLine, FooterLine, Results } from './results/index.js';
import { casesPerSecond, count } from './sentences.js';
import { byStability, isJudged, notJudgedGroups, verdictLine, verdictOf } from './verdict.js';

/**
 * A run for people who read a terminal.
 *
 * @param colour - with escape sequences
 */
export function terminal(results: Results, colour: boolean): string {
  const paint = pc.createColors(colour);
  const { header, clauses, footer } = results;
  const { stable, unstable } = byStability(results.findings);
  const lines: string[] = [];
  const { kernel, release, arch, target, seed } = header;
  const held = release.startsWith(kernel) ? '' : `, held to ${kernel}`;
  lines.push(`${paint.bold('clonecheck')} ${target}: Linux ${release} ${arch}${held}, seed ${String(seed)}`);
  const differ = stable.length === 0 ? paint.green('no difference') : paint.red(count(stable.length, 'difference'));
  lines.push(`${String(clauses.filter(isJudged).length)} of ${count(clauses.length, 'clause')} judged: ${differ}`, '');
  for (const finding of stable) lines.push(...describe(finding, paint.red('✗')), '');
  if (unstable.length > 0) {
    lines.push(paint.bold('Unstable: seen, but not each time'));
    for (const finding of unstable) lines.push(...describe(finding, paint.yellow('~')), '');
  }
  lines.push(...expectationsSection(results, paint.bold), ...notJudged(clauses, paint.bold));
  if (footer !== undefined && footer.blockedCallers.length > 0) {
    lines.push(paint.bold('Callers that cannot be made here'));
    for (const { caller, why } of footer.blockedCallers) lines.push(`  ${caller}: ${why}`);
    lines.push('');
  }
  for (const remark of remarks(results)) lines.push(`${paint.yellow('!')} ${remark}`);
  if (footer !== undefined) lines.push(...totals(footer));
  const colourOf = { CONFORMS: paint.green, DIFFERS: paint.red, INTERRUPTED: paint.yellow, 'NOT JUDGED': paint.yellow };
  lines.push(colourOf[verdictOf(results).word](verdictLine(results)));
  return lines.map((line) => `${inert(line)}\n`).join('');
}

/** What there is to say about a run as a whole: the environment, cases that were not judged, and limits that were reached. */
export function remarks({ header, footer }: Results): readonly string[] {
  return [
    ...(footer === undefined ? ['there is no footer: what is missing of the run was not judged'] : []),
    ...(footer?.interrupted === true ? ['the run was interrupted: what did not run was not judged'] : []),
    ...header.environment,
    ...(footer?.lost ?? []).map(
      ({ why, cases, first }) =>
        `${count(cases, 'case')} not judged: ${why}${first === undefined ? '' : `; the first: ${first}`}`,
    ),
    ...(footer?.deaths ?? []).map((why) => `a probe ended unasked: ${why}`),
    ...(footer?.limits ?? []),
  ];
}

function describe(finding: FindingLine, mark: string): readonly string[] {
  const [headline = '', ...rest] = findingText(finding);
  return [`${mark} ${headline}`, ...rest];
}

function notJudged(clauses: readonly ClauseLine[], bold: (text: string) => string): readonly string[] {
  return notJudgedGroups(clauses).flatMap(({ title, members }) => [
    bold(`${title} (${String(members.length)})`),
    ...members.map(({ id, why = '' }) => `  ${id}: ${why}`),
    '',
  ]);
}

/** How many cases ran, and what they came to: a line or three. */
export function totals({ cases, scenarios, seconds, counts, scenarioCounts }: FooterLine): readonly string[] {
  const rate = casesPerSecond({ cases: cases + scenarios, seconds }).toLocaleString('en-US');
  const time = `in ${seconds.toFixed(1)} s (${rate}/s)`;
  if (scenarios === 0) return [`${count(cases, 'case')} ${time}: ${verdicts(counts)}`];
  return [
    `${count(cases, 'case')}: ${verdicts(counts)}`,
    `${count(scenarios, 'scenario')}: ${verdicts(scenarioCounts)}`,
    time,
  ];
}

function verdicts({ pass, fail, blocked, 'not-run': notRun }: FooterLine['counts']): string {
  return `${pass.toLocaleString('en-US')} as predicted, ${fail.toLocaleString('en-US')} not, ${blocked.toLocaleString('en-US')} blocked, ${notRun.toLocaleString('en-US')} not run`;
}

/** A CI system takes lines that begin so for commands; what a target says must not be one. */
function inert(line: string): string {
  return line.replace(/^(\s*)::/, String.raw`$1\x3a:`);
}
