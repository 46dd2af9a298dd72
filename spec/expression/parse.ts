import { InputError } from '../rules/input-error.js';
import { COMPARISONS, type BinaryOperator, type Comparison, type Expression } from './ast.js';

interface Token {
  readonly kind: 'number' | 'name' | 'operator' | 'end';
  readonly text: string;
  readonly column: number;
}

/** The longest condition, in characters; parentheses in each other are as many calls in each other. */
const LONGEST = 1_000;
const TOKEN = /\s*(?:(0[xX][0-9a-fA-F]+|\d+)|([A-Za-z_][A-Za-z0-9_.-]*)|(&&|\|\||==|!=|<=|>=|[<>&+!()]))/y;

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  if (text.length > LONGEST) throw wrong('a text that goes on', LONGEST);
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      const column = start + (/\S/.exec(text.slice(start))?.index ?? 0) + 1;
      throw wrong(`unexpected ${JSON.stringify(text[column - 1])}`, column);
    }
    const [, number, name, operator] = match;
    const token = number ?? name ?? operator ?? '';
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'operator';
    tokens.push({ kind, text: token, column: TOKEN.lastIndex - token.length + 1 });
  }
  tokens.push({ kind: 'end', text: 'the end', column: text.length + 1 });
  return tokens;
}

function wrong(what: string, column: number): InputError {
  return new InputError(
    `condition: ${what} at character ${String(column)}`,
    'conditions are names and numbers with && || ! & + == != < <= > >= and parentheses',
  );
}

/**
 * Parses a condition.
 *
 * @throws InputError that names the character (from 1) at which the text is no condition
 */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let position = 0;
  const peek = (): Token => tokens[position] ?? { kind: 'end', text: 'the end', column: text.length + 1 };
  const take = (): Token => {
    const token = peek();
    position++;
    return token;
  };
  const accept = (operator: string): boolean => {
    const token = peek();
    if (token.kind !== 'operator' || token.text !== operator) return false;
    position++;
    return true;
  };
  const expect = (operator: string): void => {
    if (!accept(operator)) throw wrong(`expected ${operator} before ${peek().text}`, peek().column);
  };

  function leftAssociative(operator: BinaryOperator, next: () => Expression): Expression {
    let left = next();
    while (accept(operator)) left = { kind: 'binary', operator, left, right: next(), column: left.column };
    return left;
  }
  const disjunction = (): Expression => leftAssociative('||', conjunction);
  const conjunction = (): Expression => leftAssociative('&&', comparison);
  const masked = (): Expression => leftAssociative('&', sum);
  const sum = (): Expression => leftAssociative('+', unary);
  function comparison(): Expression {
    const left = masked();
    const operator = COMPARISONS.find((candidate: Comparison) => accept(candidate));
    return operator === undefined ? left : { kind: 'binary', operator, left, right: masked(), column: left.column };
  }
  function unary(): Expression {
    const { column } = peek();
    if (accept('!')) return { kind: 'not', operand: unary(), column };
    if (accept('(')) {
      const inner = disjunction();
      expect(')');
      return inner;
    }
    const token = take();
    if (token.kind === 'number') return { kind: 'number', value: BigInt(token.text), column };
    if (token.kind !== 'name') throw wrong(`expected a name or a number before ${token.text}`, column);
    if (!accept('(')) return { kind: 'name', name: token.text, column };
    const argument = take();
    if (argument.kind !== 'name') throw wrong(`expected a name before ${argument.text}`, argument.column);
    expect(')');
    return { kind: 'call', name: token.text, argument: argument.text, column };
  }

  const expression = disjunction();
  if (peek().kind !== 'end') throw wrong(`unexpected ${peek().text}`, peek().column);
  return expression;
}
