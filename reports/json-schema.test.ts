import { expect, test } from '@jest/globals';
import { resultsWith } from './fixtures/results.js';
import { schemaNamed } from './schemas/index.js';
import { ndjson } from './results/index.js';

interface Alternative {
  readonly properties: Readonly<Record<string, { readonly const?: unknown }>>;
  readonly required: readonly string[];
}

test('every line of a run has the properties that its schema demands, and no others', () => {
  const alternatives = schemaNamed('results')['oneOf'] as readonly Alternative[];
  const lines = [...ndjson(resultsWith())].map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect(new Set(lines.map(({ type }) => type))).toEqual(new Set(['header', 'clause', 'finding', 'footer']));
  for (const line of lines) {
    const its = alternatives.find(({ properties }) => properties['type']?.const === line['type']);
    expect(Object.keys(its?.properties ?? {})).toEqual(expect.arrayContaining(Object.keys(line)));
    expect(Object.keys(line)).toEqual(expect.arrayContaining([...(its?.required ?? [])]));
  }
});
