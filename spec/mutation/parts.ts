import { COMPARISONS, type Comparison, type Expression } from '../expression/ast.js';

/** A place in a condition, and the condition with something else there. */
export interface Part {
  readonly part: Expression;
  /** The whole with the part replaced; undefined takes the part away, with the operator that held it. */
  readonly replaced: (by: Expression | undefined) => Expression | undefined;
}

/** Says whether an expression compares numbers. */
export function isComparison(
  expression: Expression,
): expression is Expression & { readonly kind: 'binary'; readonly operator: Comparison } {
  return expression.kind === 'binary' && COMPARISONS.some((each) => each === expression.operator);
}

/** The operands of `&&` and `||`, from left to right, each with what it stands in: flags, facts and comparisons. */
export function operands(expression: Expression): readonly Part[] {
  if (expression.kind !== 'binary' || (expression.operator !== '&&' && expression.operator !== '||')) {
    return [{ part: expression, replaced: (by) => by }];
  }
  const { left, right } = expression;
  const side = (inner: Expression, rebuilt: (by: Expression) => Expression, other: Expression): readonly Part[] =>
    operands(inner).map(({ part, replaced }) => ({
      part,
      replaced: (by) => {
        const changed = replaced(by);
        return changed === undefined ? other : rebuilt(changed);
      },
    }));
  return [
    ...side(left, (by) => ({ ...expression, left: by }), right),
    ...side(right, (by) => ({ ...expression, right: by }), left),
  ];
}

/** Names that a condition speaks of, those of functions and their arguments among them. */
export function namesIn(expression: Expression): ReadonlySet<string> {
  switch (expression.kind) {
    case 'number':
      return new Set();
    case 'name':
      return new Set([expression.name]);
    case 'call':
      return new Set([expression.name, expression.argument]);
    case 'not':
      return namesIn(expression.operand);
    case 'binary':
      return new Set([...namesIn(expression.left), ...namesIn(expression.right)]);
  }
}

/** A name as an expression. */
export const named = (name: string): Expression => ({ kind: 'name', name, column: 1 });

/** The opposite, without two negations in a row. */
export function negated(expression: Expression): Expression {
  return expression.kind === 'not' ? expression.operand : { kind: 'not', operand: expression, column: 1 };
}

/** Both hold. */
export function and(left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator: '&&', left, right, column: 1 };
}

/** A number more. */
export function plusOne(expression: Expression): Expression {
  if (expression.kind === 'number') return { ...expression, value: expression.value + 1n };
  return {
    kind: 'binary',
    operator: '+',
    left: expression,
    right: { kind: 'number', value: 1n, column: 1 },
    column: 1,
  };
}
