import { describe, expect, test } from '@jest/globals';
import {
  SPECIFICATION,
  callerNamed,
  nominalFacts,
  nominalKernel,
  type Clause,
  type KernelFacts,
} from '../spec/index.js';
import { Coverage, reasonNotJudged, type CallerState } from './coverage.js';
import { KERNEL, OPEN } from './fixtures/imagined-kernel.js';

const clauseOf = (id: string): Clause => {
  const clause = SPECIFICATION.clause(`errors/${id}`);
  if (clause === undefined) throw new Error(`no clause ${id}`);
  return clause;
};

const able = (caller: string, missing: Readonly<Record<string, string>> = {}): CallerState => ({
  facts: nominalFacts(callerNamed(caller), KERNEL),
  missing,
});
const states = (entries: Readonly<Record<string, CallerState>>): ReadonlyMap<string, CallerState> =>
  new Map(Object.entries(entries));

describe('a clause’s result', () => {
  const fail = {
    verdict: 'fail',
    clause: 'errors/a',
    kind: 'missing',
    expected: ['EINVAL'],
    observed: 'success',
  } as const;

  test('is a pass where a case told it apart, with the callers as which', () => {
    const coverage = new Coverage();
    coverage.add('user', { verdict: 'pass', judges: 'errors/a' });
    coverage.add('root', { verdict: 'pass', judges: 'errors/a' });
    coverage.add('root', { verdict: 'pass', judges: 'errors/a' });
    expect(coverage.result('errors/a', undefined)).toEqual({
      id: 'errors/a',
      verdict: 'pass',
      judged: 3,
      failed: 0,
      callers: ['root', 'user'],
    });
  });

  test('is a failure where one case of many differed', () => {
    const coverage = new Coverage();
    coverage.add('root', { verdict: 'pass', judges: 'errors/a' });
    coverage.add('root', fail);
    expect(coverage.result('errors/a', undefined)).toMatchObject({ verdict: 'fail', judged: 1, failed: 1 });
  });

  test.each([
    ['passed and told nothing apart', { verdict: 'pass', judges: undefined }],
    ['was blocked', { verdict: 'blocked', why: 'x' }],
    ['got no answer', { verdict: 'not-run', why: 'x' }],
  ] as const)('is none where each case %s, and that is the run’s own fault', (_, judgement) => {
    const coverage = new Coverage();
    coverage.add('root', judgement);
    expect(coverage.result('errors/a', undefined)).toMatchObject({ verdict: 'not-run', missed: true, callers: [] });
  });

  test('says why it was not judged, where something stands in the way', () => {
    const coverage = new Coverage();
    const blocked = coverage.result('errors/a', { blocked: true, why: 'no root' });
    expect(blocked).toMatchObject({ verdict: 'blocked', why: 'no root' });
    expect(blocked.missed).toBeUndefined();
    const absent = coverage.result('errors/a', { blocked: false, why: 'older' });
    expect(absent).toMatchObject({ verdict: 'not-run', why: 'older' });
    expect(absent.missed).toBeUndefined();
  });

  test('is a pass though a reason not to judge it was known', () => {
    const coverage = new Coverage();
    coverage.add('root', { verdict: 'pass', judges: 'errors/a' });
    expect(coverage.result('errors/a', { blocked: true, why: 'no root' }).verdict).toBe('pass');
  });
});

describe('why a clause cannot be judged', () => {
  const all = states({
    root: able('root'),
    user: able('user'),
    chroot: able('chroot'),
    cgroups: able('cgroups', { busy: 'no controller' }),
  });
  const noUserNs: KernelFacts = { ...KERNEL, config: { ...KERNEL.config, user_ns: false } };
  const filtered = { ...OPEN, forbids: () => 'a seccomp filter answers CLONE_NEWNS with EPERM' };

  const TABLE: readonly (readonly [string, string, ReturnType<typeof reasonNotJudged>])[] = [
    ['nothing stands in the way', 'fs-with-newns', undefined],
    ['nothing stands in the way of another caller', 'newuser-chrooted', undefined],
    [
      'only a newer kernel has it',
      'autoreap-with-thread',
      { blocked: false, why: 'this kernel lacks autoreap (since 7.1)' },
    ],
    [
      'only an older kernel has it',
      'newuser-nesting-eusers',
      { blocked: false, why: 'this kernel is newer (until 4.9)' },
    ],
    ['no caller reaches it', 'threads-max', { blocked: false, why: clauseOf('threads-max').unjudged ?? '' }],
    ['its caller was left out', 'nproc', { blocked: true, why: 'the caller nproc was left out' }],
  ];
  test.each(TABLE)('%s: %s', (_, id, expected) => {
    expect(reasonNotJudged(clauseOf(id), KERNEL, all, OPEN)).toEqual(expected);
  });

  test('the caller could not be made', () => {
    const blocked = states({ chroot: { blocked: 'chroot: EPERM' } });
    expect(reasonNotJudged(clauseOf('newuser-chrooted'), KERNEL, blocked, OPEN)).toEqual({
      blocked: true,
      why: 'caller chroot: chroot: EPERM',
    });
  });

  test('an ordinary user tries what root cannot', () => {
    const ordinary = states({ root: { blocked: 'needs root' }, user: able('user') });
    // EINVAL comes first for both; what root may and the user may not is due to something else.
    expect(reasonNotJudged(clauseOf('fs-with-newuser'), KERNEL, ordinary, OPEN)).toBeUndefined();
    expect(reasonNotJudged(clauseOf('set-tid-in-use'), KERNEL, ordinary, OPEN)).toMatchObject({ blocked: true });
  });

  test('something around the kernel answers', () => {
    expect(reasonNotJudged(clauseOf('fs-with-newns'), KERNEL, all, filtered)).toEqual({
      blocked: true,
      why: 'a seccomp filter answers CLONE_NEWNS with EPERM',
    });
  });

  test('a kind of cgroup could not be made', () => {
    const facts = nominalFacts(callerNamed('cgroups'), KERNEL);
    const fds = Object.fromEntries(Object.entries(facts.cgroup_fds).filter(([, kind]) => kind !== 'busy'));
    const cgroups = states({ cgroups: { facts: { ...facts, cgroup_fds: fds }, missing: { busy: 'no controller' } } });
    expect(reasonNotJudged(clauseOf('into-cgroup-busy'), KERNEL, cgroups, OPEN)).toEqual({
      blocked: true,
      why: 'no busy cgroup: no controller',
    });
  });

  test('the kernel is not configured for it', () => {
    expect(reasonNotJudged(clauseOf('newuser-chrooted'), noUserNs, all, OPEN)).toEqual({
      blocked: false,
      why: 'this kernel lacks CONFIG_USER_NS',
    });
    expect(reasonNotJudged(clauseOf('newuser-not-configured'), KERNEL, all, OPEN)).toMatchObject({
      blocked: false,
      why: 'this kernel has CONFIG_USER_NS',
    });
  });

  test('a reason is one line, for every clause and version', () => {
    for (const version of [
      [4, 4, 0],
      [5, 10, 0],
      [6, 12, 0],
      [7, 3, 0],
    ] as const) {
      for (const clause of SPECIFICATION.errors.clauses) {
        const reason = reasonNotJudged(clause, nominalKernel(version), all, OPEN);
        if (reason !== undefined) expect(reason.why).toMatch(/^[^\n]+$/);
      }
    }
  });
});
