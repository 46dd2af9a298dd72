import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InputError, formatCall, formatStep } from '../spec/index.js';
import { FAKE_FACTS, FAKE_HEADER } from './fixtures/fake-probe.js';
import { STRICT } from './fixtures/imagined-kernel.js';
import { PLAIN_CALLER, fakeTarget, faultyTarget } from './fixtures/targets.js';
import { run, type RunOptions } from './run.js';
import { localTarget } from './targets/local.js';
import type { Target } from './targets/target.js';
import { checkTrace } from './trace-check.js';
import { readTrace } from './trace-file.js';
import { recordTrace } from './trace-record.js';

const OPTIONS: RunOptions = { ...STRICT, runs: 600, seed: 7, jobs: 1 };
const CHECK = { ...STRICT, seed: 7 };

const record = async (target: Target, options: RunOptions = OPTIONS): Promise<string> => {
  const pieces: string[] = [];
  await recordTrace(target, options, (text) => {
    pieces.push(text);
  });
  return pieces.join('');
};

/** One trace of the local kernel for all tests here. */
const recorded = record(localTarget());

const HEADER = JSON.stringify(FAKE_HEADER);
const CALLER = JSON.stringify({ type: 'caller', name: 'root', attributes: [], facts: FAKE_FACTS });
const CASE = JSON.stringify({ id: '0', call: 'clone(CLONE_NEWNS|CLONE_FS)', errno: 'EINVAL' });
const footer = (cases: number): string => JSON.stringify({ type: 'footer', cases });
const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

