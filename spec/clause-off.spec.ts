import { beforeAll, describe, expect, test } from '@jest/globals';
import { judgeOne, localTarget, recordRun, type RecordedRun } from '../harness/index.js';
import { SPECIFICATION, absence } from './index.js';

/**
 * A suite that cannot fail proves nothing. What the kernel did is recorded once; then each clause is turned off in the model, one
 * at a time, and the recording must show a difference.
 */
const CASES = 20_000;

let recorded: RecordedRun;

beforeAll(async () => {
  recorded = await recordRun(localTarget(), { runs: CASES, seed: 42, jobs: 1, order: 'strict', level: 'linux' });
});

/** How many cases it takes until one differs from what a model without the clause predicts; undefined where none does. */
function casesToDifference(id: string): number | undefined {
  const specification = SPECIFICATION.with((clause) => (clause.id === id ? undefined : clause));
  let cases = 0;
  for (const { caller, calls, result } of recorded.batches) {
    if (result.facts === undefined) continue;
    const facts = { kernel: recorded.kernel, caller: result.facts };
    for (const [index, call] of calls.entries()) {
      cases++;
      const observation = result.observations[index];
      if (observation === undefined) continue;
      const options = { order: 'strict', level: 'linux', specification } as const;
      if (judgeOne(facts, { caller, call }, observation, recorded.environment, options).verdict === 'fail')
        return cases;
    }
  }
  return undefined;
}

test('with every clause in place the recording shows no difference', () => {
  expect(casesToDifference('none')).toBeUndefined();
});

describe('a clause turned off in the model is found', () => {
  test.each(SPECIFICATION.errors.clauses.map(({ id }) => id))('%s', (id) => {
    const reason = recorded.whyNotJudged.get(id);
    const found = casesToDifference(id);
    // What is not on this kernel cannot be found; what this user cannot show may be, by another way. All else has to be.
    const clause = SPECIFICATION.clause(id);
    if (reason === undefined) expect(found).toBeDefined();
    else if (clause !== undefined && absence(clause, recorded.kernel) !== undefined) expect(found).toBeUndefined();
  });

  test('only these clauses need another kernel, configuration, privilege or environment', () => {
    const elsewhere = [...recorded.whyNotJudged].map(([id, why]) => `${id}: ${why}`);
    process.stderr.write(`Not shown by this kernel and user:\n  ${elsewhere.join('\n  ')}\n`);
    const active = SPECIFICATION.errors.clauses.filter((clause) => absence(clause, recorded.kernel) === undefined);
    expect(active.length).toBeGreaterThan(60);
  });
});
