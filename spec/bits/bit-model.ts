import type { Clause } from '../clauses.js';
import type { CloneCall } from '../model/call.js';
import { contextOf } from '../model/context.js';
import type { Outcome } from '../model/errno.js';
import type { Facts } from '../model/facts.js';
import type { Order } from '../model/predict.js';
import { SPECIFICATION, type Specification } from '../model/specification.js';
import { cubesOf } from './cubes.js';

/** No clause refuses the word. */
export const NOTHING = -1;
/** A fact that nobody knows stands before the answer. */
export const OPEN = -2;

/**
 * `predict` for clone() with the same arguments and ever other flags: the clauses compiled to tests of bits, so that sixteen million words are
 * judged in less than a second. Bits 8 to 31 may be anything; the exit signal is that of the call given.
 */
export class BitModel {
  /** The clauses that refuse any word, in the kernel's order. */
  readonly clauses: readonly Clause[];
  private readonly masks: Uint32Array;
  private readonly values: Uint32Array;
  /** For each test the clause, and whether the clause surely holds. */
  private readonly clauseOf: Uint8Array;
  private readonly sure: Uint8Array;

  /**
   * @param call - every argument; of its flags only the exit signal counts
   * @throws Error where a clause cannot be told from single bits
   */
  constructor(
    facts: Facts,
    call: CloneCall,
    private readonly order: Order = 'strict',
    specification: Specification = SPECIFICATION,
  ) {
    const context = contextOf(specification, facts, call);
    const compiled = [...specification.reachOf(facts).rules.clone.values()]
      .map(({ clause }) => clause)
      .sort((one, other) => one.rank - other.rank)
      .map((clause) => ({
        clause,
        sure: cubesOf(clause.condition, context),
        possible: cubesOf(clause.condition, context, true, true),
      }))
      .filter(({ possible }) => possible.length > 0);
    const tests = compiled.flatMap(({ sure, possible }, clause) => [
      ...sure.map((cube) => ({ ...cube, clause, sure: 1 })),
      ...(sameCubes(sure, possible) ? [] : possible.map((cube) => ({ ...cube, clause, sure: 0 }))),
    ]);
    this.clauses = compiled.map(({ clause }) => clause);
    this.masks = Uint32Array.from(tests, ({ mask }) => mask);
    this.values = Uint32Array.from(tests, ({ value }) => value);
    this.clauseOf = Uint8Array.from(tests, ({ clause }) => clause);
    this.sure = Uint8Array.from(tests, ({ sure }) => sure);
  }

  /**
   * The clause that decides about a word: its place in {@link clauses}, {@link NOTHING} where the word is accepted, {@link OPEN} where
   * more than one answer may be allowed.
   *
   * @param word - flags and exit signal, 32 bits
   */
  decide(word: number): number {
    const { masks, values } = this;
    for (let test = 0; test < masks.length; test++) {
      // Of an index below the length there always is an element.
      if ((word & (masks[test] ?? 0)) >>> 0 === values[test])
        return this.sure[test] === 1 ? (this.clauseOf[test] ?? 0) : OPEN;
    }
    return NOTHING;
  }

  /** Every answer that is allowed to a word, as {@link predict} has it. */
  allowed(word: number): readonly Outcome[] {
    const allowed = new Set<Outcome>();
    let refused = false;
    for (let test = 0; test < this.masks.length; test++) {
      if ((word & (this.masks[test] ?? 0)) >>> 0 !== this.values[test]) continue;
      const clause = this.clauses[this.clauseOf[test] ?? 0];
      if (clause !== undefined) allowed.add(clause.errno);
      refused ||= this.sure[test] === 1;
      if (refused && this.order === 'strict') break;
    }
    if (!refused) allowed.add('success');
    return [...allowed];
  }
}

function sameCubes(one: readonly object[], other: readonly object[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
