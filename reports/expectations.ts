import type { Results } from './results/index.js';
import { byStability } from './verdict.js';

/** What was expected, for people who read a terminal. */
export function expectationsSection(
  { findings, expectations = [] }: Results,
  bold: (text: string) => string,
): readonly string[] {
  const known = byStability(findings).expected.flatMap(({ clause, kind, text, expectation }) => [
    `  ${clause}: ${kind}, ${text.join('; ')}`,
    `      ${[expectation?.reason, expectation?.link, expectation?.expires && `until ${expectation.expires}`].filter((part) => part !== undefined).join(' · ')}`,
  ]);
  const told = (judged: boolean): readonly string[] =>
    expectations
      .filter(({ state }) => (state !== 'not-judged') === judged)
      .map(({ clause, place, state, why }) => `  ${place}: ${state === 'not-judged' ? `${clause}: ${why}` : why}`);
  const groups: readonly (readonly [string, readonly string[], number])[] = [
    ['Expected', known, known.length / 2],
    ['Not as expected', told(true), told(true).length],
    ['Expected, and not judged here', told(false), told(false).length],
  ];
  return groups.flatMap(([title, lines, number]) =>
    lines.length === 0 ? [] : [bold(`${title} (${String(number)})`), ...lines, ''],
  );
}
