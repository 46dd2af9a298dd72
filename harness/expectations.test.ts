import { describe, expect, test } from '@jest/globals';
import { InputError, parseCall, parseStep, type StepResult } from '../spec/index.js';
import { parseExpectations } from './expectations.js';
import { holdTo } from './expectations-hold.js';
import { updateExpectations } from './expectations-update.js';
import { BLOCKED, FAILED, FINDING, PASSED, resultWith } from './fixtures/results.js';
import type { CorpusResult } from './corpus-run.js';
import type { Finding } from './findings.js';
import type { RunResult } from './run.js';
import type { ScenarioFinding } from './scenario-findings.js';

const TODAY = '2026-11-23';
const KNOWN = `- clause: errors/fs-with-newns
  target: local
  kind: missing
  reason: mounts are per container here
  link: https://example.org/issues/7
  expires: 2027-06-30
`;
const found = resultWith({
  findings: [FINDING],
  clauses: [FAILED],
  counts: { pass: 9, fail: 3, blocked: 0, 'not-run': 0 },
});
const otherErrno: Finding = { ...FINDING, kind: 'EPERM', observed: 'EPERM' };
const failed = (errno: string): StepResult => ({ kind: 'failed', errno });
const SCENARIO: ScenarioFinding = {
  clause: 'effects/files-shared',
  scenario: {
    caller: { name: 'root', attributes: [] },
    steps: ['0: open(20)', '0: clone(CLONE_FILES|SIGCHLD) → task 1', '1: close(20)', '0: getfd(20)'].map((step) =>
      parseStep(step),
    ),
  },
  mismatch: { step: 3, expected: failed('EBADF'), observed: { kind: 'returned', value: 0 } },
  reproducible: { k: 5, n: 5 },
  runs: 12,
  complete: true,
  needed: [],
};

const states = (text: string, result: RunResult, today = TODAY): readonly string[] => {
  const { expectations } = holdTo(result, parseExpectations(text, 'expect.yaml'), today);
  return [
    ...(expectations?.met ?? []).map(() => 'met'),
    ...(expectations?.broken ?? []).map(({ state }) => state),
    ...(expectations?.unjudged ?? []).map(({ why }) => `not judged: ${why}`),
    ...Array.from({ length: expectations?.elsewhere ?? 0 }, () => 'elsewhere'),
  ];
};

describe('a finding that is expected', () => {
  test('is taken out of the findings', () => {
    expect(states(KNOWN, found)).toEqual(['met']);
    expect(holdTo(found, parseExpectations(KNOWN, 'e'), TODAY).findings).toEqual([]);
  });

  test('is expected on its last day', () => {
    expect(states(KNOWN, found, '2027-06-30')).toEqual(['met']);
  });

  test.each([
    ['another caller', `${KNOWN}  caller: chroot\n`],
    ['another target', KNOWN.replace('local', 'exec:runsc*')],
  ])('but not for %s', (_, text) => {
    const held = holdTo(found, parseExpectations(text, 'e'), TODAY);
    expect(held.findings).toEqual([FINDING]);
    expect(held.expectations?.met).toEqual([]);
  });

  test('may be told by what is observed', () => {
    expect(states(KNOWN.replace('kind: missing', 'observed: success'), found)).toEqual(['met']);
  });

  test('of an effect is told by the effect, whatever step shows it', () => {
    const text = '- {clause: effects/files-shared, target: "*", reason: copies, steps: ["0: fork() -> task 1"]}';
    expect(states(text, resultWith({ scenarioFindings: [SCENARIO] }))).toEqual(['met']);
  });

  test('of another errno is expected of the calls that hold its call alone', () => {
    const text = KNOWN.replace('missing', 'EPERM\n  call: clone(CLONE_NEWNS|CLONE_FS|CLONE_FILES)');
    const held = holdTo({ ...found, findings: [otherErrno] }, parseExpectations(text, 'e'), TODAY);
    expect(held.findings).toEqual([otherErrno]);
    const wider = {
      ...otherErrno,
      minimal: { ...FINDING.minimal, call: parseCall('clone3({flags=CLONE_NEWNS|CLONE_FS|CLONE_FILES})').call },
    };
    expect(states(text, { ...found, findings: [wider] })).toEqual(['met']);
  });
});

