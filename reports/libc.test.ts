import { describe, expect, test } from '@jest/globals';
import { libcRun } from '../harness/libc/fixtures/runs.js';
import { LIBC } from '../spec/index.js';
import type { LibcFinding } from '../harness/index.js';
import { FORMATS, ndjson, readResults, render, resultsOfLibc } from './index.js';

const clause = LIBC.clauses.find(({ id }) => id === 'libc/clone-tls');
if (clause === undefined) throw new Error('there is no libc/clone-tls');
const finding: LibcFinding = {
  clause,
  kind: 'tls is not what was given',
  expected: 'a pointer as tls-at',
  observed: 'clone(CLONE_SETTLS|SIGCHLD)',
  reproducible: { k: 5, n: 5 },
};
const statusOf = (run: Parameters<typeof libcRun>[0], minJudged = 1): number | undefined =>
  resultsOfLibc(libcRun(run), { minJudged }).footer?.status;

describe('a run on a libc is reported as one on a kernel', () => {
  const results = resultsOfLibc(libcRun({ findings: [finding] }), { minJudged: 1 });

  test('what is written as NDJSON is read back as it was', () => {
    expect(readResults([...ndjson(results)].join(''), 'x')).toEqual(results);
  });

  test.each(FORMATS)('as %s it names the clause, how it differs and its case', (format) => {
    const text = render([results], format);
    expect(text).toContain('libc/clone-tls');
    expect(text).toContain('tls is not what was given');
    expect(text).toMatch(/clone\(fn, stack, CLONE_SETTLS/);
  });

  test('it says how to see it again', () => {
    expect(results.findings[0]?.again).toBe("clonecheck run --target 'libc:diet gcc' --only libc/clone-tls");
    const other = {
      ...results,
      findings: results.findings.map((each) => ({ ...each, again: 'clonecheck run --fault x' })),
    };
    expect(() => readResults([...ndjson(other)].join(''), 'x')).toThrow('no command that shows a case again');
  });
});

describe('the exit status', () => {
  test.each([
    ['nothing differs', {}, 0],
    ['a difference', { findings: [finding] }, 1],
    ['a difference, and interrupted', { findings: [finding], interrupted: true }, 1],
    ['interrupted', { interrupted: true }, 130],
    ['a difference that does not repeat', { findings: [{ ...finding, reproducible: { k: 2, n: 5 } }] }, 3],
    ['a tracer that died', { deaths: ['it died'] }, 3],
  ] as const)('%s', (_, run, status) => {
    expect(statusOf(run)).toBe(status);
  });

  test('too few clauses judged', () => {
    expect(statusOf({}, 1_000)).toBe(3);
  });

  test('a difference that is expected does not count', () => {
    const run = libcRun({ findings: [finding] });
    const expectation = { clause: clause.id, target: '*', reason: 'known', place: { file: 'expect.yaml' } };
    const expectations = { met: [{ finding, expectation }], broken: [], unjudged: [] };
    const [only] = run.findings;
    if (only === undefined) throw new Error('there is no finding');
    const { footer, findings } = resultsOfLibc(run, { minJudged: 1, expectations });
    expect(footer?.status).toBe(0);
    expect(findings[0]?.expectation?.reason).toBe('known');
  });
});
