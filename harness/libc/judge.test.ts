import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LIBC, packageRoot, type LibcClause } from '../../spec/index.js';
import { judgeLibc } from './judge.js';
import { nameOf } from './session.js';
import { parseTraceLine, type CaseTrace } from './trace.js';

function clauseOf(id: string): LibcClause {
  const clause = LIBC.clauses.find((each) => each.id === id);
  if (clause === undefined) throw new Error(`there is no ${id}`);
  return clause;
}

/** `result -1` is something said; `clone 0x11` a call with those flags. */
function traceOf(events: readonly string[], end: Readonly<Record<string, unknown>> = { exited: 0 }): CaseTrace {
  const line = parseTraceLine(
    JSON.stringify({ type: 'result', case: 'x', ...end, events: events.map((text) => eventOf(text)) }),
  );
  if (line.type !== 'result') throw new Error('no result');
  return line;
}

function eventOf(text: string): object {
  const [, call, flags, result] = /^(clone3?|fork|vfork)\((0x[0-9a-f]+)\) = (-?\d+)$/.exec(text) ?? [];
  if (call === undefined) return { task: 0, said: text };
  const rest = { stack: '0x0', stack_size: '0x0', parent_tid: '0x0', child_tid: '0x0', tls: '0x0' };
  return { task: 0, call, flags, exit_signal: 17, ...rest, result: Number(result) };
}

const FORKED = ['begin', 'clone(0x1200000) = 42', 'end', 'result 42', 'child exited 7'];

describe('a case passes only by what it says and does', () => {
  test('all as expected', () => {
    expect(judgeLibc(clauseOf('libc/fork-shares-nothing'), traceOf(FORKED), 'linux')).toEqual({
      verdict: 'pass',
      observed: "clone(CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD); result the child's; child exited 7",
    });
  });

  const held = LIBC.clauses.filter(({ open }) => !open);
  test.each(held)('$id: a program that does nothing does not', (clause) => {
    expect(judgeLibc(clause, traceOf([]), 'linux')).toMatchObject({ verdict: 'fail' });
    expect(judgeLibc(clause, traceOf(['begin', 'end']), 'linux')).toMatchObject({ verdict: 'fail' });
  });

  test.each(held)('$id: a program that dies, or would kill everything, does not', (clause) => {
    expect(judgeLibc(clause, traceOf(FORKED, { died: 11 }), 'linux')).toMatchObject({ kind: 'died of SIGSEGV' });
    const kills = { ...traceOf(FORKED), events: [{ task: 0, kills: -1 }] };
    expect(judgeLibc(clause, kills, 'linux')).toMatchObject({ kind: 'tries to kill every process' });
  });

  test.each([
    ['another status', FORKED.with(4, 'child exited 0'), 'child exited 0'],
    ['a child that dies', FORKED.with(4, 'child died 6'), 'child died of SIGABRT'],
    ['a flag too many', FORKED.with(1, 'clone(0x1200400) = 42'), 'clone() has CLONE_FILES'],
    ['no call', FORKED.toSpliced(1, 1), 'no tasks made'],
    ['two tasks', FORKED.toSpliced(1, 0, 'fork(0x0) = 43'), '2 tasks made'],
    ['a call before the wrapper', FORKED.with(0, 'x').with(1, 'begin'), 'no tasks made'],
  ])('fork() with %s', (_, events, kind) => {
    expect(judgeLibc(clauseOf('libc/fork-shares-nothing'), traceOf(events), 'linux')).toMatchObject({
      verdict: 'fail',
      kind,
    });
  });

  test('one of several ways is enough', () => {
    const clause = clauseOf('libc/spawn-of-nothing');
    for (const events of [['returned-errno 2'], ['returned-errno 0', 'child exited 127']])
      expect(judgeLibc(clause, traceOf(events), 'linux').verdict).toBe('pass');
    expect(judgeLibc(clause, traceOf(['returned-errno 0', 'child exited 1']), 'linux').verdict).toBe('fail');
  });

  test('a number that stands for a task is none below 1, however equal', () => {
    const clause = clauseOf('libc/raw-clone-getpid');
    for (const number of ['0', '-1'])
      expect(
        judgeLibc(clause, traceOf([`result ${number}`, `getpid ${number}`, 'child exited 0']), 'linux').verdict,
      ).toBe('fail');
  });
});

describe('what cannot be judged is neither passed nor failed', () => {
  const clause = clauseOf('libc/fork-shares-nothing');

  test.each([
    ['no answer', undefined, 'not-run', 'no answer'],
    ['it hangs', traceOf(FORKED, { hung: true }), 'not-run', 'the case did not come to its end within 20 s'],
    ['no tracing', traceOf([], { blocked: 'ptrace is refused here' }), 'blocked', 'ptrace is refused here'],
    ['too much', traceOf(FORKED, { exited: 0, overflowed: true }), 'not-run', 'the case did more than can be recorded'],
    ['no memory', traceOf(['blocked no memory'], { exited: 3 }), 'blocked', 'no memory'],
  ])('%s', (_, trace, verdict, why) => {
    expect(judgeLibc(clause, trace, 'linux')).toEqual({ verdict, why });
  });

  test('what documents leave open is shown', () => {
    expect(judgeLibc(clauseOf('libc/vfork-call'), traceOf(['begin', 'fork(0x0) = 9', 'end']), 'linux')).toEqual({
      verdict: 'open',
      why: 'left open',
      observed: 'fork()',
    });
  });

  test('--level documented shows what no document asks of every libc', () => {
    const null_fn = clauseOf('libc/clone-null-fn');
    const trace = traceOf(['begin', 'end', 'result -1', 'errno 12']);
    expect(judgeLibc(null_fn, trace, 'linux')).toMatchObject({ verdict: 'fail', kind: 'errno ENOMEM' });
    expect(judgeLibc(null_fn, trace, 'documented')).toMatchObject({
      verdict: 'open',
      observed: 'result -1; errno ENOMEM',
    });
  });
});

test('each clause has a case of its name, and each case a clause', () => {
  const folder = join(packageRoot(), 'harness', 'libc');
  const text = readdirSync(folder)
    .filter((name) => name.endsWith('.h'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
  const cases = [...text.matchAll(/\{ "([a-z0-9-]+)", \w+ \}/g)].map(([, name = '']) => name);
  // Not clauses: what is spawned, and what is there to be linked.
  const others = ['exit-seven', 'atfork-registered', 'exit-registered', 'gettid-alone'];
  expect([...cases].sort()).toEqual([...LIBC.clauses.map(({ id }) => nameOf(id)), ...others].sort());
});
