import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { EFFECTS, ERROR_CLAUSES, packageRoot } from '../spec/index.js';
import { readResults, type Results } from './results/index.js';
import { versionsTable } from './versions.js';

type Clause = Readonly<Record<string, unknown>> & { readonly id: string };

const counts = { pass: 9, fail: 0, blocked: 0, 'not-run': 0 };

/** A run on a kernel that says this of a clause. */
function run(kernel: string, clause: Clause, status = 0): Results {
  const lines = [
    {
      ...{ type: 'header', target: 'vm:k', kernel, release: kernel, arch: 'x86_64', seed: 1, order: 'strict' },
      ...{ startedAt: '2026-01-02T03:04:05Z', environment: [] },
    },
    { type: 'clause', judged: 0, failed: 0, callers: [], ...clause },
    {
      ...{ type: 'footer', counts, scenarioCounts: counts, judged: [], notJudged: [], blockedCallers: [], lost: [] },
      ...{ deaths: [], limits: [], cases: 9, scenarios: 9, seconds: 1, casesPerSecond: 9, interrupted: false, status },
      pairs: { flags: [], counts: [] },
    },
  ];
  return readResults(lines.map((line) => JSON.stringify(line)).join('\n'), 'results.ndjson');
}

const THREAD = 'errors/pidfd-with-thread';
const rowOf = (runs: readonly Results[], id = THREAD): string | undefined =>
  versionsTable(runs)
    .split('\n')
    .find((line) => line.includes(`\`${id}\``));
const judged = { id: THREAD, verdict: 'pass', judged: 7 };
const gone = { id: THREAD, verdict: 'not-run', why: 'this kernel has pidfd_thread (until 6.9)' };

describe('a clause that went with a release', () => {
  test('is shown on both sides by a kernel that has it and one that does not, in the order of their versions', () => {
    expect(rowOf([run('6.12', gone), run('6.1', judged)])).toBe(`| \`${THREAD}\` |  | 6.9 | 7 | – | yes |`);
  });

  test('is not where the run on the other side was no pass', () => {
    expect(rowOf([run('6.1', judged), run('6.12', gone, 3)])).toMatch(/\| 7 \| \(–\) \| no: /);
  });

  test('is not where no kernel is on the other side, or where it was not judged', () => {
    expect(rowOf([run('6.1', judged)])).toMatch(/\| 7 \| no: each of these kernels has it \|$/);
    expect(rowOf([run('6.12', gone)])).toMatch(/\| – \| no: none of these kernels has it \|$/);
    const blocked = { id: THREAD, verdict: 'blocked', why: 'a wall' };
    expect(rowOf([run('6.1', blocked), run('6.12', gone)])).toMatch(/\| \? \| – \| no: a wall \|$/);
  });

  test('that differs is no evidence', () => {
    expect(rowOf([run('6.1', { id: THREAD, verdict: 'fail', failed: 1 }), run('6.12', gone)])).toMatch(
      /\| ✗ \| – \| no: /,
    );
  });
});

test('docs/versions.md names no clause that is not one', () => {
  const text = readFileSync(join(packageRoot(), 'docs', 'versions.md'), 'utf8');
  const known = new Set([...ERROR_CLAUSES.clauses, ...EFFECTS].map(({ id }) => id));
  const named = [...text.matchAll(/`((?:errors|effects)\/[a-z0-9-]+)`/g)].map(([, id]) => id ?? '');
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((id) => !known.has(id))).toEqual([]);
});
