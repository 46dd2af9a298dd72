import type { Clause } from '../clauses.js';
import type { Call } from './call.js';
import { clone3_args_valid, copy_clone_args_from_user } from './clone3.js';
import { contextOf, type Context, type Met } from './context.js';
import { kernel_clone } from './copy_process.js';
import type { Outcome } from './errno.js';
import type { Facts } from './facts.js';
import { SPECIFICATION, type Specification } from './specification.js';

/** Which refusal may win where several hold: Linux's own order, or any of them. */
export type Order = 'strict' | 'any';

/** What a call comes to by the specification. */
export interface Prediction {
  /** Linux's own answer, as far as the facts decide it. */
  readonly outcome: Outcome;
  /** Every answer that is allowed: more than one under `--order any`, and where a fact is not known. */
  readonly allowed: readonly Outcome[];
  /** The refusals that hold, the one that wins first. */
  readonly refusals: readonly Clause[];
  /** Refusals that a missing fact leaves open. */
  readonly undecided: readonly Clause[];
  /**
   * The clause that this call tells apart: without it another answer would be allowed. Undefined where a second refusal
   * gives the same errno, so that the call says nothing about either.
   */
  readonly judges: string | undefined;
  /** What would be allowed if the deciding clause were not there; what is allowed where no clause decides. */
  readonly without: readonly Outcome[];
}

/**
 * Predicts a call: the refusals in the kernel's order, or success.
 *
 * @param facts - kernel and caller; nothing else about the machine enters
 * @param options - `order` as in `--order`; `specification` another set of clauses than the project's
 */
export function predict(
  facts: Facts,
  call: Call,
  options: { readonly order?: Order; readonly specification?: Specification } = {},
): Prediction {
  const specification = options.specification ?? SPECIFICATION;
  const context = contextOf(specification, facts, call);
  enter(context);
  return decide(context.met, options.order ?? 'strict', specification.errors.otherwise.id);
}

/** The entry code of each call. */
function enter(c: Context): void {
  switch (c.kargs.call) {
    case 'fork':
      c.refuse('errors/fork-without-mmu');
      break;
    case 'vfork':
      break;
    case 'clone':
      c.refuse('errors/seccomp-namespaces');
      break;
    case 'clone3':
      c.refuse('errors/seccomp-clone3');
      c.refuse('errors/clone3-absent');
      if (!copy_clone_args_from_user(c)) return;
      clone3_args_valid(c);
      break;
  }
  kernel_clone(c);
}

/** Turns the clauses met, in order, into a prediction. */
function decide(met: readonly Met[], order: Order, otherwise: string): Prediction {
  const refusals = unique(met.filter(({ truth }) => truth === true).map(({ clause }) => clause));
  const open = unique(met.filter(({ truth }) => truth === undefined).map(({ clause }) => clause));
  const winner = refusals[0];
  const answers = order === 'strict' ? allowedFrom : allowedAny;
  const allowed = answers(met);
  const without = winner === undefined ? allowed : answers(met.filter(({ clause }) => clause !== winner));
  return {
    outcome: winner?.errno ?? 'success',
    allowed,
    refusals,
    // Of two TIDs asked for one may be known to be taken and the other not.
    undecided: open.filter((clause) => !refusals.includes(clause)),
    judges: allowed.length === 1 ? judged(winner, without, otherwise) : undefined,
    without,
  };
}

function judged(winner: Clause | undefined, without: readonly Outcome[], otherwise: string): string | undefined {
  if (winner === undefined) return otherwise;
  return without.includes(winner.errno) ? undefined : winner.id;
}

/** Linux's order: everything that may come before the first refusal that surely holds, and that one. */
function allowedFrom(met: readonly Met[]): readonly Outcome[] {
  const allowed = new Set<Outcome>();
  for (const { clause, truth } of met) {
    allowed.add(clause.errno);
    if (truth === true) return [...allowed];
  }
  return [...allowed, 'success'];
}

function allowedAny(met: readonly Met[]): readonly Outcome[] {
  const allowed = new Set<Outcome>(met.map(({ clause }) => clause.errno));
  if (!met.some(({ truth }) => truth === true)) allowed.add('success');
  return [...allowed];
}

function unique<T>(items: readonly T[]): readonly T[] {
  return items.length < 2 ? items : [...new Set(items)];
}