const thrownBy = (text: string): InputError => {
  try {
    readTrace(text, 'trace.ndjson');
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('it was read');
};

describe('a recorded trace', () => {
  test('judged is what a run of the same seed would have said', async () => {
    const text = await recorded;
    const trace = readTrace(text, 'trace.ndjson');
    expect(trace.whole).toBe(true);
    const [checked, ran] = await Promise.all([checkTrace(trace, 'trace.ndjson', CHECK), run(localTarget(), OPTIONS)]);
    const verdicts = ({ clauses }: typeof ran): readonly string[] =>
      clauses.map(({ id, verdict }) => `${id} ${verdict}`);
    expect(verdicts(checked)).toEqual(verdicts(ran));
    expect(checked.counts).toEqual(ran.counts);
    expect(checked.cases).toBe(ran.cases);
    expect(checked).toMatchObject({ findings: [], interrupted: false, target: 'file:trace.ndjson' });
  });

  test('is made of whole lines, a header first and a footer with the count last', async () => {
    const all = (await recorded)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(all.at(0)).toMatchObject({ type: 'header', protocol: 1 });
    expect(all.at(-1)).toEqual({
      type: 'footer',
      cases: all.filter((line) => 'call' in line || 'scenario' in line).length,
    });
  });

  test('holds the same calls as another of the same seed', async () => {
    const callsIn = (text: string): readonly string[] =>
      readTrace(text, 'x').batches.flatMap(({ requests }) =>
        requests.map((request) =>
          request.call === 'scenario' ? request.steps.map(formatStep).join() : formatCall(request),
        ),
      );
    expect(callsIn(await record(localTarget()))).toEqual(callsIn(await recorded));
  });

  test('is judged by the callers and clauses asked for alone', async () => {
    const trace = readTrace(await recorded, 'trace.ndjson');
    const { clauses, cases } = await checkTrace(trace, 'trace.ndjson', {
      ...CHECK,
      callers: [PLAIN_CALLER],
      selects: (clause) => clause === 'errors/fs-with-newns',
    });
    expect(clauses).toMatchObject([{ id: 'errors/fs-with-newns', verdict: 'pass', callers: [PLAIN_CALLER] }]);
    expect(cases).toBeLessThan(trace.batches.reduce((sum, { requests }) => sum + requests.length, 0));
  });

  test('of a target that differs gives the smallest case of each difference, and says that it is not reduced', async () => {
    const trace = readTrace(await record(faultyTarget(['accept=0x20200'])), 'trace.ndjson');
    const { findings, counts } = await checkTrace(trace, 'trace.ndjson', CHECK);
    expect(counts.fail).toBeGreaterThan(0);
    const shown = findings.filter(({ clause }) => clause === 'errors/fs-with-newns');
    expect(shown.map(({ minimal }) => formatCall(minimal.call))).toContain('clone(CLONE_NEWNS|CLONE_FS)');
    for (const finding of shown) expect(finding).toMatchObject({ complete: false, reproducible: { k: 1, n: 1 } });
  });

  test('is held to the kernel that is claimed', async () => {
    const trace = readTrace(await recorded, 'trace.ndjson');
    const { kernel } = await checkTrace(trace, 'trace.ndjson', { ...CHECK, kernel: [5, 10, 223] });
    expect(kernel.version).toEqual([5, 10, 223]);
  });

  test('of a probe that died holds what was lost, and nothing of it is judged', async () => {
    const text = await record(fakeTarget({ at: { 'clone flags=0x20200': 'die' } }));
    const { counts, findings } = await checkTrace(readTrace(text, 'x'), 'x', CHECK);
    expect(counts['not-run']).toBeGreaterThan(0);
    expect(findings.filter(({ minimal }) => formatCall(minimal.call).includes('CLONE_NEWNS|CLONE_FS)'))).toEqual([]);
  });

  test('that was interrupted has no footer', async () => {
    const controller = new AbortController();
    controller.abort();
    const text = await record(localTarget(), { ...OPTIONS, signal: controller.signal });
    const trace = readTrace(text, 'x');
    expect(trace.whole).toBe(false);
    expect((await checkTrace(trace, 'x', CHECK)).interrupted).toBe(true);
  });
});

describe('a trace that is none', () => {
  const WRONG: readonly (readonly [string, string, RegExp])[] = [
    ['is empty', '', /^trace\.ndjson:1: there is no header$/],
    ['has no header', lines(CALLER, CASE, footer(1)), /^trace\.ndjson:1: a line before the header$/],
    ['has two headers', lines(HEADER, CALLER, HEADER), /^trace\.ndjson:3: a second header$/],
    ['has a result before any caller', lines(HEADER, CASE), /^trace\.ndjson:2: a result before any caller$/],
    [
      'has a result without its call',
      lines(HEADER, CALLER, '{"id":"0","errno":"EINVAL"}'),
      /^trace\.ndjson:3: a result without its call$/,
    ],
    ['is cut in a line', lines(HEADER, CALLER) + CASE.slice(0, 30), /^trace\.ndjson:3: .* is no JSON$/],
    ['is cut in the header', HEADER.slice(0, 50), /^trace\.ndjson:1: .* is no JSON$/],
    [
      'goes on behind its footer',
      lines(HEADER, CALLER, footer(0), CASE),
      /^trace\.ndjson:4: a line behind the footer$/,
    ],
    [
      'counts wrongly',
      lines(HEADER, CALLER, CASE, footer(2)),
      /^trace\.ndjson: the footer counts 2 cases, the trace holds 1$/,
    ],
    [
      'has a flag that there is not',
      lines(HEADER, CALLER, CASE.replace('CLONE_FS', 'CLONE_FZ')),
      /^trace\.ndjson:3:19: unknown flag CLONE_FZ$/,
    ],
    ['has a call that there is not', lines(HEADER, CALLER, CASE.replace('clone(', 'clown(')), /^trace\.ndjson:3:1: /],
    ['is of another protocol', lines(HEADER.replace('"protocol":1', '"protocol":2')), /^trace\.ndjson:1: .*protocol/],
    ['is another file', 'root:x:0:0:root:/root:/bin/bash\n', /^trace\.ndjson:1: .* is no JSON$/],
  ];
  test.each(WRONG)('%s', (_, text, message) => {
    const error = thrownBy(text);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
    expect(error.hint).toMatch(/^[^\n]+$/);
  });

  test('begins otherwise than a run does', async () => {
    const trace = readTrace(lines(HEADER, CALLER, CASE, footer(1)), 'trace.ndjson');
    await expect(checkTrace(trace, 'trace.ndjson', CHECK)).rejects.toThrow(InputError);
  });

  test('ends before its footer: it is read, and known not to be whole', () => {
    expect(readTrace(lines(HEADER, CALLER, CASE), 'trace.ndjson').whole).toBe(false);
  });
});

describe('whatever happens to a trace', () => {
  type Damage = (text: string) => string;
  const damage: fc.Arbitrary<Damage> = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }).map(
      (part): Damage =>
        (text) =>
          text.slice(0, Math.floor(text.length * part)),
    ),
    fc
      .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(20), fc.string({ maxLength: 8 }))
      .map(([part, gone, put]): Damage => (text) => {
        const at = Math.floor(text.length * part);
        return text.slice(0, at) + put + text.slice(at + gone);
      }),
    fc.tuple(fc.nat(), fc.nat()).map(([one, another]): Damage => (text) => {
      const all = text.split('\n');
      const [from, to] = [one % all.length, another % all.length];
      const moved = all.splice(from, 1);
      all.splice(to, 0, ...moved);
      return all.join('\n');
    }),
    fc.tuple(fc.nat(), fc.constantFrom('pid', 'errno', 'id', 'call', 'type')).map(([line, key]): Damage => (text) => {
      const all = text.split('\n');
      const at = line % all.length;
      all[at] = (all[at] ?? '').replace(`"${key}":`, `"${key}":null,"was":`);
      return all.join('\n');
    }),
    fc.nat().map((line): Damage => (text) => {
      const all = text.split('\n');
      const at = line % all.length;
      all[at] = (all[at] ?? '').replace(/\d+/, (digits) => digits.repeat(9));
      return all.join('\n');
    }),
  );

  test('it is judged or refused with its place, and nothing else', async () => {
    // The caller lines are long; half of the damage should hit a case.
    const text = await record(localTarget(), { ...OPTIONS, runs: 0, callers: ['user'] });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        const damaged = damages.reduce((whole, change) => change(whole), text);
        try {
          await checkTrace(readTrace(damaged, 'trace.ndjson'), 'trace.ndjson', CHECK);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          const { message, hint } = error as InputError;
          expect(message).toMatch(/^(trace\.ndjson(:\d+(:\d+)?)?: |the target calls its kernel )[^\n]+$/);
          expect(hint).not.toBe('');
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('scenarios in a trace', () => {
  const SCENARIOS: RunOptions = { ...STRICT, runs: 0, scenarios: 60, seed: 7, jobs: 1, callers: ['user'] };
  const traced = record(localTarget(), SCENARIOS);

  test('are judged elsewhere as a run judges them', async () => {
    const result = await checkTrace(readTrace(await traced, 't'), 't', CHECK);
    expect(result.scenarios).toBe(60);
    expect(result.scenarioCounts).toMatchObject({ fail: 0, 'not-run': 0 });
    expect(result.scenarioCounts.pass).toBeGreaterThan(40);
    const told = result.clauses.filter(({ id, verdict }) => id.startsWith('effects/') && verdict === 'pass');
    expect(told.length).toBeGreaterThan(10);
  });

  test('that differ give the smallest of each difference, with its steps side by side', async () => {
    // The caller gets 1 in the place of its child's TID.
    const text = (await traced).replace(/("scenario":\["0: (?:fork|vfork|clone3?)[^]*?"steps":\[\{"ret":)\d+/g, '$11');
    expect(text).not.toBe(await traced);
    const { scenarioFindings } = await checkTrace(readTrace(text, 't'), 't', CHECK);
    expect(scenarioFindings.length).toBeGreaterThan(0);
    for (const { reproducible, results, mismatch } of scenarioFindings) {
      expect(reproducible).toEqual({ k: 1, n: 1 });
      expect(results?.observed[mismatch.step]).toEqual(mismatch.observed);
    }
  });

  test('as a caller that could not be made are blocked, not passed', async () => {
    const blocked = (await traced)
      .split('\n')
      .map((line) =>
        line.includes('"name":"user"')
          ? JSON.stringify({ type: 'caller', name: 'user', attributes: ['user'], blocked: 'not here' })
          : line,
      )
      .join('\n');
    const { scenarioCounts } = await checkTrace(readTrace(blocked, 't'), 't', CHECK);
    expect(scenarioCounts).toEqual({ pass: 0, fail: 0, blocked: 60, 'not-run': 0 });
  });

  test('as a caller that needs root, where the probe was not root, are blocked whatever the trace says', async () => {
    const renamed = (await traced)
      .replaceAll(/"euid":\d+/g, '"euid":1000')
      .replaceAll('"name":"user","attributes":["user"]', '"name":"cgroups","attributes":["cgroups"]');
    const { scenarioCounts } = await checkTrace(readTrace(renamed, 't'), 't', CHECK);
    expect(scenarioCounts).toEqual({ pass: 0, fail: 0, blocked: 60, 'not-run': 0 });
  });
});
