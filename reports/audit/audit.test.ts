import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  CALLERS,
  SPECIFICATION,
  callerNamed,
  nominalFacts,
  nominalKernel,
  packageRoot,
  parseCall,
  possibleAnswer,
  predict,
} from '../../spec/index.js';
import { StraceLog } from '../../spec/text/strace-log.js';
import { Audit, auditCall, summaryText, type AuditSummary, type AuditedCall } from './index.js';

const KERNEL = nominalKernel([6, 18, 0]);
const FACTS = { kernel: KERNEL, caller: nominalFacts(callerNamed('root'), KERNEL) };

/** Every call and every line of a log. */
function audited(log: string): { readonly summary: AuditSummary; readonly calls: readonly AuditedCall[] } {
  const audit = new Audit();
  const reader = new StraceLog();
  const calls: AuditedCall[] = [];
  const add = (logged: Parameters<typeof auditCall>[0]): void => {
    const call = auditCall(logged, 'log', FACTS, 'strict');
    audit.addCall(call);
    if (!('error' in call)) calls.push(call);
  };
  for (const line of log.replace(/\n$/, '').split('\n')) {
    const taken = reader.take(line);
    audit.addLine('other' in taken ? taken.other : undefined);
    if ('call' in taken) add(taken.call);
  }
  reader.end().forEach(add);
  return { summary: audit.summary(), calls };
}

const FOLDER = join(packageRoot(), 'spec', 'text', 'fixtures');
const fixture = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

const FORK = 'clone CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD';
const THREAD =
  'clone3 CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID';

