import * as v from 'valibot';
import { formatKernelVersion } from '../../spec/index.js';
import type { Mutation } from '../../harness/index.js';
import { jsonSchema, type JsonSchema } from '../json-schema.js';
import { medianOf, totalsOf } from './totals.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const counterexample = { cases: count, minimal: v.string(), observed: v.string() };
const fate = v.variant('kind', [
  v.strictObject({ kind: v.literal('found'), ...counterexample }),
  v.strictObject({ kind: v.literal('imagined'), kernel: v.string(), why: v.string(), ...counterexample }),
  v.strictObject({ kind: v.literal('equivalent'), why: v.string() }),
  v.strictObject({ kind: v.literal('elsewhere'), why: v.string() }),
  v.strictObject({ kind: v.literal('explained'), why: v.string(), source: v.string() }),
  v.strictObject({ kind: v.literal('survived'), why: v.string() }),
]);
const mutant = v.strictObject({
  type: v.literal('mutant'),
  id: v.string(),
  clause: v.string(),
  operator: v.string(),
  broken: v.string(),
  fate,
});
const footer = v.strictObject({
  type: v.literal('footer'),
  target: v.string(),
  kernel: v.string(),
  seed: v.number(),
  mutants: count,
  found: count,
  imagined: count,
  equivalent: count,
  elsewhere: count,
  explained: count,
  survived: count,
  medianCases: v.nullable(count),
  differences: v.array(v.string()),
  stale: v.array(v.string()),
  seconds: v.number(),
});

/** A line of `mutate --format json`. */
export const mutationLineSchema = v.variant('type', [mutant, footer]);

/** What became of all mutants, a line each and a footer. */
export function mutationLines(mutation: Mutation): readonly v.InferOutput<typeof mutationLineSchema>[] {
  const { target, kernel, seed, mutants, differences, stale, seconds } = mutation;
  return [
    ...mutants.map((result) => ({ type: 'mutant' as const, ...result })),
    {
      type: 'footer',
      target,
      kernel: formatKernelVersion(kernel.version),
      seed,
      mutants: mutants.length,
      ...totalsOf(mutants),
      medianCases: medianOf(mutants) ?? null,
      differences: [...differences],
      stale: stale.map((explanation) => explanation.mutant),
      seconds: Math.round(seconds * 10) / 10,
    },
  ];
}

/** Its JSON Schema. */
export function mutationSchema(): JsonSchema {
  return jsonSchema(mutationLineSchema, 'A line of clonecheck mutate --format json');
}
