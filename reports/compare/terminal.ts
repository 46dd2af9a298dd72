import pc from 'picocolors';
import { EXIT } from '../exit-status.js';
import type { ClauseChange, Comparison } from './compare.js';
import { comparisonStatus } from './status.js';
import { conclusion, flagRules, runText, sectionsOf, stateText, stateWord } from './words.js';

/**
 * A comparison for people who read a terminal.
 *
 * @param colour - with escape sequences
 */
export function compareTerminal(comparison: Comparison, colour: boolean): string {
  const paint = pc.createColors(colour);
  const lines = [
    `${paint.bold('old')} ${runText(comparison.old)}`,
    `${paint.bold('new')} ${runText(comparison.new)}`,
    '',
  ];
  for (const { title, members } of sectionsOf(comparison))
    lines.push(paint.bold(`${title} (${String(members.length)})`), ...members.flatMap(describe), '');
  lines.push(...table(comparison, paint.bold), '');
  for (const why of comparison.incomplete) lines.push(`${paint.yellow('!')} ${why}`);
  const status = comparisonStatus(comparison);
  const colourOf = status === EXIT.conforms ? paint.green : status === EXIT.differs ? paint.red : paint.yellow;
  lines.push(colourOf(conclusion(comparison)));
  return `${lines.join('\n')}\n`;
}

function describe({ clause, old, new: current }: ClauseChange): readonly string[] {
  const shown = current.cases.slice(0, 3).map((text) => `      ${text}`);
  return [`  ${clause}`, `      ${stateText(old)} → ${stateText(current)}`, ...shown];
}

/** Which rules about invalid flags pass and which do not, in the one run and in the other. */
function table(comparison: Comparison, bold: (text: string) => string): readonly string[] {
  const rules = flagRules(comparison);
  if (rules.length === 0) return [];
  const rows = rules.map((rule) => [rule.clause, stateWord(rule.old), stateWord(rule.new), mark(rule)] as const);
  const width = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length), 6);
  const lines = rows.map(([clause, old, current, changed]) =>
    `  ${clause.padEnd(width(0))}  ${old.padEnd(width(1))}  ${current}${changed}`.trimEnd(),
  );
  const legend = '  explained: differs only in cases that another finding explains';
  const explained = rules.some((rule) => rule.old.state === 'explained' || rule.new.state === 'explained');
  return [
    bold(`Invalid flags, EINVAL (${String(rules.length)} rules: old, new)`),
    ...lines,
    ...(explained ? [legend] : []),
  ];
}

function mark({ change }: ClauseChange): string {
  return change === 'same' ? '' : `  ← ${change}`;
}
