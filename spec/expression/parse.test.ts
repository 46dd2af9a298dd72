import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InputError } from '../rules/input-error.js';
import { COMPARISONS, type Expression } from './ast.js';
import { parseExpression } from './parse.js';

/** The tree with every parenthesis that it can have. */
function shape(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'name':
      return expression.name;
    case 'call':
      return `${expression.name}(${expression.argument})`;
    case 'not':
      return `(!${shape(expression.operand)})`;
    case 'binary':
      return `(${shape(expression.left)} ${expression.operator} ${shape(expression.right)})`;
  }
}

describe('operators bind as in C, but & binds tighter than a comparison', () => {
  test.each([
    ['a', 'a'],
    ['((a))', 'a'],
    ['a || b && c', '(a || (b && c))'],
    ['a && b || c', '((a && b) || c)'],
    ['(a || b) && c', '((a || b) && c)'],
    ['a || b || c', '((a || b) || c)'],
    ['a && b && c', '((a && b) && c)'],
    ['!a && b', '((!a) && b)'],
    ['!a || !b', '((!a) || (!b))'],
    ['!!a', '(!(!a))'],
    ['!(a && b)', '(!(a && b))'],
    ['a == 1 && b < 2', '((a == 1) && (b < 2))'],
    ['a & 0x7f != 0', '((a & 127) != 0)'],
    ['a != b & c & d', '(a != ((b & c) & d))'],
    ['f(x) && !g(y-z)', '(f(x) && (!g(y-z)))'],
    ['arch.x86_64&&config.user_ns', '(arch.x86_64 && config.user_ns)'],
    ['\ta\n<=b ', '(a <= b)'],
  ])('%s is %s', (text, expected) => {
    expect(shape(parseExpression(text))).toBe(expected);
  });

  test.each(COMPARISONS)('%s compares', (operator) => {
    expect(shape(parseExpression(`a${operator}b`))).toBe(`(a ${operator} b)`);
  });
});

const spaces = fc.constantFrom('', ' ', '\t', '\n  ');
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('a', 'CLONE_VM', 'caller.x', '0', '64', 'readable(tls)'),
    tie('tree').map((operand) => `(!${operand})`),
    fc
      .tuple(tie('tree'), fc.constantFrom('&&', '||', '&', ...COMPARISONS), tie('tree'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
  ),
}));

test('parentheses decide whatever they enclose, and white space nothing', () => {
  const spaced = tree.chain((text) => {
    const pieces = text.split(' ');
    return fc.array(spaces, { minLength: pieces.length, maxLength: pieces.length }).map((between) => ({
      text,
      spaced: pieces.map((piece, index) => piece + (between[index] ?? '')).join(''),
    }));
  });
  fc.assert(
    fc.property(spaced, ({ text, spaced }) => {
      expect(shape(parseExpression(spaced))).toBe(text);
    }),
  );
});

test('every name knows the column at which it stands', () => {
  const text = '  first && (second || !third) && f(x) && fourth < 5';
  const columns = new Map<string, number>();
  const visit = (expression: Expression): void => {
    if (expression.kind === 'name' || expression.kind === 'call') columns.set(expression.name, expression.column);
    if (expression.kind === 'not') visit(expression.operand);
    if (expression.kind === 'binary') [expression.left, expression.right].forEach(visit);
  };
  visit(parseExpression(text));
  expect([...columns.keys()]).toEqual(['first', 'second', 'third', 'f', 'fourth']);
  for (const [name, column] of columns) expect(text.slice(column - 1)).toMatch(new RegExp(`^${name}\\b`));
});

describe('a text that is no condition is pointed at', () => {
  test.each([
    ['', 1, 'expected a name or a number before the end'],
    ['a &&', 5, 'expected a name or a number before the end'],
    ['|| a', 1, 'expected a name or a number before ||'],
    ['a && && b', 6, 'expected a name or a number before &&'],
    ['a b', 3, 'unexpected b'],
    ['a $ b', 3, 'unexpected "$"'],
    ['a = b', 3, 'unexpected "="'],
    ['"a"', 1, 'unexpected "\\""'],
    ['a  |  b', 4, 'unexpected "|"'],
    ['(a', 3, 'expected ) before the end'],
    ['a)', 2, 'unexpected )'],
    ['a < b < c', 7, 'unexpected <'],
    ['64k', 3, 'unexpected k'],
    ['0x', 2, 'unexpected x'],
    ['f(', 3, 'expected a name before the end'],
    ['f(3)', 3, 'expected a name before 3'],
    ['f(x', 4, 'expected ) before the end'],
    ['f(x y)', 5, 'expected ) before y'],
    ['a && é', 6, 'unexpected "é"'],
  ])('%j at %d', (text, column, what) => {
    expect(() => parseExpression(text)).toThrow(
      new InputError(`condition: ${what} at character ${String(column)}`, ''),
    );
  });

  test('with a hint of what conditions are', () => {
    expect(() => parseExpression('a $ b')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('&& || ! & + == !=') as unknown }),
    );
  });

  test('and nothing else is thrown, whatever the text', () => {
    const texts = fc.string({
      unit: fc.constantFrom('a', '1', ' ', '(', ')', '!', '&', '|', '=', '<', 'x', '$'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(shape(parseExpression(text))).not.toBe('');
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          const column = Number(/at character (\d+)$/.exec(error.what)?.[1]);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
