import { describe, expect, test } from '@jest/globals';
import { BLOCKED, FAILED, FINDING, MISSED, PASSED, resultWith } from '../../harness/fixtures/results.js';
import type { Finding, RunResult } from '../../harness/index.js';
import { parseCall } from '../../spec/index.js';
import { resultsOf, type Results } from '../results/index.js';
import { compareMarkdown, compareResults, compareTerminal, comparisonStatus, conclusion } from './index.js';

const results = (changes: Partial<RunResult>): Results =>
  resultsOf(resultWith(changes), { order: 'strict', minJudged: 1 });
const OTHER: Finding = { ...FINDING, kind: 'EPERM', observed: 'EPERM' };
const fails = { clauses: [FAILED], counts: { pass: 1, fail: 3, blocked: 0, 'not-run': 0 } };
const RUNS = {
  pass: results({}),
  missing: results({ ...fails, findings: [FINDING] }),
  eperm: results({ ...fails, findings: [OTHER] }),
  both: results({ ...fails, findings: [FINDING, OTHER] }),
  explained: results(fails),
  unstable: results({ ...fails, unstable: [{ ...FINDING, reproducible: { k: 1, n: 5 } }] }),
  blocked: results({ clauses: [{ ...PASSED, verdict: 'blocked', judged: 0, why: 'a filter' }] }),
  'not run': results({ clauses: [{ ...PASSED, verdict: 'not-run', judged: 0, why: 'older' }] }),
  absent: results({ clauses: [BLOCKED] }),
} as const;
type Run = keyof typeof RUNS;
const compare = (old: Run, current: Run): ReturnType<typeof compareResults> => compareResults(RUNS[old], RUNS[current]);

describe('what became of a clause', () => {
  test.each<[Run, Run, string, number]>([
    ['pass', 'missing', 'broke', 1],
    ['pass', 'unstable', 'unstable', 3],
    ['pass', 'blocked', 'no longer judged', 0],
    ['pass', 'not run', 'no longer judged', 0],
    ['pass', 'absent', 'removed', 0],
    ['pass', 'explained', 'same', 0],
    ['pass', 'pass', 'same', 0],
    ['missing', 'pass', 'mended', 0],
    ['missing', 'eperm', 'changed', 1],
    ['missing', 'both', 'changed', 1],
    ['both', 'missing', 'partly mended', 0],
    ['missing', 'missing', 'same', 0],
    ['missing', 'blocked', 'no longer judged', 0],
    ['missing', 'explained', 'partly mended', 0],
    ['missing', 'unstable', 'unstable', 3],
    ['unstable', 'missing', 'broke', 1],
    ['unstable', 'pass', 'same', 0],
    ['explained', 'missing', 'broke', 1],
    ['blocked', 'pass', 'newly judged', 0],
    ['not run', 'missing', 'newly judged', 0],
    ['blocked', 'not run', 'same', 0],
    ['absent', 'missing', 'new', 0],
    ['absent', 'pass', 'new', 0],
  ])('from %s to %s: %s, status %i', (old, current, change, status) => {
    const comparison = compare(old, current);
    expect(comparison.clauses.find(({ clause }) => clause === PASSED.id)?.change).toBe(change);
    expect(comparisonStatus(comparison)).toBe(status);
  });

  test('nothing, between a run and itself', () => {
    for (const run of Object.values(RUNS))
      expect(compareResults(run, run).clauses.map(({ change }) => change)).toEqual(run.clauses.map(() => 'same'));
  });

  test('a second call that is refused though it should succeed is another difference', () => {
    const refused = (call: string): Finding => ({
      ...OTHER,
      clause: 'errors/otherwise-accepted',
      minimal: { ...FINDING.minimal, call: parseCall(call).call },
    });
    const run = (...findings: readonly Finding[]): Results =>
      results({ clauses: [{ ...FAILED, id: 'errors/otherwise-accepted' }], findings });
    const one = refused('clone(CLONE_IO|SIGCHLD)');
    const changes = compareResults(run(one), run(one, refused('clone(CLONE_FILES|SIGCHLD)'))).clauses;
    expect(changes.map(({ change }) => change)).toEqual(['changed']);
  });
});

describe('a run that is not whole', () => {
  const cut = ({ footer: _, ...rest }: Results): Results => rest;
  test('has no footer: nothing is concluded, and what it does not name was not removed', () => {
    const comparison = compareResults(RUNS.pass, cut(RUNS.absent));
    expect(comparisonStatus(comparison)).toBe(3);
    expect(comparison.clauses.map(({ change }) => change)).not.toContain('removed');
    expect(conclusion(comparison)).toBe('NOT JUDGED: the new run has no footer: what is missing was not judged');
  });

  test('was interrupted', () => {
    const comparison = compareResults(results({ interrupted: true }), RUNS.pass);
    expect(comparison.incomplete).toEqual(['the old run was interrupted']);
    expect(comparisonStatus(comparison)).toBe(3);
  });

  test('but what broke broke', () => {
    expect(comparisonStatus(compareResults(RUNS.pass, cut(RUNS.missing)))).toBe(1);
  });
});

describe('the table of rules about invalid flags', () => {
  test('has each of them with both verdicts, and no other clause', () => {
    const old = results({
      clauses: [
        PASSED,
        MISSED,
        BLOCKED,
        { ...PASSED, id: 'effects/vm-shared' },
        { ...PASSED, id: 'errors/set-tid-unreadable' },
      ],
    });
    const current = results({ ...fails, findings: [FINDING] });
    const text = compareTerminal(compareResults(old, current), false);
    expect(text).toMatch(
      /^Invalid flags, EINVAL \(2 rules: old, new\)\n {2}errors\/fs-with-newns +pass +FAIL missing {2}← broke\n {2}errors\/thread-without-sighand +not run +- {2}← removed\n/m,
    );
    expect(text).toMatch(/REGRESSED: 1 clause broke\n$/);
  });
});

describe('Markdown', () => {
  test('is a table for each change and one for the rules', () => {
    const text = compareMarkdown(compare('pass', 'missing'));
    expect(text).toContain('| `errors/fs-with-newns` | passes | differs: missing |\n');
    expect(text).toContain('| `errors/fs-with-newns` | pass | FAIL missing | **broke** |\n');
  });

  test('takes no markup from a result', () => {
    const why = 'a | b <img src=x> `c` [d](e) *f* ![g](h) @all';
    const old = results({ clauses: [{ ...PASSED, verdict: 'blocked', judged: 0, why }] });
    const text = compareMarkdown(compareResults(old, RUNS.pass));
    expect(text).toContain('blocked: a \\| b &lt;img src=x&gt; \\`c\\` \\[d\\](e) \\*f\\* \\!\\[g\\](h) \\@all |');
    for (const line of text.split('\n').filter((each) => each.startsWith('| `')))
      expect(line.match(/(?<!\\)\|/g)).toHaveLength(line.includes('passes') ? 4 : 5);
  });
});
