import * as v from 'valibot';
import { formatKernelVersion } from '../../spec/index.js';
import type { Mutation } from '../../harness/index.js';
import { about } from '../../spec/rules/about.js';
import { medianOf, totalsOf } from './totals.js';

const text = v.string();
const texts = v.array(text);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const why = about('Why.', text);
const counterexample = {
  cases: about('How many cases of a run came up to the first that shows it, that one included.', count),
  minimal: about('The smallest case that shows it.', text),
  observed: about('What the kernel answers.', text),
};
const fate = v.variant('kind', [
  v.strictObject({
    kind: about('The target answers otherwise than the mutant.', v.literal('found')),
    ...counterexample,
  }),
  v.strictObject({
    kind: about('Only the model of another kernel answers otherwise.', v.literal('imagined')),
    kernel: about('Of which version.', text),
    why,
    ...counterexample,
  }),
  v.strictObject({ kind: about('No case can tell it from the model.', v.literal('equivalent')), why }),
  v.strictObject({ kind: about('It shows where this target cannot go.', v.literal('elsewhere')), why }),
  v.strictObject({
    kind: about('`spec/mutants.yaml` says why it cannot be found.', v.literal('explained')),
    why,
    source: about('What bears that out.', text),
  }),
  v.strictObject({ kind: about('Nothing showed it.', v.literal('survived')), why }),
]);
const mutant = v.strictObject({
  type: about('One mutant.', v.literal('mutant')),
  id: about('The clause, the operator, and what else tells it from others.', text),
  clause: about('The clause that was broken.', text),
  operator: about('The way in which it was broken.', text),
  broken: about('What the model was made to do.', text),
  fate: about('What became of it.', fate),
});
const footer = v.strictObject({
  type: about('The last line.', v.literal('footer')),
  target: about('As given with --target.', text),
  kernel: about('The version that the target was held to.', text),
  seed: about('Of the cases.', v.number()),
  mutants: about('How many there were.', count),
  found: about('How many the target showed.', count),
  imagined: about('How many only another kernel can show.', count),
  equivalent: about('How many no case can show.', count),
  elsewhere: about('How many show where this target cannot go.', count),
  explained: about('How many `spec/mutants.yaml` explains.', count),
  survived: about('How many nothing showed or explained.', count),
  medianCases: about(
    'The median number of cases up to the first that showed one; null: none was found.',
    v.nullable(count),
  ),
  differences: about('Where the target differs from the model as it is.', texts),
  stale: about('Explanations of mutants that are gone, or found.', texts),
  seconds: about('How long it took.', v.number()),
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
