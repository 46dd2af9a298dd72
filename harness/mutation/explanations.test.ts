import { describe, expect, test } from '@jest/globals';
import { InputError } from '../../spec/index.js';
import { parseExplanations, readExplanations, withExplanations } from './explanations.js';
import type { Fate, MutantResult } from './result.js';

const SURVIVED: Fate = { kind: 'survived', why: 'no case shows it' };
const FOUND: Fate = { kind: 'found', cases: 3, minimal: 'root: fork()', observed: 'success' };
const EXPLANATION = { mutant: 'errors/one drop', why: 'Nobody can.', source: 'kernel/fork.c copy_process()' };
const every = { clause: () => true };

function mutant(id: string, fate: Fate): MutantResult {
  const [clause = '', operator = ''] = id.split(' ');
  return { id, clause, operator, broken: 'something else', fate };
}

describe('an explanation', () => {
  test('explains a mutant that survives', () => {
    const { mutants, stale } = withExplanations([mutant('errors/one drop', SURVIVED)], [EXPLANATION], every);
    expect(mutants[0]?.fate).toEqual({ kind: 'explained', why: EXPLANATION.why, source: EXPLANATION.source });
    expect(stale).toEqual([]);
  });

  test('leaves others as they are', () => {
    const { mutants } = withExplanations([mutant('errors/two drop', SURVIVED)], [EXPLANATION], every);
    expect(mutants[0]?.fate).toEqual(SURVIVED);
  });

  test('is stale where the mutant is found', () => {
    const { mutants, stale } = withExplanations([mutant('errors/one drop', FOUND)], [EXPLANATION], every);
    expect(mutants[0]?.fate).toEqual(FOUND);
    expect(stale).toEqual([EXPLANATION]);
  });

  test('is stale where there is no such mutant, unless its clause or operator was not asked for', () => {
    const others = [mutant('errors/two drop', FOUND)];
    expect(withExplanations(others, [EXPLANATION], every).stale).toEqual([EXPLANATION]);
    expect(withExplanations(others, [EXPLANATION], { clause: (id) => id === 'errors/two' }).stale).toEqual([]);
    expect(withExplanations([mutant('errors/two errno EPERM', FOUND)], [EXPLANATION], every).stale).toEqual([]);
  });
});

describe('the file of explanations', () => {
  test('can be read', () => {
    for (const { mutant: id, why, source } of readExplanations()) expect([id, why, source]).not.toContain('');
  });

  test('may explain a mutant once', () => {
    const entry = '  - {mutant: errors/one drop, why: a, source: b}\n';
    expect(() => parseExplanations(`explained:\n${entry}${entry}`, 'mutants.yaml')).toThrow(InputError);
    expect(() => parseExplanations('explained:\n  - {mutant: errors/one drop, why: a}\n', 'mutants.yaml')).toThrow(
      /source/,
    );
    expect(parseExplanations('explained:\n', 'mutants.yaml')).toEqual([]);
  });
});
