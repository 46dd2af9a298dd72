import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { InputError, clone, type Call, type Caller } from '../spec/index.js';
import { isGone } from './fixtures/processes.js';
import { fakeProbe, type Fault, type FakePlan } from './fixtures/fake-probe.js';
import type { ProbeCommand } from './probe-process.js';
import { ProbeSession, type BatchResult, type SessionOptions } from './session.js';

const ROOT: Caller = { name: 'root', attributes: [] };
const USER: Caller = { name: 'user', attributes: ['user'] };

/** Calls that can be told apart by `mark(0)`, `mark(1)`, … in their lines. */
const calls = (count: number, from = 0): readonly Call[] =>
  Array.from({ length: count }, (_, index) => clone(17n, { tls: 0x1000n + BigInt(from + index) }));
const mark = (index: number): string => `tls=0x${(0x1000 + index).toString(16)}`;

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-session-'));
let logs = 0;
const newLog = (): string => join(folder, `starts-${String(logs++)}`);
const startsIn = (log: string): readonly number[] => readFileSync(log, 'utf8').trim().split('\n').map(Number);

const sessions: ProbeSession[] = [];
const sessionOf = (command: ProbeCommand, options: SessionOptions = {}): ProbeSession => {
  const session = new ProbeSession(command, options);
  sessions.push(session);
  return session;
};
const opened = async (plan: FakePlan, options?: SessionOptions): Promise<ProbeSession> => {
  const session = sessionOf(fakeProbe(plan), options);
  await session.open();
  return session;
};

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** For each observation `refused`, or why it was lost. */
const told = ({ observations }: BatchResult): readonly string[] =>
  observations.map((observation) => ('why' in observation ? observation.why : observation.kind));
const lostAt = (result: BatchResult): readonly number[] =>
  result.observations.flatMap(({ kind }, index) => (kind === 'lost' ? [index] : []));

describe('a probe that is well', () => {
  test('answers each case in order, with the facts of its caller', async () => {
    const session = await opened({});
    const result = await session.run(ROOT, calls(3));
    expect(told(result)).toEqual(['refused', 'refused', 'refused']);
    expect(result.answer?.name).toBe('root');
    expect(result.facts?.euid).toBe(0);
  });

  test('keeps batches of several callers apart', async () => {
    const session = await opened({ atCaller: { user: 'blocked' } });
    const [root, user, again] = await Promise.all([
      session.run(ROOT, calls(2)),
      session.run(USER, []),
      session.run(ROOT, calls(1)),
    ]);
    expect([root.answer?.name, user.answer?.name, again.answer?.name]).toEqual(['root', 'user', 'root']);
    expect([root.blocked, user.blocked, again.blocked]).toEqual([undefined, 'not here', undefined]);
  });

  test('tells each caller once, however many batches take turns', async () => {
    const session = await opened({});
    const batches = Array.from({ length: 12 }, (_, index) =>
      session.run(index % 2 === 0 ? ROOT : USER, calls(1, index)),
    );
    const results = await Promise.all(batches);
    expect(results.map(({ answer }) => answer?.name)).toEqual(results.map((_, index) => ['root', 'user'][index % 2]));
    expect(results.flatMap(told)).toEqual(results.map(() => 'refused'));
    expect(session.deaths).toEqual([]);
  });

  test('gives the facts alone for a batch without calls, once and again', async () => {
    const session = await opened({});
    const results = await Promise.all([session.run(ROOT, []), session.run(ROOT, []), session.run(USER, [])]);
    expect(results.map(({ answer }) => answer?.name)).toEqual(['root', 'root', 'user']);
    expect((await session.run(USER, [])).facts?.euid).toBe(0);
  });
});

