import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { calls, callers } from '../generators/index.js';
import {
  discoverEnvironment,
  judgeOne,
  kernelFacts,
  localTarget,
  probeFeatures,
  run,
  textOf,
} from '../harness/index.js';
import { againCommand, deviation } from '../reports/index.js';
import { SPECIFICATION, type Caller } from './index.js';

/**
 * Holds the running kernel to `errors.yaml`: one test a clause, under the clause's id. What cannot be judged here is skipped, and its
 * reason stands in the test's name.
 */
const seed = Number(process.env['CLONECHECK_SEED'] ?? Math.floor(Math.random() * 0x7fff_ffff));
const result = await run(localTarget(), { runs: 12_000, seed, jobs: 2, order: 'strict', level: 'linux' });

describe(`each clause of errors.yaml holds on the running kernel (CLONECHECK_SEED=${String(seed)})`, () => {
  for (const clause of result.clauses) {
    if (clause.verdict === 'blocked' || (clause.verdict === 'not-run' && clause.missed !== true)) {
      test.skip(`${clause.id} (${clause.verdict}: ${clause.why ?? ''})`, () => undefined);
      continue;
    }
    test(clause.id, () => {
      const found = [...result.findings, ...result.unstable].filter((finding) => finding.clause === clause.id);
      const text = found.map(
        ({ minimal, kind, expected, observed, reproducible: { k, n } }) =>
          `${textOf(minimal)}\n  ${deviation(kind, expected, observed)}: expected ${expected.join(' or ')}, observed ${observed}, ${String(k)} of ${String(n)} runs\n  again: ${againCommand(minimal)}`,
      );
      expect(text).toEqual([]);
      expect(clause).toMatchObject({ verdict: 'pass' });
    });
  }
});

test('every case that was handed out got an answer', () => {
  expect(result.lost).toEqual([]);
  expect(result.counts.pass + result.counts.fail + result.counts.blocked).toBe(result.cases);
});

describe('a free call does what the model says', () => {
  const session = localTarget().session();
  const setup = session.then(async (probe) => {
    const header = await probe.open();
    const kernel = await probeFeatures(probe, kernelFacts(header));
    return { probe, kernel, environment: await discoverEnvironment(probe, header) };
  });
  const plain = (name: string, attributes: readonly string[]): fc.Arbitrary<Caller> =>
    fc.constant({ name, attributes });
  const table: readonly { readonly who: string; readonly arbitrary: fc.Arbitrary<Caller>; readonly runs: number }[] = [
    { who: 'whoever runs the tests', arbitrary: plain('self', []), runs: 1000 },
    { who: 'an ordinary user', arbitrary: plain('user', ['user']), runs: 1000 },
    { who: 'any caller', arbitrary: callers(), runs: 300 },
  ];
  afterAll(async () => {
    await (await setup).probe.close();
  });
  test.each(table)('made by $who', async ({ arbitrary, runs }) => {
    const { probe, kernel, environment } = await setup;
    await fc.assert(
      fc.asyncProperty(arbitrary, calls(), async (caller, call) => {
        const { facts, observations } = await probe.run(caller, [call]);
        const [observation] = observations;
        // A caller that cannot be made here says nothing; the run above lists it.
        fc.pre(facts !== undefined && observation !== undefined);
        const judgement = judgeOne({ kernel, caller: facts }, { caller, call }, observation, environment, {
          order: 'strict',
          level: 'linux',
        });
        if (judgement.verdict === 'not-run') throw new Error(`${textOf({ caller, call })}: ${judgement.why}`);
        if (judgement.verdict !== 'fail') return;
        throw new Error(
          `${textOf({ caller, call })}: ${judgement.clause}: expected ${judgement.expected.join(' or ')}, observed ${judgement.observed}; again: ${againCommand({ caller, call })}`,
        );
      }),
      { numRuns: runs, maxSkipsPerRun: 100 },
    );
  });
});

test('the specification names every clause once', () => {
  const ids = result.clauses.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(SPECIFICATION.errors.clauses.length + 1);
});
