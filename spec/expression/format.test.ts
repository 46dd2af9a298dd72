import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ERROR_CLAUSES } from '../clauses.js';
import { COMPARISONS, type BinaryOperator, type Expression } from './ast.js';
import { formatExpression } from './format.js';
import { parseExpression } from './parse.js';

const OPERATORS: readonly BinaryOperator[] = ['&&', '||', '&', '+', ...COMPARISONS];

const expressions = fc.letrec<{ any: Expression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.bigInt({ min: 0n, max: 1n << 64n }).map((value): Expression => ({ kind: 'number', value, column: 1 })),
    fc
      .constantFrom('CLONE_VM', 'caller.chrooted', 'size')
      .map((name): Expression => ({ kind: 'name', name, column: 1 })),
    fc.constant<Expression>({ kind: 'call', name: 'readable', argument: 'set_tid', column: 1 }),
    tie('any').map((operand): Expression => ({ kind: 'not', operand, column: 1 })),
    fc
      .tuple(fc.constantFrom(...OPERATORS), tie('any'), tie('any'))
      .map(([operator, left, right]): Expression => ({ kind: 'binary', operator, left, right, column: 1 })),
  ),
})).any;

/** The tree without the places at which its parts stood. */
function shape(expression: Expression): unknown {
  return JSON.parse(
    JSON.stringify(expression, (key, value: unknown) =>
      key === 'column' ? undefined : typeof value === 'bigint' ? value.toString() : value,
    ),
  );
}

test('what is written is read back as the same', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      expect(shape(parseExpression(formatExpression(expression)))).toEqual(shape(expression));
    }),
  );
});

test('no parenthesis is written that is not needed', () => {
  for (const { condition, when } of ERROR_CLAUSES.clauses) {
    const text = formatExpression(condition);
    expect(text.length).toBeLessThanOrEqual(when.length);
    expect(shape(parseExpression(text))).toEqual(shape(condition));
  }
});
