import { flagValue } from '../flags.js';
import type { Expression } from '../expression/ast.js';
import { compileExpression, type Truth } from '../expression/compile.js';
import type { Context } from '../model/context.js';
import { VOCABULARY } from '../model/vocabulary.js';

/** Flag words of which these bits have these values: `(word & mask) === value`. Both are 32 bits without a sign. */
export interface Cube {
  readonly mask: number;
  readonly value: number;
}

/** Every word. */
const EVERY: Cube = { mask: 0, value: 0 };

/** Names besides the flags whose value changes with the flags: no test of single bits says what they are. */
const CHANGING: ReadonlySet<string> = new Set([
  'csignal',
  'undefined_flags',
  'pid_ns_levels',
  'tid',
  'tid_pid_max',
  'tid_ns_has_init',
  'tid_ns_capable',
  'tid_in_use',
]);

/**
 * The words for which a condition has a truth value, as cubes: a word is one of them if it lies in any. What is no flag is read from the
 * context once and for all.
 *
 * @param context - caller, kernel and every argument; its flags do not matter
 * @param wanted - the truth value
 * @param open - with true also words for which nobody knows
 * @throws Error where the condition is not about flags of the low half and what stays the same
 */
export function cubesOf(expression: Expression, context: Context, wanted = true, open = false): readonly Cube[] {
  switch (expression.kind) {
    case 'not':
      return cubesOf(expression.operand, context, !wanted, open);
    case 'name':
      if (expression.name.startsWith('CLONE_')) return flagCube(expression.name, wanted);
      break;
    case 'binary': {
      const { operator, left, right } = expression;
      if (operator !== '&&' && operator !== '||') break;
      const one = cubesOf(left, context, wanted, open);
      const other = cubesOf(right, context, wanted, open);
      return (operator === '&&') === wanted ? both(one, other) : [...one, ...other];
    }
    case 'call':
    case 'number':
      break;
  }
  refuseChanging(expression);
  const truth: Truth = compileExpression(expression, VOCABULARY)(context);
  return truth === wanted || (truth === undefined && open) ? [EVERY] : [];
}

function flagCube(name: string, wanted: boolean): readonly Cube[] {
  const value = flagValue(name);
  // clone() has no upper half: what only clone3 can pass is never there.
  if (value > 0xffff_ffffn) return wanted ? [] : [EVERY];
  const mask = Number(value);
  return [{ mask, value: wanted ? mask : 0 }];
}

/** Words in one of each. */
function both(one: readonly Cube[], other: readonly Cube[]): readonly Cube[] {
  return one.flatMap((a) =>
    other.flatMap((b) => {
      const agree = (a.mask & b.mask & (a.value ^ b.value)) === 0;
      return agree ? [{ mask: (a.mask | b.mask) >>> 0, value: (a.value | b.value) >>> 0 }] : [];
    }),
  );
}

function refuseChanging(expression: Expression): void {
  switch (expression.kind) {
    case 'name':
      if (CHANGING.has(expression.name) || expression.name.startsWith('CLONE_'))
        throw new Error(`${expression.name} cannot be told from single bits here`);
      return;
    case 'not':
      refuseChanging(expression.operand);
      return;
    case 'binary':
      refuseChanging(expression.left);
      refuseChanging(expression.right);
      return;
    case 'call':
    case 'number':
      return;
  }
}