describe('an entry that does not hold', () => {
  const message = (text: string, result: RunResult, today = TODAY): readonly string[] =>
    holdTo(result, parseExpectations(text, 'expect.yaml'), today).expectations?.broken.map(
      ({ what, place }) => `${String(place.line)}:${String(place.column)} ${what}`,
    ) ?? [];

  test('is gone where its clause was judged and did not differ', () => {
    expect(states(KNOWN, resultWith())).toEqual(['gone']);
    expect(message(KNOWN, resultWith())).toEqual([
      '1:11 errors/fs-with-newns was expected to differ, and no longer does',
    ]);
  });

  test('is otherwise where its clause differs in another way, which counts as a finding', () => {
    const result = { ...found, findings: [otherErrno] };
    expect(states(KNOWN, result)).toEqual(['otherwise']);
    expect(message(KNOWN, result)[0]).toContain(
      'but otherwise: EPERM EPERM for root: clone(CLONE_NEWNS|CLONE_FS) instead of missing',
    );
    expect(holdTo(result, parseExpectations(KNOWN, 'e'), TODAY).findings).toEqual([otherErrno]);
  });

  test('is expired on the day after its last, and its finding counts again', () => {
    expect(states(KNOWN, found, '2027-07-01')).toEqual(['expired']);
    expect(message(KNOWN, found, '2027-07-01')[0]).toContain('expired on 2027-06-30');
    expect(holdTo(found, parseExpectations(KNOWN, 'e'), '2027-07-01').findings).toEqual([FINDING]);
  });
});

describe('an entry that the run says nothing about is not gone', () => {
  const clause = (changes: object): RunResult => resultWith({ clauses: [{ ...PASSED, ...changes }] });
  test.each<[string, RunResult, string, string]>([
    ['blocked', clause({ verdict: 'blocked', judged: 0, why: 'a filter' }), '', 'a filter'],
    ['not run', clause({ verdict: 'not-run', judged: 0, why: 'no case' }), '', 'no case'],
    ['not asked for', resultWith({ clauses: [BLOCKED] }), '', 'the clause was not asked for'],
    ['another caller judged', clause({}), '  caller: chroot\n', 'it was not judged as chroot'],
    ['interrupted', resultWith({ interrupted: true }), '', 'the run was interrupted'],
    [
      'unstable',
      resultWith({ unstable: [{ ...FINDING, reproducible: { k: 2, n: 5 } }] }),
      '',
      'it showed in 2 of 5 runs',
    ],
    ['its case was not run', resultWith(), '  call: clone(CLONE_NEWNS|CLONE_FS)\n', 'its case was not run'],
  ])('%s', (_, result, more, why) => {
    expect(states(KNOWN + more, result)).toEqual([`not judged: ${why}`]);
  });

  test('and one for another target neither', () => {
    expect(states(KNOWN.replace('local', 'exec:runsc*'), resultWith())).toEqual(['elsewhere']);
  });
});

describe('the case that an entry names decides', () => {
  const text = `${KNOWN}  call: clone(CLONE_NEWNS|CLONE_FS)\n`;
  const after = (judgement: CorpusResult['judgement']): readonly string[] => {
    const entries = parseExpectations(text, 'e');
    const subject = entries[0]?.subject ?? FINDING.minimal;
    const { expectations } = holdTo(resultWith({ corpus: [{ subject, judgement }] }), entries, TODAY);
    return [
      ...(expectations?.broken ?? []).map(({ state }) => state),
      ...(expectations?.unjudged ?? []).map(({ why }) => why),
    ];
  };
  const fail = {
    verdict: 'fail',
    clause: FINDING.clause,
    kind: 'missing',
    expected: ['EINVAL'],
    observed: 'success',
  } as const;

  test('as predicted: gone', () => {
    expect(after({ verdict: 'pass', judges: undefined })).toEqual(['gone']);
  });
  test('blocked: not judged', () => {
    expect(after({ verdict: 'blocked', why: 'no root' })).toEqual(['no root']);
  });
  test('the same, though told by another finding: met', () => {
    expect(after(fail)).toEqual([]);
  });
  test('another difference: otherwise', () => {
    expect(after({ ...fail, clause: 'errors/fs-with-newuser' })).toEqual(['otherwise']);
  });
});

