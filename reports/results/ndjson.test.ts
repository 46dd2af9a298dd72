import { describe, expect, test } from '@jest/globals';
import { ABSENT, BLOCKED, FAILED, FINDING, MISSED, resultWith } from '../../harness/fixtures/results.js';
import type { RunResult } from '../../harness/index.js';
import { FLAGS, formatCall, parseCall } from '../../spec/index.js';
import { ndjson, resultsOf } from './index.js';

type Line = Readonly<Record<string, unknown>>;
const linesOf = (result: RunResult, order = 'strict'): readonly Line[] =>
  [...ndjson(resultsOf(result, { order, minJudged: 1 }))].map((text) => JSON.parse(text) as Line);
const ofType = (lines: readonly Line[], type: string): readonly Line[] => lines.filter((line) => line['type'] === type);

const EVERYTHING = resultWith({
  clauses: [FAILED, BLOCKED, MISSED, ABSENT],
  findings: [FINDING],
  unstable: [{ ...FINDING, reproducible: { k: 2, n: 5 } }],
  blockedCallers: [{ caller: 'chroot', why: 'chroot: EPERM' }],
  environment: ['a seccomp filter answers clone3 with EPERM'],
  counts: { pass: 900, fail: 3, blocked: 20, 'not-run': 1 },
  lost: [{ why: 'the probe died of SIGSEGV', cases: 1 }],
  scenarios: 0,
  scenarioCounts: { pass: 0, fail: 0, blocked: 0, 'not-run': 0 },
});

describe('the NDJSON of a run', () => {
  test('is lines of one JSON object each, and each has a type', () => {
    for (const text of ndjson(resultsOf(EVERYTHING, { order: 'strict', minJudged: 1 }))) {
      expect(text).toMatch(/^\{"type":"(header|clause|finding|footer)"[^\n]*\}\n$/);
      expect(() => JSON.parse(text) as unknown).not.toThrow();
    }
  });

  test('is a header, the clauses, the findings, and a footer', () => {
    const types = linesOf(EVERYTHING).map((line) => line['type']);
    expect(types).toEqual(['header', 'clause', 'clause', 'clause', 'clause', 'finding', 'finding', 'footer']);
  });

  test('has a header that says what was judged and how to make the run again', () => {
    const [header] = linesOf(EVERYTHING, 'any');
    expect(header).toEqual({
      type: 'header',
      target: 'local',
      kernel: '6.12',
      release: '6.12.0-fake',
      arch: 'x86_64',
      seed: 42,
      order: 'any',
      startedAt: '2026-01-02T03:04:05.678Z',
      environment: ['a seccomp filter answers clone3 with EPERM'],
    });
  });

  test('has for each clause its verdict, and why it was not judged', () => {
    const [failed, blocked, missed] = ofType(linesOf(EVERYTHING), 'clause');
    expect(failed).toEqual({
      type: 'clause',
      says: expect.stringMatching(/root directory/i),
      flags: ['CLONE_NEWNS', 'CLONE_FS'],
      source: expect.stringMatching(/copy_process/),
      man: expect.stringMatching(/clone\(2\)/),
      id: 'errors/fs-with-newns',
      verdict: 'fail',
      errno: 'EINVAL',
      judged: 12,
      failed: 3,
      callers: ['root', 'user'],
    });
    expect(blocked).toMatchObject({ verdict: 'blocked', why: 'caller chroot: chroot: EPERM' });
    expect(missed).toMatchObject({ verdict: 'not-run', why: 'no case told it apart' });
  });

  test('has for each finding what other programs are promised', () => {
    const [finding, unstable] = ofType(linesOf(EVERYTHING), 'finding');
    expect(finding).toMatchObject({
      clause: 'errors/fs-with-newns',
      kind: 'missing',
      expected: ['EINVAL'],
      observed: 'success',
      case: { caller: 'root', attributes: [], call: 'clone(CLONE_NEWNS|CLONE_FS)' },
      text: ['root: clone(CLONE_NEWNS|CLONE_FS)'],
      reproducible: { k: 5, n: 5 },
      size: 2,
      unstable: false,
    });
    expect(unstable).toMatchObject({ reproducible: { k: 2, n: 5 }, unstable: true });
  });

  test('has a case that can be read back', () => {
    const [finding] = ofType(linesOf(EVERYTHING), 'finding');
    const { call } = finding?.['case'] as { call: string };
    expect(parseCall(call).call).toEqual(FINDING.minimal.call);
    expect(formatCall(parseCall(call).call)).toBe(call);
  });

  test('has a footer with counts for each verdict, the clauses judged and not, and the rate', () => {
    expect(linesOf(EVERYTHING).at(-1)).toEqual({
      type: 'footer',
      counts: { pass: 900, fail: 3, blocked: 20, 'not-run': 1 },
      judged: ['errors/fs-with-newns'],
      notJudged: ['errors/newuser-chrooted', 'errors/thread-without-sighand', 'errors/autoreap-with-thread'],
      blockedCallers: [{ caller: 'chroot', why: 'chroot: EPERM' }],
      lost: [{ why: 'the probe died of SIGSEGV', cases: 1 }],
      scenarios: 0,
      scenarioCounts: { pass: 0, fail: 0, blocked: 0, 'not-run': 0 },
      cases: 900,
      seconds: 0.5,
      casesPerSecond: 1800,
      interrupted: false,
      status: 1,
      deaths: [],
      limits: [],
      pairs: { flags: FLAGS.map(({ name }) => name), counts: [] },
    });
  });

  test('has numbers where no time went by', () => {
    expect(linesOf(resultWith({ seconds: 0, cases: 0 })).at(-1)).toMatchObject({ casesPerSecond: 0 });
  });
});
