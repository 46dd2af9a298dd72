import { formatExpression } from '../expression/format.js';
import { changed, withCondition, type Mutate } from './mutant.js';
import { named, operands } from './parts.js';

/** A part of the condition is not looked at: the rule is wider without a part that has to hold, narrower without one that suffices. */
export const condition: Mutate = (clause) => {
  if (clause.when === 'always') return [];
  return operands(clause.condition).map(({ part, replaced }) => {
    const text = formatExpression(part);
    const wider = replaced(undefined) ?? named('always');
    return changed(clause, 'condition', text, `${text} is not looked at`, withCondition(clause, wider));
  });
};
