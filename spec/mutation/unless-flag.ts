import { FLAGS } from '../flags.js';
import { changed, withCondition, type Mutate } from './mutant.js';
import { and, named, namesIn, negated } from './parts.js';

/** The rule does not hold where one flag more is set. */
export const unlessFlag: Mutate = (clause) => {
  const spokenOf = namesIn(clause.condition);
  const own = new Set<string>(clause.calls);
  return FLAGS.filter(
    ({ name, calls, refused }) => !spokenOf.has(name) && [...calls, ...refused].some((call) => own.has(call)),
  ).map(({ name }) =>
    changed(
      clause,
      'unless-flag',
      name,
      `not with ${name}`,
      withCondition(clause, and(clause.condition, negated(named(name)))),
    ),
  );
};
