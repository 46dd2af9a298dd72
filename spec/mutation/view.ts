import type { Clause } from '../clauses.js';
import type { Expression } from '../expression/ast.js';
import { compileExpression, type Truth } from '../expression/compile.js';
import { formatExpression } from '../expression/format.js';
import type { Call } from '../model/call.js';
import { contextOf, type Context } from '../model/context.js';
import type { Facts } from '../model/facts.js';
import { knownArgsSize } from '../model/kernel-limits.js';
import { predict } from '../model/predict.js';
import { SPECIFICATION, type Specification } from '../model/specification.js';
import { VOCABULARY } from '../model/vocabulary.js';
import { CALLER, TID_AXES, axesOfLeaf } from './leaf-axes.js';
import { isOfOneTid, speaksOfOneTid } from './order.js';

/** What is known of the clauses while only some things have been chosen; everything else is plain so far. */
export class View {
  private readonly context: Context;
  private readonly truths = new Map<Clause, Truth>();

  constructor(
    private readonly specification: Specification,
    private readonly broken: Specification,
    private readonly facts: Facts,
    private readonly call: Call,
    private readonly isChosen: (axis: string) => boolean,
    private readonly agreed: Agreed,
  ) {
    this.context = contextOf(specification, facts, call);
  }

  /** Says whether a clause holds whatever else is chosen. */
  truth(clause: Clause, isAltered = false): Truth {
    if (!clause.calls.includes(this.call.call)) return false;
    if (this.truths.has(clause)) return this.truths.get(clause);
    const truth = isOfOneTid(clause) ? this.aboutTids(clause, isAltered) : this.evaluate(clause.condition).truth;
    this.truths.set(clause, truth);
    return truth;
  }

  /** Axes on which it hangs whether the clause holds. */
  undecided(clause: Clause, isAltered = false): readonly string[] {
    if (this.truth(clause, isAltered) !== undefined) return [];
    const { axes } = this.evaluate(clause.condition);
    return isOfOneTid(clause) ? [...TID_AXES, ...axes] : axes;
  }

  /** Where the structure ends with what the kernel knows, no argument lies behind that. */
  private hasNoTail(expression: Expression): boolean {
    if (expression.kind !== 'call' || expression.argument !== 'tail' || !this.isChosen('structure')) return false;
    return this.context.kargs.usize <= BigInt(knownArgsSize(this.facts.kernel));
  }

  /** What is left of two conditions after all that is decided is the same. */
  isLeftAlike(one: Clause, other: Clause): boolean {
    const calls = (clause: Clause): boolean => clause.calls.includes(this.call.call);
    return calls(one) === calls(other) && this.left(one.condition) === this.left(other.condition);
  }

  private left(expression: Expression): string {
    const { truth } = this.evaluate(expression);
    // What is asked of a TID has no value outside alloc_pid().
    if (truth !== undefined && !speaksOfOneTid(expression)) return String(truth);
    if (expression.kind !== 'binary' || (expression.operator !== '&&' && expression.operator !== '||'))
      return formatExpression(expression);
    const neutral = String(expression.operator === '&&');
    const sides = [this.left(expression.left), this.left(expression.right)];
    const open = sides.filter((side) => side !== neutral);
    if (open.some((side) => side === String(expression.operator !== '&&'))) return String(expression.operator !== '&&');
    return open.length === 0
      ? neutral
      : open.length === 1
        ? (open[0] ?? '')
        : `(${open.join(` ${expression.operator} `)})`;
  }

  /** Whatever the kernel rightly answers, the mutant does not allow it. */
  tellsApart(): boolean {
    const { allowed } = predict(this.facts, this.call, { specification: this.broken });
    return predict(this.facts, this.call, { specification: this.specification }).allowed.every(
      (outcome) => !allowed.includes(outcome),
    );
  }

  /** Of TIDs the model itself says what alloc_pid() finds. */
  private aboutTids(clause: Clause, isAltered: boolean): Truth {
    const axes = [...TID_AXES, ...this.evaluate(clause.condition).axes];
    if (this.isChosen('set_tid') && this.context.kargs.set_tid_size === 0n && this.isChosen('structure')) return false;
    if (!axes.every((axis) => this.isChosen(axis))) return undefined;
    const { refusals, undecided } = predict(this.facts, this.call, {
      specification: isAltered ? this.broken : this.specification,
    });
    const isClause = ({ id }: Clause): boolean => id === clause.id;
    return refusals.some(isClause) ? true : undecided.some(isClause) ? undefined : false;
  }

  private evaluate(expression: Expression): { readonly truth: Truth; readonly axes: readonly string[] } {
    if (expression.kind === 'not') {
      const { truth, axes } = this.evaluate(expression.operand);
      return { truth: truth === undefined ? undefined : !truth, axes };
    }
    if (expression.kind === 'binary' && (expression.operator === '&&' || expression.operator === '||')) {
      const decisive = expression.operator === '||';
      const [left, right] = [this.evaluate(expression.left), this.evaluate(expression.right)];
      if (left.truth === decisive || right.truth === decisive) return { truth: decisive, axes: [] };
      const truth = left.truth === undefined || right.truth === undefined ? undefined : !decisive;
      return { truth, axes: [...left.axes, ...right.axes] };
    }
    if (this.hasNoTail(expression)) return { truth: false, axes: [] };
    const axes = axesOfLeaf(expression, this.call.call).filter((axis) => !this.isChosen(axis));
    const truth = leaf(expression)(this.context);
    // Another flag set does not make this one known: whatever has not been chosen is not set so far.
    if (truth === true && expression.kind === 'name' && expression.name === 'undefined_flags')
      return { truth, axes: [] };
    if (axes.length > 0 && axes.every((axis) => axis === CALLER)) {
      const common = this.agreed.on(expression);
      if (common !== undefined) return { truth: common, axes: [] };
    }
    return { truth: axes.length > 0 ? undefined : truth, axes };
  }
}

/** What every caller answers alike needs no choice of one. */
export class Agreed {
  private readonly known = new Map<Expression, Truth>();

  constructor(private readonly facts: readonly Facts[]) {}

  on(expression: Expression): Truth {
    if (!this.known.has(expression)) {
      const truths = this.facts.map((facts) => leaf(expression)(contextOf(SPECIFICATION, facts, NOTHING_ASKED)));
      this.known.set(expression, truths.every((truth) => truth === truths[0]) ? truths[0] : undefined);
    }
    return this.known.get(expression);
  }
}

const NOTHING_ASKED: Call = { call: 'fork' };

const leaves = new WeakMap<Expression, (context: Context) => Truth>();

function leaf(expression: Expression): (context: Context) => Truth {
  const known = leaves.get(expression) ?? compileExpression(expression, VOCABULARY);
  leaves.set(expression, known);
  return known;
}