describe('what happens at one case costs that case alone', () => {
  const FAULTS: readonly (readonly [Fault, RegExp])[] = [
    ['die', /^the probe died of SIGSEGV$/],
    ['exit', /^the probe exited with 0$/],
    ['garbage', /^the probe answered with "\{\\"id\\":garbage,," is no JSON$/],
    ['cut', /^the probe exited with 0$/],
    ['endless', /^the probe answered with a line without an end$/],
    ['no-result', /^an answer without a result$/],
    ['callers', /^the probe answered with caller root where none was due$/],
    ['second-header', /^the probe answered with a second header$/],
    ['early-footer', /^the probe answered with a line behind the footer$/],
    ['hang', /^the probe gave no answer within 0.4 s$/],
    ['silent', /^the probe gave no answer within 0.4 s$/],
    ['swapped', /^the probe gave no answer within 0.4 s$/],
  ];
  test.each(FAULTS)('%s', async (fault, cause) => {
    const quiet = cause.source.includes('within');
    const session = await opened({ at: { [mark(3)]: fault } }, quiet ? { silenceMs: 400 } : {});
    const result = await session.run(ROOT, calls(8));
    expect(lostAt(result)).toEqual([3]);
    expect(told(result)[3]).toMatch(cause);
    expect(result.facts).toBeDefined();
  });

  test('an answer given twice costs none', async () => {
    const session = await opened({ at: { [mark(3)]: 'twice' } });
    expect(lostAt(await session.run(ROOT, calls(8)))).toEqual([]);
  });

  test('a death that does not happen again costs none', async () => {
    const log = newLog();
    const session = await opened({ at: { [mark(3)]: 'die' }, once: true, log });
    expect(lostAt(await session.run(ROOT, calls(8)))).toEqual([]);
    expect(startsIn(log)).toHaveLength(2);
  });

  test('a death a moment after an answer costs nobody else', async () => {
    const session = await opened({ at: { [mark(3)]: 'late' } });
    expect(lostAt(await session.run(ROOT, calls(8)))).toEqual([]);
    expect(session.deaths).toEqual(['the probe died of SIGSEGV']);
    const alone = await opened({ at: { [mark(1)]: 'late' } });
    for (const each of [0, 1, 2, 3]) expect(lostAt(await alone.run(ROOT, calls(1, each)))).toEqual([]);
    expect(alone.deaths).toHaveLength(1);
  });

  test('and is charged, if to any, to the case that was answered, where it is tried alone', async () => {
    const session = await opened({ at: { [mark(3)]: 'late' }, buffered: true });
    const results = await Promise.all([session.run(ROOT, calls(4)), session.run(USER, calls(4, 4))]);
    // Whether it dies before the session hears its answer is a race between two processes.
    const [first, second] = results.map(lostAt);
    expect([[], [3]]).toContainEqual(first);
    expect(second).toEqual([]);
  });

  test('answers that a dying probe took along are made again', async () => {
    const session = await opened({ at: { [mark(5)]: 'die' }, buffered: true });
    expect(lostAt(await session.run(ROOT, calls(8)))).toEqual([5]);
  });

  test('what was sent ahead is run by a fresh probe', async () => {
    const session = await opened({ at: { [mark(6)]: 'die' }, buffered: true });
    const results = await Promise.all([
      session.run(ROOT, calls(4)),
      session.run(USER, []),
      session.run(USER, calls(4, 4)),
      session.run(ROOT, calls(4, 8)),
    ]);
    expect(results.map(lostAt)).toEqual([[], [], [2], []]);
    expect(results.map(({ answer }) => answer?.name)).toEqual(['root', 'user', 'user', 'root']);
  });

  test('the last words on standard error are part of the cause', async () => {
    const session = await opened({ at: { [mark(0)]: 'die' }, complaint: 'first\nout of luck' });
    expect(told(await session.run(ROOT, calls(1)))).toEqual(['the probe died of SIGSEGV: out of luck']);
  });

  test('whatever goes wrong and wherever, each case is answered once and the guilty ones are lost', async () => {
    const faults = fc.constantFrom<Fault>('die', 'exit', 'garbage', 'cut', 'no-result', 'second-header');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }),
        fc.dictionary(fc.nat(11).map(String), faults, { maxKeys: 3 }),
        fc.boolean(),
        async (sizes, where, buffered) => {
          const at = Object.fromEntries(Object.entries(where).map(([index, fault]) => [mark(Number(index)), fault]));
          const session = await opened({ at, buffered });
          const from = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0));
          const results = await Promise.all(
            sizes.map((size, index) => session.run(index % 2 === 0 ? ROOT : USER, calls(size, from[index]))),
          );
          await session.close();
          expect(results.map(({ observations }) => observations.length)).toEqual(sizes);
          const lost = results.flatMap((result, index) => lostAt(result).map((at_) => at_ + (from[index] ?? 0)));
          const total = sizes.reduce((sum, size) => sum + size, 0);
          const guilty = Object.keys(where).map(Number);
          expect(lost).toEqual(guilty.filter((index) => index < total).sort((a, b) => a - b));
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('a result is never taken for another caller’s', () => {
  test.each(['other', 'none'] as const)('when the caller line is %s', async (fault) => {
    const session = await opened({ atCaller: { user: fault } }, { silenceMs: 400 });
    const [user, root] = await Promise.all([session.run(USER, calls(2)), session.run(ROOT, calls(2, 2))]);
    expect(lostAt(user)).toEqual([0, 1]);
    expect(user.facts).toBeUndefined();
    expect(lostAt(root)).toEqual([]);
  });
});

describe('a probe that makes no progress is given up', () => {
  test('one that dies at every case: after few starts, and for good', async () => {
    const log = newLog();
    const session = await opened({ at: { 'tls=': 'die' }, log });
    const results = await Promise.all([0, 1, 2, 3, 4].map((batch) => session.run(ROOT, calls(20, 20 * batch))));
    expect(results.map((result) => lostAt(result).length)).toEqual([20, 20, 20, 20, 20]);
    expect(new Set(results.flatMap(told))).toEqual(new Set(['the probe died of SIGSEGV']));
    const starts = startsIn(log).length;
    expect(starts).toBeLessThanOrEqual(12);
    expect(told(await session.run(ROOT, calls(2)))).toEqual(['the probe died of SIGSEGV', 'the probe died of SIGSEGV']);
    expect(startsIn(log)).toHaveLength(starts);
  });

  test.each(['exit-behind-header', 'exit', 'garbage', 'wrong-protocol'] as const)(
    'one that cannot be started again (%s)',
    async (start) => {
      const log = newLog();
      const session = await opened({ at: { [mark(1)]: 'die' }, start, startFrom: 2, log });
      const result = await session.run(ROOT, calls(4));
      expect(lostAt(result)).toEqual([1, 2, 3]);
      expect(startsIn(log).length).toBeLessThanOrEqual(5);
    },
  );

  test('one that ends behind its header', async () => {
    const log = newLog();
    const session = await opened({ start: 'exit-behind-header', log });
    const result = await session.run(ROOT, calls(4));
    expect(told(result)).toEqual(Array.from({ length: 4 }, () => 'the probe exited with 0'));
    expect(result.blocked).toBe('the probe exited with 0');
    expect(startsIn(log).length).toBeLessThanOrEqual(6);
  });

  test('a caller that ends every probe costs its own batch', async () => {
    const session = await opened({ atCaller: { user: 'die' } });
    const [before, facts, during, behind] = await Promise.all([
      session.run(ROOT, calls(2)),
      session.run(USER, []),
      session.run(USER, calls(3, 2)),
      session.run(ROOT, calls(2, 5)),
    ]);
    expect([before, during, behind].map((result) => lostAt(result).length)).toEqual([0, 3, 0]);
    expect([facts.blocked, during.blocked]).toEqual(['the probe died of SIGSEGV', 'the probe died of SIGSEGV']);
    expect(behind.facts).toBeDefined();
  });
});

describe('open() says in one line what is wrong', () => {
  const COMMANDS: readonly (readonly [string, ProbeCommand, RegExp])[] = [
    [
      'no such command',
      { file: 'no-such-command', args: ['probe'] },
      /^no-such-command probe: the probe could not be started \(\w+\)$/,
    ],
    ['no program', { file: '/etc/passwd', args: [] }, /^\/etc\/passwd: the probe could not be started \(EACCES\)$/],
    ['a command that ends', { file: 'false', args: [] }, /^false: the probe exited with 1$/],
    ['one that says why', fakeProbe({ start: 'exit', complaint: 'a\nno room' }), /the probe exited with 0: no room$/],
    ['one that says nothing', fakeProbe({ start: 'none' }), /the probe gave no answer within 1 s$/],
    ['another protocol', fakeProbe({ start: 'wrong-protocol' }), /protocol: .*Expected 1 but received 7$/],

    ['no protocol', fakeProbe({ start: 'garbage' }), /the probe answered with "login: " is no JSON$/],
  ];
  test.each(COMMANDS)('%s', async (_, command, message) => {
    const session = sessionOf(command, { startMs: 1_000 });
    const error: unknown = await session.open().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    const { message: text, hint } = error as InputError;
    // A fake probe's own name is its program.
    const shown = text.replace(session.name, command.file.includes('node') ? 'fake' : session.name);
    expect(shown).toMatch(message);
    expect(shown).not.toContain('\n');
    expect(hint).not.toBe('');
    const after = await session.run(ROOT, calls(2));
    expect(lostAt(after)).toEqual([0, 1]);
  });
});

describe('silence', () => {
  test('is none while nothing is due', async () => {
    const log = newLog();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
    try {
      const session = await opened({ log }, { silenceMs: 5_000 });
      await session.run(ROOT, calls(1));
      jest.advanceTimersByTime(60_000);
      expect(told(await session.run(ROOT, calls(1)))).toEqual(['refused']);
      expect(startsIn(log)).toHaveLength(1);
    } finally {
      jest.useRealTimers();
    }
  });

  test('a probe that ended with nothing left to do is started for what comes next', async () => {
    const log = newLog();
    const session = await opened({ at: { [mark(0)]: 'die' }, log });
    expect(lostAt(await session.run(ROOT, calls(1)))).toEqual([0]);
    const starts = startsIn(log).length;
    expect(told(await session.run(ROOT, calls(1, 1)))).toEqual(['refused']);
    expect(startsIn(log)).toHaveLength(starts + 1);
  });
});

describe('close()', () => {
  test('ends the probe', async () => {
    const log = newLog();
    const session = await opened({ log });
    await session.close();
    for (const pid of startsIn(log)) await isGone(pid);
  });

  test('lets what is in flight be answered', async () => {
    const session = await opened({});
    const [result] = await Promise.all([session.run(ROOT, calls(50)), session.close()]);
    expect(lostAt(result)).toEqual([]);
  });

  test.each(['hang', 'die', 'endless'] as const)(
    'settles what is in flight at a probe that does: %s',
    async (fault) => {
      const log = newLog();
      const session = await opened({ at: { [mark(1)]: fault }, log }, { silenceMs: 400 });
      const running = Promise.all([session.run(ROOT, calls(3)), session.run(USER, calls(2))]);
      await session.close();
      const [first, second] = await running;
      expect([lostAt(first), lostAt(second)]).toEqual([
        [1, 2],
        [0, 1],
      ]);
      for (const pid of startsIn(log)) await isGone(pid);
    },
  );

  test('ends a hanging probe behind a shell', async () => {
    const log = newLog();
    const { file, args } = fakeProbe({ at: { [mark(0)]: 'hang' }, log });
    const session = sessionOf({ file: 'sh', args: ['-c', '"$@"; exit 3', 'sh', file, ...args] }, { silenceMs: 400 });
    await session.open();
    expect(lostAt(await session.run(ROOT, calls(2)))).toEqual([0]);
    await session.close();
    for (const pid of startsIn(log)) await isGone(pid);
  });

  test('ends though something else holds the pipes', async () => {
    const session = sessionOf({ file: 'sh', args: ['-c', 'setsid sleep 30 & exit 0'] });
    await expect(session.open()).rejects.toThrow('the probe exited with 0');
  });

  test('is final, may come twice and before open()', async () => {
    const session = await opened({});
    await session.close();
    await session.close();
    expect(told(await session.run(ROOT, calls(1)))).toEqual(['the session was closed']);
    await sessionOf(fakeProbe()).close();
  });

  test('ends an open() that waits', async () => {
    const session = sessionOf(fakeProbe({ start: 'none' }), { startMs: 400 });
    const opening = session.open();
    await Promise.all([expect(opening).rejects.toThrow(InputError), session.close()]);
  });
});
