import { InputError, didYouMean } from '../rules/input-error.js';
import type { Expression } from './ast.js';

/** A truth value; undefined is "not known". */
export type Truth = boolean | undefined;
/** A number of which only the bounds are known, both included. */
export interface Range {
  readonly least: number;
  readonly most: number;
}
/** A number in a condition; undefined is "not known". */
export type Quantity = number | bigint | Range | undefined;

/** How a name is read from the context `C`: as a truth value or as a number. */
export type Reader<C> =
  | { readonly type: 'truth'; readonly read: (context: C) => Truth }
  | { readonly type: 'number'; readonly read: (context: C) => Quantity };

/** A function of one bare word, such as `writable(pidfd)`. */
export interface FunctionOf<C> {
  readonly arguments: readonly string[];
  readonly of: (argument: string) => Reader<C>;
}

/** The names that a condition may use. */
export interface Vocabulary<C> {
  readonly names: ReadonlyMap<string, Reader<C>>;
  readonly functions: ReadonlyMap<string, FunctionOf<C>>;
}

/** A condition made ready to be asked many times. */
export type Predicate<C> = (context: C) => Truth;

/**
 * Makes a condition ready. Unknown facts give Kleene's three-valued logic: what does not depend on them is still decided.
 *
 * @throws InputError for a name that the vocabulary does not have, and where a number stands for a truth value or the other way
 */
export function compileExpression<C>(expression: Expression, vocabulary: Vocabulary<C>): Predicate<C> {
  return truth(expression, vocabulary);
}

function truth<C>(expression: Expression, vocabulary: Vocabulary<C>): Predicate<C> {
  switch (expression.kind) {
    case 'number':
      throw typeError(expression, 'a number where a condition is expected');
    case 'name':
    case 'call': {
      const reader = lookUp(expression, vocabulary);
      if (reader.type === 'number') throw typeError(expression, `${expression.name} is a number, not a condition`);
      return reader.read;
    }
    case 'not': {
      const operand = truth(expression.operand, vocabulary);
      return (context) => {
        const value = operand(context);
        return value === undefined ? undefined : !value;
      };
    }
    case 'binary':
      return binaryTruth(expression, vocabulary);
  }
}

function binaryTruth<C>(expression: Expression & { kind: 'binary' }, vocabulary: Vocabulary<C>): Predicate<C> {
  const { operator } = expression;
  if (operator === '&' || operator === '+')
    throw typeError(expression, 'a number where a condition is expected; compare it');
  if (operator === '&&' || operator === '||') {
    const left = truth(expression.left, vocabulary);
    const right = truth(expression.right, vocabulary);
    const decisive = operator === '||';
    return (context) => {
      const first = left(context);
      if (first === decisive) return decisive;
      const second = right(context);
      if (second === decisive) return decisive;
      return first === undefined || second === undefined ? undefined : !decisive;
    };
  }
  const left = quantity(expression.left, vocabulary);
  const right = quantity(expression.right, vocabulary);
  const compare = (test: (a: number | bigint, b: number | bigint) => boolean): Predicate<C> => {
    return (context) => {
      const a = left(context);
      if (a === undefined) return undefined;
      const b = right(context);
      if (b === undefined) return undefined;
      return typeof a === 'object' || typeof b === 'object' ? compareRanges(operator, a, b, test) : test(a, b);
    };
  };
  // A number and a bigint are ordered alike but never identical, hence no ===.
  switch (operator) {
    case '<':
      return compare((a, b) => a < b);
    case '<=':
      return compare((a, b) => a <= b);
    case '>':
      return compare((a, b) => a > b);
    case '>=':
      return compare((a, b) => a >= b);
    case '==':
      return compare((a, b) => a <= b && a >= b);
    case '!=':
      return compare((a, b) => a < b || a > b);
  }
}

/** What orders is decided where it is so at all bounds; what is inside a range may be equal to a number, and may not. */
function compareRanges(
  operator: string,
  a: number | bigint | Range,
  b: number | bigint | Range,
  test: (a: number | bigint, b: number | bigint) => boolean,
): Truth {
  if (operator === '==' || operator === '!=') return undefined;
  const answers = new Set(boundsOf(a).flatMap((one) => boundsOf(b).map((another) => test(one, another))));
  return answers.size === 1 ? [...answers][0] : undefined;
}

function boundsOf(value: number | bigint | Range): readonly (number | bigint)[] {
  return typeof value === 'object' ? [value.least, value.most] : [value];
}

function quantity<C>(expression: Expression, vocabulary: Vocabulary<C>): (context: C) => Quantity {
  switch (expression.kind) {
    case 'number': {
      const value = expression.value <= 0x7fffffffn ? Number(expression.value) : expression.value;
      return () => value;
    }
    case 'name':
    case 'call': {
      const reader = lookUp(expression, vocabulary);
      if (reader.type === 'truth') throw typeError(expression, `${expression.name} is a condition, not a number`);
      return reader.read;
    }
    case 'binary': {
      const { operator } = expression;
      if (operator !== '&' && operator !== '+') break;
      const left = quantity(expression.left, vocabulary);
      const right = quantity(expression.right, vocabulary);
      return (context) => {
        const a = left(context);
        const b = right(context);
        if (a === undefined || b === undefined || typeof a === 'object' || typeof b === 'object') return undefined;
        return operator === '&' ? BigInt(a) & BigInt(b) : BigInt(a) + BigInt(b);
      };
    }
    case 'not':
      break;
  }
  throw typeError(expression, 'a condition where a number is expected');
}

function lookUp<C>(expression: Expression & { kind: 'name' | 'call' }, vocabulary: Vocabulary<C>): Reader<C> {
  if (expression.kind === 'name') {
    const reader = vocabulary.names.get(expression.name);
    if (reader !== undefined) return reader;
    throw unknown(expression.name, expression.column, [...vocabulary.names.keys()]);
  }
  const definition = vocabulary.functions.get(expression.name);
  if (definition === undefined) throw unknown(expression.name, expression.column, [...vocabulary.functions.keys()]);
  if (!definition.arguments.includes(expression.argument)) {
    throw unknown(expression.argument, expression.column, definition.arguments);
  }
  return definition.of(expression.argument);
}

function unknown(name: string, column: number, candidates: readonly string[]): InputError {
  return new InputError(`condition: unknown name ${name} at character ${String(column)}`, didYouMean(name, candidates));
}

function typeError(expression: Expression, what: string): InputError {
  return new InputError(
    `condition: ${what} at character ${String(expression.column)}`,
    'flags and yes-or-no facts are conditions; arguments, limits and counts are numbers',
  );
}
