import { describe, expect, test } from '@jest/globals';
import { FINDING } from '../../harness/fixtures/results.js';
import { resultsWith } from '../fixtures/results.js';
import type { FindingLine } from '../results/index.js';
import type { Column } from './column.js';
import { differencesOf } from './differences.js';

const [LINE] = resultsWith().findings;
if (LINE === undefined) throw new Error('no finding');

/** A target that shows these findings. */
function column(name: string, ...findings: readonly Partial<FindingLine>[]): Column {
  const results = resultsWith();
  return {
    name,
    results: { ...results, findings: findings.map((changes) => ({ ...LINE, ...changes }) as FindingLine) },
  };
}

describe('differences of several targets', () => {
  test('are one where clause and kind are the same, with the smallest case of all', () => {
    const [only, ...others] = differencesOf([
      column('one', { size: 5, text: ['long'] }),
      column('two', { size: 2, text: ['short'] }),
      column('three'),
    ]);
    expect(others).toEqual([]);
    expect(only?.clause).toBe(FINDING.clause);
    expect([...(only?.findings.keys() ?? [])]).toEqual([0, 1]);
    expect([only?.smallest.text, only?.smallestOn]).toEqual([['short'], 1]);
  });

  test('are two where the kind is another', () => {
    expect(differencesOf([column('one', {}), column('two', { kind: 'EPERM' })])).toHaveLength(2);
  });

  test('come first where most targets show them, and a target without a run shows none', () => {
    const found = differencesOf([
      column('one', { clause: 'errors/a-rare-one' }, { clause: 'errors/z-common' }),
      { name: 'two', trouble: 'it could not be started' },
      column('three', { clause: 'errors/z-common' }),
    ]);
    expect(found.map(({ clause, findings }) => [clause, [...findings.keys()]])).toEqual([
      ['errors/z-common', [0, 2]],
      ['errors/a-rare-one', [0]],
    ]);
  });
});
