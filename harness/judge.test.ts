import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callers, calls } from '../generators/index.js';
import {
  callerNamed,
  nominalFacts,
  parseCall,
  predict,
  type Facts,
  type Level,
  type Order,
  type Outcome,
} from '../spec/index.js';
import { judgeOne } from './findings.js';
import { KERNEL, OPEN, STRICT } from './fixtures/imagined-kernel.js';
import { judge, type Judgement } from './judge.js';
import type { Observation } from './case.js';

const OTHERWISE = 'errors/otherwise-accepted';
const seen = (outcome: Outcome): Observation =>
  outcome === 'success' ? { kind: 'child', pid: 7 } : { kind: 'refused', errno: outcome };
const factsOf = (caller: string): Facts => ({ kernel: KERNEL, caller: nominalFacts(callerNamed(caller), KERNEL) });
const judged = (
  caller: string,
  call: string,
  outcome: Outcome,
  { order = 'strict', level = 'linux' }: { readonly order?: Order; readonly level?: Level } = {},
): Judgement => judge(predict(factsOf(caller), parseCall(call).call, { order }), seen(outcome), OTHERWISE, level);

/** `pass CLAUSE` or `pass`; `fail CLAUSE KIND`. */
const said = (judgement: Judgement): string => {
  switch (judgement.verdict) {
    case 'pass':
      return `pass ${judgement.judges ?? ''}`.trim();
    case 'fail':
      return `fail ${judgement.clause} ${judgement.kind}`;
    default:
      return `${judgement.verdict} ${judgement.why}`;
  }
};

describe('what a target answers', () => {
  const TABLE: readonly (readonly [string, string, Outcome, string])[] = [
    // As predicted, and the clause is told apart.
    ['root', 'clone(CLONE_NEWNS|CLONE_FS)', 'EINVAL', 'pass errors/fs-with-newns'],
    ['root', 'clone(SIGCHLD)', 'success', 'pass errors/otherwise-accepted'],
    ['user', 'clone(CLONE_NEWNS)', 'EPERM', 'pass errors/newns-unprivileged'],
    // As predicted, but a second rule gives the same errno.
    ['root', 'clone(CLONE_NEWNS|CLONE_FS|CLONE_THREAD)', 'EINVAL', 'pass'],
    ['user', 'clone(CLONE_NEWNS|CLONE_NEWPID)', 'EPERM', 'pass'],
    // As if the clause were not there: nothing else, or the next rule, decides.
    ['root', 'clone(CLONE_NEWNS|CLONE_FS)', 'success', 'fail errors/fs-with-newns missing'],
    ['user', 'clone(CLONE_NEWNS|CLONE_FS)', 'EPERM', 'fail errors/fs-with-newns missing'],
    // Accepted though two rules are broken.
    ['user', 'clone(CLONE_NEWNS|CLONE_FS)', 'success', 'fail errors/fs-with-newns accepted'],
    // Another errno.
    ['root', 'clone(CLONE_NEWNS|CLONE_FS)', 'EPERM', 'fail errors/fs-with-newns EPERM'],
    ['root', 'clone(SIGCHLD)', 'ENOSYS', 'fail errors/otherwise-accepted ENOSYS'],
    ['root', 'fork()', 'EINVAL', 'fail errors/otherwise-accepted EINVAL'],
  ];
  test.each(TABLE)('%s: %s gives %s: %s', (caller, call, outcome, expected) => {
    expect(said(judged(caller, call, outcome))).toBe(expected);
  });

  test('a failure says what was expected and what was seen', () => {
    expect(judged('root', 'clone(CLONE_NEWNS|CLONE_FS)', 'EPERM')).toMatchObject({
      expected: ['EINVAL'],
      observed: 'EPERM',
    });
  });

  test('a child whose number nobody could say is a child', () => {
    const prediction = predict(factsOf('root'), parseCall('clone(SIGKILL)').call);
    expect(said(judge(prediction, { kind: 'child', pid: null }, OTHERWISE))).toBe(`pass ${OTHERWISE}`);
  });

  test('no answer is neither pass nor fail', () => {
    const prediction = predict(factsOf('root'), parseCall('clone(SIGCHLD)').call);
    expect(said(judge(prediction, { kind: 'lost', why: 'timeout' }, OTHERWISE))).toBe('not-run timeout');
    expect(said(judge(prediction, { kind: 'blocked', why: 'no root' }, OTHERWISE))).toBe('blocked no root');
  });

  test('what the environment forbids is blocked, whatever is seen', () => {
    const environment = { ...OPEN, forbids: () => 'a seccomp filter' };
    const subject = { caller: callerNamed('root'), call: parseCall('clone(SIGCHLD)').call };
    const judgement = judgeOne(factsOf('root'), subject, seen('EINVAL'), environment, STRICT);
    expect(said(judgement)).toBe('blocked a seccomp filter');
  });
});

