import { beforeAll, describe, expect, test } from '@jest/globals';
import { localTarget, mutate, readExplanations, type Mutation } from '../harness/index.js';
import { SPECIFICATION } from './index.js';

/**
 * A suite that cannot fail proves nothing. What the kernel did is recorded once; then each clause is turned off in the model, one
 * at a time, and the recording must show a difference. `clonecheck mutate` breaks them in every other way too.
 */
let mutation: Mutation;

beforeAll(async () => {
  mutation = await mutate(localTarget(), {
    clause: (id) => id.startsWith('errors/'),
    operators: ['drop'],
    effects: false,
    cases: 20_000,
    scenarios: 0,
    seed: 42,
    explanations: readExplanations(),
  });
});

test('with every clause in place the recording shows no difference', () => {
  expect(mutation.differences).toEqual([]);
});

describe('a clause turned off in the model is found', () => {
  test.each(SPECIFICATION.errors.clauses.map(({ id }) => id))('%s', (id) => {
    const own = mutation.mutants.filter(({ clause }) => clause === id);
    expect(own.map(({ fate }) => fate.kind)).toHaveLength(1);
    // Where this kernel or user cannot show it an imagined kernel does, or the clause says what it would take.
    expect(own.filter(({ fate }) => fate.kind === 'survived')).toEqual([]);
  });

  test('by this kernel itself, but for clauses that need another kernel, configuration, privilege or environment', () => {
    const elsewhere = mutation.mutants.flatMap(({ clause, fate }) =>
      fate.kind === 'found' ? [] : [`${clause}: ${'why' in fate ? fate.why : ''}`],
    );
    process.stderr.write(`Not shown by this kernel and user:\n  ${elsewhere.join('\n  ')}\n`);
    expect(mutation.mutants.length - elsewhere.length).toBeGreaterThan(process.getuid?.() === 0 ? 70 : 40);
  });
});
