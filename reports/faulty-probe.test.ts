import { describe, expect, test } from '@jest/globals';
import { faultyTarget } from '../harness/fixtures/targets.js';
import { run } from '../harness/index.js';
import { EXIT, exitStatus } from './exit-status.js';
import { resultsOf } from './results/index.js';
import { terminal } from './terminal.js';

describe('a probe that fails at a case is no difference and no pass', () => {
  const FAULTS: readonly (readonly [string, RegExp])[] = [
    ['die=300', /the probe died of SIGKILL/],
    ['hang=300', /the probe gave no answer within 1.5 s/],
    ['garbage=300', /the probe answered with .* is no JSON/],
    ['silent=300', /the probe gave no answer within 1.5 s/],
    // Among the calls by which features and environment are found out.
    ['die=2', /the probe died of SIGKILL/],
  ];
  test.each(FAULTS)('%s', async (fault, why) => {
    const options = { runs: 600, seed: 42, jobs: 1, order: 'strict', level: 'linux' } as const;
    const result = await run(faultyTarget([fault], { silenceMs: 1_500 }), options);
    expect(result.findings).toEqual([]);
    expect(result.unstable).toEqual([]);
    expect(result.counts.fail).toBe(0);
    const { pass, blocked, 'not-run': notRun } = result.counts;
    expect(pass + blocked + notRun).toBe(result.cases);
    if (fault.endsWith('=2')) return;
    expect(result.lost).toEqual([
      { why: expect.stringMatching(why), cases: 1, first: expect.stringMatching(/^[\w-]+: \w+\(/) },
    ]);
    expect(exitStatus(result, 1)).toBe(EXIT.unjudged);
    expect(terminal(resultsOf(result, { order: 'strict', minJudged: 1 }), false)).toMatch(
      /NOT JUDGED: not every case got an answer\n$/,
    );
  });
});
