import { formatPlace, formatStep } from '../spec/index.js';
import { kindOf, textOf, type Expectation, type RunResult } from '../harness/index.js';
import { count } from './sentences.js';

/** What an expectation says of itself. */
export function reasonOf({ reason, link, expires, place }: Expectation): object {
  return { reason, link, expires, place: formatPlace(place) };
}

/** One NDJSON object for each entry of `expect.yaml` that is broken or could not be judged. */
export function expectationLines({ expectations }: RunResult): readonly object[] {
  const line = (expectation: Expectation, state: string, why: string): object => {
    const { clause, target, kind, observed } = expectation;
    return { type: 'expectation', clause, target, kind, observed, state, why, ...reasonOf(expectation) };
  };
  return [
    ...(expectations?.broken ?? []).map(({ expectation, state, what }) => line(expectation, state, what)),
    ...(expectations?.unjudged ?? []).map(({ expectation, why }) => line(expectation, 'not-judged', why)),
  ];
}

/** What was expected, for people who read a terminal. */
export function expectationsSection({ expectations }: RunResult, bold: (text: string) => string): readonly string[] {
  if (expectations === undefined) return [];
  const { met, broken, unjudged } = expectations;
  const known = met.flatMap(({ finding, expectation: { reason, link, expires } }) => [
    `  ${finding.clause}: ${kindOf(finding)}, ${'minimal' in finding ? textOf(finding.minimal) : finding.scenario.steps.map(formatStep).join('; ')}`,
    `      ${[reason, link, expires === undefined ? undefined : `until ${expires}`].filter((part) => part !== undefined).join(' · ')}`,
  ]);
  const groups: readonly (readonly [string, readonly string[]])[] = [
    [`Expected (${String(met.length)})`, known],
    [`Not as expected (${String(broken.length)})`, broken.map(({ what, place }) => `  ${formatPlace(place)}: ${what}`)],
    [
      `Expected, and not judged here: ${count(unjudged.length, 'difference')}`,
      unjudged.map(({ expectation: { clause, place }, why }) => `  ${formatPlace(place)}: ${clause}: ${why}`),
    ],
  ];
  return groups.flatMap(([title, lines]) => (lines.length === 0 ? [] : [bold(title), ...lines, '']));
}
