import { COMPARISONS, type Expression } from './ast.js';

/** How tightly each kind of expression binds; what binds less tightly than what it stands in needs parentheses. */
const LOOSE = { '||': 1, '&&': 2, comparison: 3, '&': 4, '+': 5, tight: 6 } as const;

/** A condition as it is written in `errors.yaml`; the parser reads it back to the same. */
export function formatExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'name':
      return expression.name;
    case 'call':
      return `${expression.name}(${expression.argument})`;
    case 'not':
      return `!${within(expression.operand, LOOSE.tight)}`;
    case 'binary': {
      const { operator, left, right } = expression;
      const own = tightness(expression);
      // All operators but comparisons group to the left, comparisons not at all.
      return `${within(left, own === LOOSE.comparison ? own + 1 : own)} ${operator} ${within(right, own + 1)}`;
    }
  }
}

function within(expression: Expression, least: number): string {
  const text = formatExpression(expression);
  return tightness(expression) < least ? `(${text})` : text;
}

function tightness(expression: Expression): number {
  if (expression.kind !== 'binary') return LOOSE.tight;
  const { operator } = expression;
  return COMPARISONS.some((each) => each === operator) ? LOOSE.comparison : LOOSE[operator as '||' | '&&' | '&' | '+'];
}
