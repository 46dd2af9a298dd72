import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { belongings, leftOver, markEnvironment, markedProcesses, noneIsLeft } from './leftovers.js';
import { localTarget, run, withSession } from './index.js';

/** After 100,000 cases nothing is left behind. */
const CASES = 100_000;

/** Temporary files go to a folder of this test's own while it runs. */
const folder = mkdtempSync(join(tmpdir(), 'clonecheck-leftovers-'));
process.env['TMPDIR'] = folder;
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test(`${String(CASES)} cases leave no process, descriptor, mount, cgroup or file behind`, async () => {
  const mark = markEnvironment();
  // The count can find something: while a probe runs, it does.
  expect(await withSession(localTarget(), () => Promise.resolve(markedProcesses(mark).length))).toBeGreaterThan(0);
  // The first run compiles the probe and opens what Node keeps open.
  await run(localTarget(), { runs: 100, seed: 1, jobs: 2, order: 'strict', level: 'linux' });
  const before = belongings(folder);

  const result = await run(localTarget(), { runs: CASES, seed: 8, jobs: 2, order: 'strict', level: 'linux' });

  expect(result.cases).toBeGreaterThanOrEqual(CASES);
  expect(result.findings).toEqual([]);
  expect(result.unstable).toEqual([]);
  expect(result.lost).toEqual([]);
  await noneIsLeft(mark);
  expect(leftOver(before, belongings(folder))).toEqual([]);
});
