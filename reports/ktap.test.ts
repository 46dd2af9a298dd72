import { describe, expect, test } from '@jest/globals';
import { Parser, type FinalResults, type Result } from 'tap-parser';
import { FINDING, PASSED, resultWith } from '../harness/fixtures/results.js';
import { HOSTILE, hostileRun } from './fixtures/hostile.js';
import { resultsWith } from './fixtures/results.js';
import { ktap } from './ktap.js';
import type { Results } from './results/index.js';

interface Read {
  readonly ok: boolean;
  /** Results of the top level, and of the level below. */
  readonly groups: readonly Result[];
  readonly tests: readonly Result[];
  readonly skipped: readonly Result[];
  readonly problems: readonly string[];
}

/** The document as a TAP parser reads it. Version lines of subtests are KTAP's own; TAP has them as what is none of its. */
function read(results: Results, ...more: readonly Results[]): Read {
  const text = ktap([results, ...more]);
  const tests: Result[] = [];
  const groups: Result[] = [];
  const problems: string[] = [];
  const follow = (parser: Parser, level: Result[]): void => {
    parser.on('assert', (result: Result) => void level.push(result));
    parser.on('extra', (line: string) => {
      if (line.trim() !== 'KTAP version 1') problems.push(line);
    });
    parser.on('bailout', (why: string) => void problems.push(why));
    parser.on('child', (child: Parser) => {
      follow(child, tests);
    });
  };
  const parser = new Parser({ strict: false });
  follow(parser, groups);
  let ok = false;
  parser.on('complete', (final: FinalResults) => {
    ok = final.ok;
    for (const { tapError } of final.failures) if (typeof tapError === 'string') problems.push(tapError);
  });
  parser.end(text);
  return { ok, groups, tests, skipped: tests.filter(({ skip }) => skip !== false), problems };
}

describe('KTAP', () => {
  test('begins with its version and a plan', () => {
    expect(ktap([resultsWith()])).toMatch(/^KTAP version 1\n1\.\.\d+\n/);
  });

  test('has a test for each clause, in groups', () => {
    const { groups, tests, skipped, problems } = read(resultsWith());
    expect(problems).toEqual([]);
    expect(groups.map(({ name }) => name)).toEqual(expect.arrayContaining(['errors', 'effects']));
    const names = (ok: boolean): readonly string[] =>
      tests.filter((one) => one.ok === ok && one.skip === false).map(({ name }) => name);
    expect(names(true)).toEqual(['errors/sighand-without-vm']);
    expect(names(false)).toEqual(['errors/fs-with-newns', 'errors/otherwise-accepted', 'effects/files-shared']);
    expect(skipped.map(({ name, skip }) => [name, skip])).toContainEqual([
      'errors/newuser-chrooted',
      'blocked: caller chroot: chroot: EPERM',
    ]);
  });

  test('passes where the run does, and not where it says too little', () => {
    expect(read(resultsWith(resultWith()))).toMatchObject({ ok: true, problems: [] });
    expect(read(resultsWith(resultWith({ interrupted: true })))).toMatchObject({ ok: false, problems: [] });
    expect(read(resultsWith(resultWith({ clauses: [PASSED] }), { minJudged: 2 })).ok).toBe(false);
  });

  test('skips what is expected to differ', () => {
    const results = resultsWith(resultWith({ findings: [FINDING] }));
    const findings = results.findings.map((finding) => ({
      ...finding,
      expectation: { reason: 'known', place: 'e:1' },
    }));
    expect(read({ ...results, findings }).skipped.map(({ skip }) => skip)).toEqual(['expected to differ: known']);
  });
});

describe('whatever is in its texts, a TAP parser reads the same tests', () => {
  const plain = read(resultsWith(hostileRun('a word'))).tests.map(({ ok, name, skip }) => [ok, name, skip !== false]);

  test.each(HOSTILE)('%j', (text) => {
    const { tests, problems } = read(resultsWith(hostileRun(text)));
    expect(tests.map(({ ok, name, skip }) => [ok, name, skip !== false])).toEqual(plain);
    expect(tests).not.toEqual([]);
    // Some readers take the last hash sign of a line for the beginning of the directive.
    for (const line of ktap([resultsWith(hostileRun(text))]).split('\n'))
      if (!/^\s*#/.test(line)) expect(line.split('#').length).toBeLessThanOrEqual(2);
    expect(problems).toEqual([]);
  });
});
