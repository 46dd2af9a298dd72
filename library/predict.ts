import { predict as predictOf, type Call, type Clause, type Facts, type Level, type Order } from '../spec/index.js';

/**
 * A rule by which a call is refused.
 *
 * @public
 */
export interface Refusal {
  /** Of the clause, such as `errors/fs-with-newns`. */
  readonly id: string;
  readonly errno: string;
  /** One sentence. */
  readonly why: string;
  /** Kernel file and function. */
  readonly source: string;
  /** Where a man page says it. */
  readonly man?: string;
  readonly level: Level;
}

/**
 * What a call comes to by the specification.
 *
 * @public
 */
export interface Prediction {
  /** Linux's own answer, as far as the facts decide it: `success` or an errno name. */
  readonly outcome: string;
  /** Every answer that is allowed: more than one with `order: 'any'`, and where a fact is not known. */
  readonly allowed: readonly string[];
  /** The refusals that hold, the one that wins first. */
  readonly refusals: readonly Refusal[];
  /** Refusals that a missing fact leaves open. */
  readonly undecided: readonly Refusal[];
  /** The clause that this call tells apart; undefined where a second refusal gives the same errno. */
  readonly judges: string | undefined;
}

/**
 * Predicts a call: the refusals in the kernel's order, or success.
 *
 * @param facts - kernel and caller, from the function `facts` or from a target; nothing else about the machine enters
 * @param call - from {@link calls}, {@link parseCall}, {@link clone} or {@link clone3}
 * @param options - `order: 'any'` where each refusal that holds may win
 *
 * @example
 * ```ts
 * import { facts, parseCall, predict } from 'clonecheck';
 *
 * const { call } = parseCall('clone(CLONE_NEWNS|CLONE_FS)');
 * const { outcome, refusals } = predict(facts({ kernel: '6.12' }), call);
 * console.log(outcome, refusals[0]?.id);
 * // EINVAL errors/fs-with-newns
 * ```
 *
 * @public
 */
export function predict(facts: Facts, call: Call, { order = 'strict' }: { readonly order?: Order } = {}): Prediction {
  const { outcome, allowed, refusals, undecided, judges } = predictOf(facts, call, { order });
  return { outcome, allowed, refusals: refusals.map(refusal), undecided: undecided.map(refusal), judges };
}

function refusal({ id, errno, why, source, man, level }: Clause): Refusal {
  return { id, errno, why, source, ...(man !== undefined && { man }), level };
}
