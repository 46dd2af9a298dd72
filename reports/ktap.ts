import type { Results } from './results/index.js';
import { remarks } from './terminal.js';
import { testGroups, type ClauseTest, type TestGroup } from './tests.js';
import { verdictLine } from './verdict.js';

/** Runs as KTAP version 1 (Documentation/dev-tools/ktap.rst): a test for each group of clauses, and in it one for each clause. */
export function ktap(runs: readonly Results[]): string {
  const groups = runs.flatMap((results) => testGroups(results, runs.length > 1));
  const lines = [
    'KTAP version 1',
    `1..${String(groups.length)}`,
    ...runs.flatMap((results) =>
      [headline(results), ...remarks(results), verdictLine(results)].flatMap((text) => diagnostics(text)),
    ),
    ...groups.flatMap((group, index) => subtests(group, index + 1)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function headline({ header: { target, release, arch, seed } }: Results): string {
  return `clonecheck ${target}: Linux ${release} ${arch}, seed ${String(seed)}`;
}

/** Nested as KUnit does it: four spaces and the name in front are what readers of TAP know, too. */
function subtests({ name, tests }: TestGroup, number: number): readonly string[] {
  const inner = [
    'KTAP version 1',
    `# Subtest: ${hashless(name)}`,
    `1..${String(tests.length)}`,
    ...tests.flatMap((test, index) => result(test, index + 1)),
  ];
  const failed = tests.some(({ outcome }) => outcome.kind === 'failed');
  const skipped = tests.every(({ outcome }) => outcome.kind === 'skipped');
  return [
    ...inner.map((line) => `    ${line}`),
    `${failed ? 'not ok' : 'ok'} ${String(number)} ${hashless(name)}${skipped ? ' # SKIP none of them was judged' : ''}`,
  ];
}

/** What there is to say about a test stands before its result. */
function result({ name, outcome }: ClauseTest, number: number): readonly string[] {
  const numbered = `${String(number)} ${hashless(name)}`;
  switch (outcome.kind) {
    case 'passed':
      return [`ok ${numbered}`];
    case 'skipped':
      return [`ok ${numbered} # SKIP ${hashless(outcome.why)}`];
    case 'failed':
      return [...outcome.lines.flatMap(diagnostics), `not ok ${numbered}`];
  }
}

function diagnostics(text: string): readonly string[] {
  return text.split('\n').map((line) => `# ${line}`);
}

/** A description ends at a hash sign, and some readers take a line's last one for the beginning of the directive. */
function hashless(text: string): string {
  return text.replaceAll('#', '\\x23').replaceAll('\n', ' ');
}
