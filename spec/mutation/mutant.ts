import type { Clause } from '../clauses.js';
import { formatExpression } from '../expression/format.js';
import type { Expression } from '../expression/ast.js';
import type { KernelFacts } from '../model/facts.js';
import { Specification } from '../model/specification.js';

/** The ways in which a clause can be broken; each has a file here. */
export const OPERATORS = [
  'drop',
  'errno',
  'order',
  'condition',
  'negate',
  'unless-flag',
  'bound',
  'call',
  'version',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** What is different in a specification that is broken on purpose. */
export type Change =
  /** The clause is another, or not there. */
  | { readonly kind: 'clause'; readonly clause: Clause | undefined }
  /** The same clauses are asked in another order: what is asked at the place of each. */
  | { readonly kind: 'order'; readonly asked: ReadonlyMap<string, readonly string[]>; readonly with: string };

/** A clause broken in one way. */
export interface Mutant {
  /** Stable: clause, operator and what it changes, such as `errors/fs-with-newns errno EPERM`. */
  readonly id: string;
  readonly clause: string;
  readonly operator: Operator;
  /** What a kernel does that is broken so. */
  readonly broken: string;
  readonly change: Change;
}

/** What an operator is told besides the clause. */
export interface Setting {
  /** The clauses that the kernel is held to, in the order in which it checks. */
  readonly present: readonly Clause[];
  readonly kernel: KernelFacts;
}

/** Breaks a clause in every way of one kind. */
export type Mutate = (clause: Clause, setting: Setting) => readonly Mutant[];

/** A mutant whose clause is changed, or gone. */
export function changed(
  clause: Clause,
  operator: Operator,
  what: string,
  broken: string,
  change: Clause | undefined,
): Mutant {
  const id = [clause.id, operator, what].filter((word) => word !== '').join(' ');
  return { id, clause: clause.id, operator, broken, change: { kind: 'clause', clause: change } };
}

/** The clause with another condition, as the file would have it. */
export function withCondition(clause: Clause, condition: Expression): Clause {
  return { ...clause, condition, when: formatExpression(condition) };
}

/** The specification that a broken kernel follows. */
export function brokenSpecification(specification: Specification, { clause: id, change }: Mutant): Specification {
  return change.kind === 'order'
    ? new Specification(specification.errors, change.asked)
    : specification.with((clause) => (clause.id === id ? change.clause : clause));
}