describe('a file that is wrong is told with its place', () => {
  test.each([
    ['an unknown clause', KNOWN.replace('newns', 'newnss'), 'there is no clause errors/fs-with-newnss', 1],
    ['a pattern', KNOWN.replace('fs-with-newns', 'fs-*'), 'there is no clause errors/fs-*', 1],
    ['an unknown target', KNOWN.replace('local', 'lokal'), 'there is no target lokal', 2],
    ['an unknown caller', `${KNOWN}  caller: rooot\n`, 'unknown caller rooot', 7],
    ['a call that is none', `${KNOWN}  call: clone(CLONE_FZ)\n`, 'unknown flag CLONE_FZ', 7],
    ['a duplicate', KNOWN + KNOWN.replace('mounts', 'Mounts'), 'errors/fs-with-newns on local stands twice', 7],
    [
      'a reason to be said',
      KNOWN.replace(/reason:.*/, 'reason: "TODO: say why"'),
      'errors/fs-with-newns is expected to differ without a reason',
      4,
    ],
    [
      'an empty reason',
      KNOWN.replace(/reason:.*/, 'reason: ""'),
      'errors/fs-with-newns is expected to differ without a reason',
      4,
    ],
    ['no reason', KNOWN.replace(/ *reason:.*\n/, ''), '0.reason is missing', 1],
    ['no kind', KNOWN.replace('  kind: missing\n', ''), 'how errors/fs-with-newns differs is missing', 1],
    ['an unknown kind', KNOWN.replace('missing', 'gone'), 'there is no kind gone', 3],
    ['a date that is none', KNOWN.replace('2027-06-30', '30.6.2027'), 'expires: a date is written 2027-01-31', 6],
    ['a link that is none', KNOWN.replace('https://', ''), 'link: a link begins with https://', 5],
    ['an unknown field', `${KNOWN}  expiry: 1\n`, 'unknown field expiry', 7],
    [
      'a refusal of anything',
      KNOWN.replace('fs-with-newns', 'otherwise-accepted'),
      'errors/otherwise-accepted needs the call that is refused',
      1,
    ],
    [
      'an effect with a call',
      '- {clause: effects/vm-shared, target: local, reason: x, call: fork()}',
      'effects/vm-shared is about an effect',
      1,
    ],
  ])('%s', (_, text, what, line) => {
    const read = (): unknown => parseExpectations(text, 'expect.yaml');
    expect(read).toThrow(InputError);
    try {
      read();
    } catch (error) {
      expect(error).toMatchObject({ what, place: { file: 'expect.yaml', line } });
      expect(error).toHaveProperty('hint', expect.stringMatching(/.{10}/));
    }
  });

  test('an empty file expects nothing', () => {
    expect(parseExpectations('# nothing\n', 'e')).toEqual([]);
  });
});

describe('--update-expect', () => {
  const COMMENTED = `# What we know.
- clause: errors/fs-with-newuser # one
  target: local
  kind: missing
  reason: a
# about mounts
${KNOWN}- {clause: effects/vm-shared, target: local, reason: b} # flow
`;
  const update = (text: string, result: RunResult, today = TODAY): ReturnType<typeof updateExpectations> => {
    const entries = parseExpectations(text, 'e', 'allowed');
    const held = holdTo(result, entries, today);
    if (held.expectations === undefined) throw new Error('nothing was held');
    return updateExpectations(text, entries, held.expectations, [...held.findings, ...held.scenarioFindings], 'local');
  };

  test('leaves what holds, and what was not judged, byte for byte', () => {
    expect(update(COMMENTED, { ...found, clauses: [FAILED] })).toEqual({
      text: COMMENTED,
      added: 0,
      changed: 0,
      removed: 0,
    });
  });

  test('removes what is gone, with the other comments and the order kept', () => {
    const result = { ...found, clauses: [FAILED, { ...PASSED, id: 'errors/fs-with-newuser' }] };
    const { text, removed } = update(COMMENTED, result);
    expect(removed).toBe(1);
    expect(text).toContain('# about mounts\n- clause: errors/fs-with-newns\n');
    expect(text).toMatch(/# flow\n$/);
    expect(text).not.toContain('fs-with-newuser');
  });

  test('adds what is new, with a reason that is refused until a person says it', () => {
    const { text, added } = update('', { ...found, scenarioFindings: [SCENARIO] });
    expect(added).toBe(2);
    expect(() => parseExpectations(text, 'e')).toThrow('without a reason');
    const said = parseExpectations(text.replaceAll('TODO: say why', 'known'), 'e');
    expect(said.map(({ clause, kind, caller }) => [clause, kind, caller])).toEqual([
      ['errors/fs-with-newns', 'missing', undefined],
      ['effects/files-shared', 'missing', undefined],
    ]);
    expect(holdTo({ ...found, scenarioFindings: [SCENARIO] }, said, TODAY).expectations?.met).toHaveLength(2);
  });

  test('writes how it differs now, and asks for the reason again', () => {
    const { text, changed } = update(KNOWN, { ...found, findings: [otherErrno] });
    expect(changed).toBe(1);
    expect(text).toContain('kind: EPERM');
    expect(text).toContain('link: https://example.org/issues/7');
    expect(() => parseExpectations(text, 'e')).toThrow('without a reason');
    expect(text).toContain('Before: mounts are per container here');
  });

  test('never moves a day that is over', () => {
    expect(update(KNOWN, found, '2028-01-01')).toEqual({ text: KNOWN, added: 0, changed: 0, removed: 0 });
  });

  test('leaves an empty list where nothing is left, which is read again', () => {
    const { text } = update(KNOWN, resultWith());
    expect(parseExpectations(text, 'e')).toEqual([]);
  });
});