/** What strace 6.1 wrote about real programs, and what is in each of the logs, counted by hand. */
describe('the logs of real programs', () => {
  const LOGS: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
    ['bash.strace', { [`${FORK} = success`]: 7 }],
    ['bash-times.strace', { [`${FORK} = success`]: 5 }],
    ['bash-one-task.strace', { [`${FORK} = success`]: 3 }],
    ['node-workers.strace', { [`${THREAD} = success`]: 8, [`${FORK} = success`]: 1 }],
    ['unshare.strace', { [`${FORK} = success`]: 2 }],
    ['unshare-pid.strace', { [`${FORK} = success`]: 3 }],
    [
      'bwrap.strace',
      {
        'clone CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET|SIGCHLD = success': 1,
        [`${FORK} = success`]: 3,
      },
    ],
    ['crun.strace', { 'clone CLONE_NEWNS|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWPID|CLONE_NEWNET|SIGCHLD = success': 1 }],
    ['pthread.strace', { [`${THREAD} = success`]: 3 }],
    ['posix-spawn.strace', { 'clone3 CLONE_VM|CLONE_VFORK|SIGCHLD = success': 2 }],
    ['python.strace', { 'vfork = success': 2, [`${FORK} = success`]: 2, [`${THREAD} = success`]: 1 }],
    [
      'killed.strace',
      {
        [`${FORK} = success`]: 4,
        'vfork = ?': 1,
        'clone CLONE_NEWNS|CLONE_FS|SIGCHLD = EINVAL': 1,
        'clone CLONE_SIGHAND|SIGCHLD = EINVAL': 1,
        'clone3(NULL, 64) = EFAULT': 1,
        'clone3(NULL, 5000) = E2BIG': 1,
      },
    ],
    ['translated-pids.strace', { [`${FORK} = success`]: 3 }],
    ['verbose-numbers.strace', { [`${FORK} = success`]: 2 }],
    ['injected.strace', { [`${FORK} = success`]: 1, [`${FORK} = ?`]: 1 }],
    ['stack-traces.strace', { [`${FORK} = success`]: 2 }],
  ];

  test.each(LOGS)('%s: every call, and nothing else', (name, expected) => {
    const { summary } = audited(fixture(name));
    expect(
      Object.fromEntries(summary.groups.map(({ flags, answer, count }) => [`${flags} = ${answer}`, count])),
    ).toEqual(expected);
    expect(summary).toMatchObject({ differ: 0, impossible: 0, notUnderstood: 0 });
  });

  test.each(LOGS.map(([name]) => name))('%s: every line is one thing', (name) => {
    const log = fixture(name);
    const { summary, calls } = audited(log);
    const others = Object.values(summary.others).reduce((sum, number) => sum + number, 0);
    const ends = calls.filter(
      ({ verdict }) => verdict.kind !== 'not judged' || verdict.why !== 'the log ends before it returned',
    );
    expect(others + ends.length).toBe(summary.lines);
    expect(summary.lines).toBe(log.split('\n').length - 1);
    // What programs print themselves is in one log alone.
    const printed = { 'injected.strace': 1, 'crun.strace': 1 }[name] ?? 0;
    expect(summary.others['not of strace'] ?? 0).toBe(printed);
  });

  test('are all of them here', () => {
    expect(
      readdirSync(FOLDER)
        .filter((name) => name.endsWith('.strace'))
        .sort(),
    ).toEqual(LOGS.map(([name]) => name).sort());
  });

  test('name nobody: no path of a home, and process ids from 1001 on', () => {
    for (const [name] of LOGS) {
      const log = fixture(name);
      expect(log).not.toMatch(/\/(?:root|home|tmp)\//);
      for (const [, pid] of log.matchAll(/\[pid\s+(\d+)/g)) expect(Number(pid)).toBeLessThan(1100);
    }
  });
});

describe('a call that the log does not give an answer of is not judged, and it is said why', () => {
  const CALL = 'clone(child_stack=NULL, flags=CLONE_VM|SIGCHLD';
  test.each([
    ['the task died', `${CALL}) = ?`, 'the task ended in it'],
    ['the task died while it slept', '7 vfork( <unfinished ...>) = ?', 'the task ended in it'],
    ['a signal', `${CALL}) = ? ERESTARTNOINTR (To be restarted)`, 'a signal interrupted it, and it is made again'],
    [
      'strace injected it',
      `${CALL}) = -1 EPERM (Operation not permitted) (INJECTED)`,
      'strace injected the result; the kernel did not give it',
    ],
    ['strace detached', `${CALL} <detached ...>`, 'strace detached before it returned'],
    ['the log ends', `7 ${CALL} <unfinished ...>`, 'the log ends before it returned'],
    [
      'the log ends within clone3',
      '7 clone3({flags=CLONE_VM, exit_signal=SIGCHLD, stack=NULL, <unfinished ...>',
      'the log ends before it returned',
    ],
    ['no result', `${CALL})`, 'no result was recorded'],
  ])('%s', (_, line, why) => {
    const { calls, summary } = audited(line);
    expect(calls.map(({ verdict }) => verdict)).toEqual([{ kind: 'not judged', why }]);
    expect(summary).toMatchObject({ calls: 1, conform: 0, notJudged: 1 });
  });

  test('a log that begins in the midst of a call says so', () => {
    const { summary } = audited(
      '[pid 9] <... clone resumed>, child_tidptr=0x7f) = 12\n[pid 9] <... wait4 resumed>) = 12',
    );
    expect(summary.others).toEqual({ 'call without its beginning': 1, 'other system call': 1 });
  });

  test('and one that is not understood stops nothing', () => {
    const { summary } = audited('clone(CLONE_FZ) = 7\nfork() = 8');
    expect(summary).toMatchObject({ calls: 2, conform: 1, notUnderstood: 1 });
  });
});

describe('an answer that contradicts the prediction', () => {
  const verdict = (line: string): unknown => audited(line).calls[0]?.verdict;

  test.each([
    ['a refused pair of flags', 'clone(child_stack=NULL, flags=CLONE_NEWNS|CLONE_FS|SIGCHLD) = 12'],
    ['a thread without its handlers', 'clone(child_stack=NULL, flags=CLONE_THREAD|SIGCHLD) = 12'],
    ['a fork that is invalid', 'fork() = -1 EINVAL (Invalid argument)'],
    ['a fork that is too big', 'clone(child_stack=NULL, flags=SIGCHLD) = -1 E2BIG (Argument list too long)'],
    [
      'a pair of flags that no memory is wanted for',
      'clone(child_stack=NULL, flags=CLONE_NEWNS|CLONE_FS|SIGCHLD) = -1 ENOMEM (Cannot allocate memory)',
    ],
    ['a structure of no size', 'clone3({flags=0, exit_signal=SIGCHLD, stack=NULL, stack_size=0}, 8) = 12'],
  ])('is impossible where no caller gets it: %s', (_, line) => {
    expect(verdict(line)).toEqual({ kind: 'impossible' });
  });

  test.each([
    [
      'an ordinary user',
      'clone(child_stack=NULL, flags=CLONE_NEWNS|SIGCHLD) = -1 EPERM (Operation not permitted)',
      { clause: { id: 'errors/newns-unprivileged' } },
    ],
    ['a limit', 'fork() = -1 EAGAIN (Resource temporarily unavailable)', { clause: { id: 'errors/nproc' } }],
    [
      'a namespace whose init is dead',
      'fork() = -1 ENOMEM (Cannot allocate memory)',
      { clause: { id: 'errors/pid-ns-dying' } },
    ],
    ['a filter', 'fork() = -1 EPERM (Operation not permitted)', { otherwise: 'a seccomp filter or a security module' }],
    [
      'a filter of clone3',
      'clone3({flags=CLONE_VM, exit_signal=SIGCHLD, stack=NULL, stack_size=0}, 88) = -1 ENOSYS (Function not implemented)',
      { clause: { id: 'errors/seccomp-clone3' } },
    ],
    [
      'a pointer',
      'clone3({flags=CLONE_PIDFD, pidfd=0x7fff4aa128c0, exit_signal=SIGCHLD, stack=NULL, stack_size=0}, 88) = -1 EFAULT (Bad address)',
      { otherwise: 'a pointer that is not good' },
    ],
  ])('says who could have got it: %s', (_, line, possible) => {
    expect(verdict(line)).toMatchObject({ kind: 'differs', possible });
  });

  test('stands first in a summary', () => {
    const { summary } = audited(
      'fork() = 7\nfork() = 8\nfork() = -1 EINVAL (Invalid argument)\nfork() = -1 EAGAIN (x)\n',
    );
    const text = summaryText(summary, (title) => title);
    expect(text).toMatch(
      /^4 calls in 4 lines: 2 as predicted, 1 not, 1 impossible, 0 not judged, 0 not understood\n\nWhat the kernel could not have answered\n✗ +1 {2}fork = EINVAL {2}\(line 3\)\n +success was due; no caller gets this answer\n\nNot as predicted for this caller\n! +1 {2}fork = EAGAIN {2}\(line 4\)\n.*errors\/nproc.*\n\nCalls\n +2 {2}fork = success\n/,
    );
  });
});

test('no answer that the model gives to anybody is called impossible', () => {
  for (const { example } of SPECIFICATION.errors.clauses) {
    if (example === undefined) continue;
    const { call } = parseCall(example.call);
    for (const caller of CALLERS) {
      const { allowed } = predict({ kernel: KERNEL, caller: nominalFacts(caller, KERNEL) }, call);
      for (const outcome of allowed) expect(possibleAnswer(call, outcome, KERNEL)).toBeDefined();
    }
  }
});
