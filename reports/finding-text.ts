import type { FindingLine } from './results/index.js';
import { neededTexts } from '../harness/index.js';
import { expectedText, originOf, repeats } from './sentences.js';

/**
 * A finding in lines: what differs, the case, what was expected and observed, why, and how to see it again. The first is its headline, the
 * others are indented.
 */
export function findingText(finding: FindingLine): readonly string[] {
  const { clause, summary, text, steps, note, why, again, needed } = finding;
  const subject =
    steps === undefined
      ? [`${clause}: ${summary}`, ...text.map((line) => `    ${line}`)]
      : [
          `${clause}, as ${finding.case.caller}`,
          ...steps.map((step) => `    ${step.differs ? '>' : ' '} ${step.text}`),
        ];
  const noted = note === undefined ? '' : ` (${note})`;
  const reduced = finding.reduction?.complete === false ? ', not fully reduced' : '';
  return [
    ...subject,
    `    expected ${expectedText(finding)}, observed ${finding.observed}${noted}; ${repeats(finding)}${reduced}`,
    ...(needed.length === 0 ? [] : [`    needed: ${neededTexts(needed).join('; ')}`]),
    ...(why === undefined ? [] : [`    ${why} (${originOf(finding)})`]),
    ...(again === undefined ? [] : [`    again: ${again}`]),
    ...(finding.reproduced === undefined ? [] : [`    in C: ${inC(finding.reproduced)}`]),
  ];
}

/** Where the C program is, and whether it shows the same. */
function inC({ path, status, why }: NonNullable<FindingLine['reproduced']>): string {
  if (path === undefined) return `${status}: ${why}`;
  return status === 'shows'
    ? `${path} shows it`
    : `${path} ${status === 'not compiled' ? 'was' : ''} ${status}: ${why}`.replace(/ +/g, ' ');
}
