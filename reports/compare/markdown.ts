import type { ClauseChange, Comparison } from './compare.js';
import { conclusion, flagRules, runText, sectionsOf, stateText, stateWord } from './words.js';

/** A comparison as Markdown, for a step summary or a comment. */
export function compareMarkdown(comparison: Comparison): string {
  const lines = [
    `## clonecheck compare: ${escape(conclusion(comparison))}`,
    '',
    `- old: ${escape(runText(comparison.old))}`,
    `- new: ${escape(runText(comparison.new))}`,
    ...comparison.incomplete.map((why) => `- ${escape(why)}`),
    '',
  ];
  for (const { title, members } of sectionsOf(comparison)) {
    lines.push(`### ${title} (${String(members.length)})`, '', '| clause | old | new |', '| --- | --- | --- |');
    lines.push(...members.map((each) => row(each, stateText(each.old), stateText(each.new))), '');
  }
  const rules = flagRules(comparison);
  if (rules.length > 0) {
    lines.push('### Invalid flags, EINVAL', '', '| rule | old | new | |', '| --- | --- | --- | --- |');
    lines.push(
      ...rules.map((rule) => {
        const change = rule.change === 'same' ? '' : `**${rule.change}**`;
        return `${row(rule, stateWord(rule.old), stateWord(rule.new))} ${change} |`;
      }),
      '',
    );
  }
  return lines.join('\n');
}

function row({ clause }: ClauseChange, old: string, current: string): string {
  return `| \`${clause}\` | ${escape(old)} | ${escape(current)} |`;
}

/** Text that Markdown leaves as it is. */
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]#!|~@]/g, '\\$&');
}