describe('--order any', () => {
  const TABLE: readonly (readonly [string, string, Outcome, string])[] = [
    ['user', 'clone(CLONE_NEWNS|CLONE_FS)', 'EINVAL', 'pass'],
    ['user', 'clone(CLONE_NEWNS|CLONE_FS)', 'EPERM', 'pass'],
    ['user', 'clone(CLONE_NEWNS|CLONE_FS)', 'success', 'fail errors/fs-with-newns accepted'],
    ['user', 'clone(CLONE_NEWNS|CLONE_FS)', 'ENOMEM', 'fail errors/fs-with-newns ENOMEM'],
    ['root', 'clone(CLONE_NEWNS|CLONE_FS)', 'EINVAL', 'pass errors/fs-with-newns'],
    ['root', 'clone(CLONE_NEWNS|CLONE_FS)', 'EPERM', 'fail errors/fs-with-newns EPERM'],
  ];
  test.each(TABLE)('%s: %s gives %s: %s', (caller, call, outcome, expected) => {
    expect(said(judged(caller, call, outcome, { order: 'any' }))).toBe(expected);
  });
});

describe('--level documented', () => {
  const TABLE: readonly (readonly [string, string, Outcome, string])[] = [
    // The clause is Linux's own habit: where it is not kept, nothing is judged.
    ['root', 'clone3({exit_signal=65})', 'EINVAL', 'pass'],
    ['root', 'clone3({exit_signal=65})', 'success', 'blocked no document says whether such a call is refused'],
    ['root', 'clone3({exit_signal=65})', 'EPERM', 'fail errors/clone3-exit-signal-over-nsig EPERM'],
    // No document promises that a call succeeds.
    ['root', 'clone(SIGCHLD)', 'success', 'pass'],
    ['root', 'clone(SIGCHLD)', 'EAGAIN', 'blocked no document promises that such a call succeeds'],
    // What is documented is demanded.
    ['root', 'clone(CLONE_NEWNS|CLONE_FS)', 'EINVAL', 'pass errors/fs-with-newns'],
    ['root', 'clone(CLONE_NEWNS|CLONE_FS)', 'success', 'fail errors/fs-with-newns missing'],
  ];
  test.each(TABLE)('%s: %s gives %s: %s', (caller, call, outcome, expected) => {
    expect(said(judged(caller, call, outcome, { level: 'documented' }))).toBe(expected);
  });
});

describe('for any caller and call', () => {
  const order = fc.constantFrom<Order>('strict', 'any');
  const level = fc.constantFrom<Level>('linux', 'documented');

  test('Linux’s own answer passes, by every measure', () => {
    fc.assert(
      fc.property(callers(), calls(), order, level, (caller, call, ...[byOrder, byLevel]) => {
        const facts = { kernel: KERNEL, caller: nominalFacts(caller, KERNEL) };
        const prediction = predict(facts, call, { order: byOrder });
        expect(judge(prediction, seen(prediction.outcome), OTHERWISE, byLevel).verdict).toBe('pass');
      }),
      { numRuns: 500 },
    );
  });

  test('what is not allowed fails at the level of Linux, and what fails there may only pass at a lower one', () => {
    const outcome = fc.constantFrom<Outcome>('success', 'EINVAL', 'EPERM', 'EFAULT', 'EIO');
    fc.assert(
      fc.property(callers(), calls(), order, outcome, (caller, call, byOrder, answer) => {
        const facts = { kernel: KERNEL, caller: nominalFacts(caller, KERNEL) };
        const prediction = predict(facts, call, { order: byOrder });
        const { verdict } = judge(prediction, seen(answer), OTHERWISE, 'linux');
        expect(verdict).toBe(prediction.allowed.includes(answer) ? 'pass' : 'fail');
        if (verdict === 'pass') {
          expect(judge(prediction, seen(answer), OTHERWISE, 'documented').verdict).toBe('pass');
        } else {
          // What is less demanding finds no more, and takes no difference for a pass.
          expect(judge(prediction, seen(answer), OTHERWISE, 'documented').verdict).not.toBe('pass');
        }
      }),
      { numRuns: 500 },
    );
  });
});
