import type { Results } from './results/index.js';
import { remarks } from './terminal.js';
import { testGroups, type ClauseTest, type TestGroup } from './tests.js';
import { verdictLine } from './verdict.js';

/** Runs as JUnit XML: a suite for each group of clauses, a test case for each clause. Well-formed whatever is in the texts. */
export function junit(runs: readonly Results[]): string {
  const suites = runs.flatMap((results) =>
    testGroups(results, runs.length > 1).map((group, index) => ({ group, results, first: index === 0 })),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    // The schema that Ant began gives it no attributes; readers add up what suites say.
    '<testsuites>',
    ...suites.flatMap(({ group, results, first }, id) => suite(group, results, id, first)),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite({ name, tests }: TestGroup, results: Results, id: number, first: boolean): readonly string[] {
  const { header, footer } = results;
  const { failures, errors, tests: all, skipped } = tally(tests);
  const properties: Readonly<Record<string, string | undefined>> = {
    target: header.target,
    kernel: header.kernel,
    release: header.release,
    arch: header.arch,
    seed: String(header.seed),
    order: header.order,
    verdict: verdictLine(results),
  };
  return [
    ` <testsuite${attributes({
      id: String(id),
      name,
      package: 'clonecheck',
      hostname: 'localhost',
      timestamp: header.startedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
      tests: all,
      failures,
      errors,
      skipped,
      // Clauses are judged together; the run's time stands once.
      time: decimal(first ? (footer?.seconds ?? 0) : 0),
    })}>`,
    '  <properties>',
    ...Object.entries(properties).map(([key, value = '']) => `   <property${attributes({ name: key, value })}/>`),
    '  </properties>',
    ...tests.flatMap((test) => testCase(test, name)),
    `  <system-out>${xml(remarks(results).join('\n'))}</system-out>`,
    '  <system-err></system-err>',
    ' </testsuite>',
  ];
}

function testCase({ name, outcome }: ClauseTest, group: string): readonly string[] {
  const start = `  <testcase${attributes({ name, classname: `clonecheck.${group}`, time: '0' })}`;
  switch (outcome.kind) {
    case 'passed':
      return [`${start}/>`];
    case 'skipped':
      return [`${start}>`, `   <skipped${attributes({ message: outcome.why })}/>`, '  </testcase>'];
    case 'failed': {
      const element = outcome.type === 'error' ? 'error' : 'failure';
      const said = attributes({ message: outcome.message, type: outcome.type });
      return [`${start}>`, `   <${element}${said}>${xml(outcome.lines.join('\n'))}</${element}>`, '  </testcase>'];
    }
  }
}

function tally(tests: readonly ClauseTest[]): Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', string>> {
  const of = (holds: (test: ClauseTest) => boolean): string => String(tests.filter(holds).length);
  return {
    tests: String(tests.length),
    failures: of(({ outcome }) => outcome.kind === 'failed' && outcome.type !== 'error'),
    errors: of(({ outcome }) => outcome.kind === 'failed' && outcome.type === 'error'),
    skipped: of(({ outcome }) => outcome.kind === 'skipped'),
  };
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xml(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
    .join('');
}

/** What XML 1.0 has no way to hold, and controls that it would let through. Texts of results have none of it; this holds for any. */
const NO_CHARACTER = /[^\t\n\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function xml(text: string): string {
  return text
    .replace(NO_CHARACTER, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function decimal(seconds: number): string {
  return seconds.toFixed(3);
}
