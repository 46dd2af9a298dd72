import pc from 'picocolors';
import { findingText } from '../finding-text.js';
import { count } from '../sentences.js';
import type { RangeLine, SweepHeaderLine, SweepLines } from './lines.js';

/**
 * A sweep for people who read a terminal.
 *
 * @param colour - with escape sequences
 */
export function sweepText(sweep: SweepLines, colour: boolean): string {
  const paint = pc.createColors(colour);
  const { header, ranges, findings, footer } = sweep;
  const lines = [headline(header, paint.bold), ''];
  for (const space of header.spaces) lines.push(`  ${spaceText(space, ranges)}`);
  lines.push('');
  for (const finding of findings) {
    const [first = '', ...rest] = findingText(finding);
    lines.push(`${finding.unstable ? paint.yellow('~') : paint.red('✗')} ${first}`, ...rest, '');
  }
  for (const why of header.environment) lines.push(`${paint.yellow('!')} ${why}`);
  if (footer !== undefined) {
    const { notJudged, lost, deaths, limits } = footer;
    for (const [why, words] of Object.entries(notJudged))
      lines.push(`${paint.yellow('!')} ${count(words, 'word')} not judged: ${why}`);
    for (const [why, words] of Object.entries(lost))
      lines.push(`${paint.yellow('!')} ${count(words, 'word')} without an answer: ${why}`);
    for (const why of deaths) lines.push(`${paint.yellow('!')} a probe ended unasked: ${why}`);
    for (const limit of limits) lines.push(`${paint.yellow('!')} ${limit}`);
    const { words, differences, seconds, wordsPerSecond } = footer;
    const rate = `${seconds.toFixed(1)} s (${wordsPerSecond.toLocaleString('en-US')}/s)`;
    const not = [notJudged, lost].flatMap((counts) => Object.values(counts)).reduce((a, b) => a + b, 0);
    const judged =
      not === 0 ? '' : not < words ? `, ${not.toLocaleString('en-US')} of them not judged` : ', none judged';
    const found =
      differences > 0 ? count(differences, 'difference') : not < words ? 'no difference' : 'nothing is known';
    lines.push(`${count(words, 'word')} in ${rate}${judged}: ${found}`);
  }
  const { word, sentence } = verdictOf(sweep);
  const paintOf = { CONFORMS: paint.green, DIFFERS: paint.red, INTERRUPTED: paint.yellow, 'NOT JUDGED': paint.yellow };
  lines.push(paintOf[word](`${word}${sentence}`));
  return lines.map((line) => `${line}\n`).join('');
}

function headline({ target, release, arch, kernel, part }: SweepHeaderLine, bold: (text: string) => string): string {
  const held = release.startsWith(kernel) ? '' : `, held to ${kernel}`;
  return `${bold('clonecheck sweep')} ${target}: Linux ${release} ${arch}${held}${part === '1/1' ? '' : `, part ${part}`}`;
}

function spaceText(
  { sweep, caller, what, words }: SweepHeaderLine['spaces'][number],
  all: readonly RangeLine[],
): string {
  const own = all.filter((range) => range.sweep === sweep && range.caller === caller);
  const sum = (read: (range: RangeLine) => number): number => own.reduce((total, range) => total + read(range), 0);
  const done = sum(({ from, to }) => to - from);
  const not = sum(({ notJudged, lost }) =>
    [notJudged, lost].flatMap((counts) => Object.values(counts)).reduce((a, b) => a + b, 0),
  );
  const differences = sum((range) => range.differences);
  const open = sum((range) => range.open);
  const parts = [
    (done === words ? count(words, 'word') : `${done.toLocaleString('en-US')} of ${count(words, 'word')}`).padStart(16),
    ...(differences > 0 ? [count(differences, 'difference')] : not < done ? ['no difference'] : []),
    ...(not > 0 ? [`${not.toLocaleString('en-US')} not judged`] : []),
    ...(open > 0 ? [`${open.toLocaleString('en-US')} with more than one answer allowed`] : []),
  ];
  return `${`${sweep} as ${caller}`.padEnd(36)}${parts.join(', ')}: ${what}`;
}

function verdictOf({ footer }: SweepLines): {
  readonly word: 'CONFORMS' | 'DIFFERS' | 'INTERRUPTED' | 'NOT JUDGED';
  readonly sentence: string;
} {
  if (footer === undefined) return { word: 'INTERRUPTED', sentence: ': there is no footer' };
  switch (footer.status) {
    case 0:
      return { word: 'CONFORMS', sentence: '' };
    case 1:
      return { word: 'DIFFERS', sentence: ' from Linux as specified' };
    case 130:
      return { word: 'INTERRUPTED', sentence: `: ${count(footer.missing, 'word')} left, which --resume does` };
    case 3:
      return { word: 'NOT JUDGED', sentence: `: ${footer.unjudged ?? ''}` };
  }
}
