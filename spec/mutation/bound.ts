import type { Comparison, Expression } from '../expression/ast.js';
import { formatExpression } from '../expression/format.js';
import { changed, withCondition, type Mutate } from './mutant.js';
import { isComparison, operands, plusOne } from './parts.js';

/** A number is compared with one that is one more or one less. */
export const bound: Mutate = (clause) =>
  operands(clause.condition).flatMap(({ part, replaced }) => {
    if (!isComparison(part)) return [];
    return shifted(part).flatMap((moved) => {
      const whole = replaced(moved);
      const text = formatExpression(moved);
      if (whole === undefined) return [];
      const broken = `${text} instead of ${formatExpression(part)}`;
      return [changed(clause, 'bound', text, broken, withCondition(clause, whole))];
    });
  });

type Compared = Expression & { readonly kind: 'binary'; readonly operator: Comparison };

/** The comparison with its bound one lower and one higher. */
function shifted(comparison: Compared): readonly Expression[] {
  const { left, right } = comparison;
  const as = (operator: Comparison, a: Expression = left, b: Expression = right): Expression => ({
    ...comparison,
    operator,
    left: a,
    right: b,
  });
  switch (comparison.operator) {
    case '>':
      return [as('>='), as('>', left, plusOne(right))];
    case '>=':
      return [as('>=', plusOne(left)), as('>')];
    case '<':
      return [as('<', plusOne(left)), as('<=')];
    case '<=':
      return [as('<'), as('<=', left, plusOne(right))];
    case '==':
    case '!=':
      return [as(comparison.operator, left, plusOne(right))];
  }
}
