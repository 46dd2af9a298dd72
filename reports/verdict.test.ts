import { describe, expect, test } from '@jest/globals';
import { FAILED, FINDING, PASSED, resultWith } from '../harness/fixtures/results.js';
import type { RunResult } from '../harness/index.js';
import { resultsWith } from './fixtures/results.js';
import { testGroups } from './tests.js';
import { standings, type Standing } from './verdict.js';

/** The rule without SIGHAND differed too, and has no finding: calls with both rules broken are the other's. */
const OTHER = { ...FAILED, id: 'errors/sighand-without-vm' };
const RUN: Partial<RunResult> = { clauses: [FAILED, OTHER], findings: [FINDING] };
const standingOf = (changes: Partial<RunResult>): Standing | undefined =>
  standings(resultsWith(resultWith(changes))).get(OTHER.id);

describe('a clause whose cases differed as findings of other clauses explain', () => {
  test('is shadowed: neither failed nor passed', () => {
    expect(standingOf(RUN)).toBe('shadowed');
    const [group] = testGroups(resultsWith(resultWith(RUN)), false);
    expect(group?.tests.map(({ outcome }) => outcome)).toMatchObject([
      { kind: 'failed', type: 'difference' },
      { kind: 'skipped', why: 'shadowed: 3 cases differed as findings of other clauses explain' },
    ]);
  });

  test.each<readonly [string, Partial<RunResult>]>([
    ['there is no finding that could', { findings: [] }],
    ['what there is does not repeat', { findings: [], unstable: [{ ...FINDING, reproducible: { k: 2, n: 5 } }] }],
    ['the run was interrupted', { interrupted: true }],
    ['findings came to their limit', { limits: ['after 100 the run looked no further'] }],
  ])('but differs where %s', (_, changes) => {
    expect(standingOf({ ...RUN, ...changes })).toBe('differs');
  });

  test('but differs in a file without its footer', () => {
    const { footer, ...cut } = resultsWith(resultWith(RUN));
    expect(footer).toBeDefined();
    expect(standings(cut).get(OTHER.id)).toBe('differs');
  });
});

test('a clause stands as its finding does', () => {
  const found = resultsWith(
    resultWith({ clauses: [FAILED], unstable: [{ ...FINDING, reproducible: { k: 2, n: 5 } }] }),
  );
  expect(standings(found).get(FAILED.id)).toBe('unstable');
  expect(standings(resultsWith(resultWith({ clauses: [PASSED] }))).get(PASSED.id)).toBe('pass');
});
