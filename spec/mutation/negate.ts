import { formatExpression } from '../expression/format.js';
import { changed, withCondition, type Mutate } from './mutant.js';
import { negated, operands } from './parts.js';

/** A part of the condition is taken for its opposite. */
export const negate: Mutate = (clause) => {
  if (clause.when === 'always') return [];
  return operands(clause.condition).flatMap(({ part, replaced }) => {
    const whole = replaced(negated(part));
    const text = formatExpression(part);
    if (whole === undefined) return [];
    return [
      changed(clause, 'negate', text, `${formatExpression(negated(part))} is asked`, withCondition(clause, whole)),
    ];
  });
};
