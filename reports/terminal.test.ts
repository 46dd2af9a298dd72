import { describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import fc from 'fast-check';
import { calls } from '../generators/index.js';
import { ABSENT, BLOCKED, FAILED, FINDING, MISSED, PASSED, resultWith } from '../harness/fixtures/results.js';
import type { RunResult } from '../harness/index.js';
import { callerNamed, formatCall, parseCall } from '../spec/index.js';
import { resultsOf } from './results/index.js';
import { againCommand, count, deviation, shellWord } from './sentences.js';
import { terminal } from './terminal.js';

const text = (changes: Partial<RunResult> = {}, minJudged = 1): string =>
  terminal(resultsOf(resultWith(changes), { order: 'strict', minJudged }), false);
const lastLine = (whole: string): string => whole.trimEnd().split('\n').at(-1) ?? '';
const counts = { pass: 900, fail: 0, blocked: 0, 'not-run': 0 };

describe('the last line is the verdict', () => {
  const TABLE: readonly (readonly [string, Partial<RunResult>, string])[] = [
    ['conforms', {}, 'CONFORMS'],
    ['differs', { findings: [FINDING], clauses: [FAILED] }, 'DIFFERS from Linux as specified'],
    ['interrupted', { interrupted: true }, 'INTERRUPTED: no difference in what ran'],
    [
      'nothing judged',
      { clauses: [BLOCKED], counts: { ...counts, pass: 0, blocked: 9 } },
      'NOT JUDGED: no case was judged',
    ],
    ['a case lost', { counts: { ...counts, 'not-run': 1 } }, 'NOT JUDGED: not every case got an answer'],
    ['unstable', { unstable: [FINDING] }, 'NOT JUDGED: a difference did not repeat'],
    [
      'a clause missed',
      { clauses: [PASSED, MISSED] },
      'NOT JUDGED: clauses that can be judged here were not reached: ask for more (--runs, --scenarios)',
    ],
  ];
  test.each(TABLE)('%s', (_, changes, expected) => {
    const whole = text(changes);
    expect(lastLine(whole)).toBe(expected);
    if (expected !== 'CONFORMS') expect(whole).not.toContain('CONFORMS');
  });

  test('and the line above it counts', () => {
    const changes = { counts: { pass: 1200, fail: 3, blocked: 20, 'not-run': 1 }, cases: 1224 };
    expect(text(changes)).toContain(
      '1,224 cases in 0.5 s (2,448/s): 1,200 as predicted, 3 not, 20 blocked, 1 not run\n',
    );
  });
});

describe('a finding is told', () => {
  test('with its clause, its case, what was expected and seen, why and where it is written, and how to see it again', () => {
    const whole = text({ findings: [FINDING], clauses: [FAILED] });
    expect(whole).toContain(
      [
        '1 of 1 clause judged: 1 difference',
        '',
        '✗ errors/fs-with-newns: not refused',
        '    root: clone(CLONE_NEWNS|CLONE_FS)',
        '    expected EINVAL, observed success; 5 of 5 runs',
        '',
      ].join('\n'),
    );
    expect(whole).toContain('copy_process(); clone(2)');
    expect(whole).toContain("    again: clonecheck replay --caller root 'clone(CLONE_NEWNS|CLONE_FS)'\n");
  });

  test('each of several', () => {
    const other = { ...FINDING, minimal: { caller: callerNamed('user'), call: parseCall('clone(CLONE_IO)').call } };
    const whole = text({ findings: [FINDING, other] });
    expect(whole).toContain('2 differences');
    expect(whole.match(/^ {4}again: /gm)).toHaveLength(2);
  });

  test('as unstable where it did not repeat, and that it is not fully reduced', () => {
    const whole = text({ unstable: [{ ...FINDING, reproducible: { k: 2, n: 5 }, complete: false }] });
    expect(whole).toContain('Unstable');
    expect(whole).toContain('2 of 5 runs, not fully reduced');
    expect(whole).toContain('no difference');
  });

  test.each([
    ['missing', ['EINVAL'], 'success', 'not refused'],
    ['accepted', ['EINVAL'], 'success', 'not refused'],
    ['EPERM', ['EINVAL'], 'EPERM', 'EPERM instead of EINVAL'],
    ['EIO', ['EINVAL', 'EPERM'], 'EIO', 'EIO instead of EINVAL or EPERM'],
    ['missing', ['EINVAL'], 'EPERM', 'EPERM instead of EINVAL'],
    ['ENOSYS', ['success'], 'ENOSYS', 'refused with ENOSYS'],
  ] as const)('%s of %j seen as %s: %s', (kind, expected, observed, sentence) => {
    expect(deviation(kind, expected, observed)).toBe(sentence);
  });
});

describe('what was not judged is listed with the reason', () => {
  test('in groups', () => {
    const whole = text({ clauses: [PASSED, BLOCKED, MISSED, ABSENT] });
    expect(whole).toContain('1 of 4 clauses judged: no difference');
    expect(whole).toContain('run longer (1)\n  errors/thread-without-sighand: no case told it apart\n');
    expect(whole).toContain('Blocked here (1)\n  errors/newuser-chrooted: caller chroot: chroot: EPERM\n');
    expect(whole).toContain('Not judged (1)\n  errors/autoreap-with-thread: this kernel lacks autoreap (since 7.1)\n');
  });

  test('callers, the environment, and cases not judged', () => {
    const whole = text({
      blockedCallers: [{ caller: 'chroot', why: 'chroot: EPERM' }],
      environment: ['a seccomp filter answers clone3 with EPERM'],
      lost: [
        { why: 'the probe died of SIGSEGV', cases: 2 },
        { why: 'it was not over', cases: 1, first: 'root: fork()' },
      ],
      counts: { ...counts, 'not-run': 2 },
    });
    expect(whole).toContain('Callers that cannot be made here\n  chroot: chroot: EPERM\n');
    expect(whole).toContain('! a seccomp filter answers clone3 with EPERM\n');
    expect(whole).toContain('! 2 cases not judged: the probe died of SIGSEGV\n');
    expect(whole).toContain('! 1 case not judged: it was not over; the first: root: fork()\n');
  });
});

describe('colour', () => {
  const escape = String.fromCharCode(27);

  test('is there when asked for and not otherwise, and changes no word', () => {
    const result = resultsOf(resultWith({ findings: [FINDING], clauses: [FAILED, BLOCKED] }), {
      order: 'strict',
      minJudged: 1,
    });
    const coloured = terminal(result, true);
    const plain = terminal(result, false);
    expect(coloured).toContain(`${escape}[31m`);
    expect(plain).not.toContain(escape);
    expect(coloured.replaceAll(new RegExp(`${escape}\\[\\d+m`, 'g'), '')).toBe(plain);
  });
});

describe('the command that runs a case again', () => {
  /** The words as a shell understands them. */
  const wordsOf = (command: string): readonly string[] =>
    execaSync('sh', ['-c', `printf '%s\\0' ${command}`])
      .stdout.split('\0')
      .slice(0, -1);

  test('read by a shell gives the same case', () => {
    const caller = fc.constantFrom('root', 'nproc-chroot', 'chroot+user+nproc=0', 'caps=0x10000000000');
    fc.assert(
      fc.property(caller, calls(), (name, call) => {
        const subject = { caller: callerNamed(name), call };
        const [program, command, option, who = '', what = '', ...more] = wordsOf(againCommand(subject));
        expect([program, command, option, more]).toEqual(['clonecheck', 'replay', '--caller', []]);
        expect(callerNamed(who)).toEqual(subject.caller);
        expect(formatCall(parseCall(what).call)).toBe(formatCall(call));
      }),
      { numRuns: 40 },
    );
  });

  test('any word comes back as it was', () => {
    const words = fc.array(
      fc.string({ minLength: 1, unit: 'binary-ascii' }).filter((word) => !word.includes('\0')),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(words, (all) => {
        expect(wordsOf(all.map(shellWord).join(' '))).toEqual(all);
      }),
      { numRuns: 40 },
    );
  });
});

test('counts are written as people write them', () => {
  expect([count(0, 'case'), count(1, 'case'), count(12345, 'case')]).toEqual(['0 cases', '1 case', '12,345 cases']);
});
