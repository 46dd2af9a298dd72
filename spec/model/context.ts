import type { Clause } from '../clauses.js';
import type { Facts } from './facts.js';
import { kargsOf, type Kargs } from './kargs.js';
import type { Call } from './call.js';
import type { Situation } from './situation.js';
import type { Rule, Specification } from './specification.js';

/** A TID asked for, at one level, while alloc_pid() looks at it. */
export interface RequestedTid {
  readonly tid: number;
  readonly pid_max: number | undefined;
  readonly has_init: boolean;
  readonly capable: boolean | undefined;
  readonly in_use: boolean | undefined;
}

/** A clause that holds (`true`) or may hold (`undefined`) for the call, in the order in which they were met. */
export interface Met {
  readonly clause: Clause;
  readonly truth: true | undefined;
}

/** One call on its way through the kernel. Functions of the model read it and say with {@link refuse} what stands in its way. */
export class Context implements Situation {
  readonly met: Met[] = [];
  readonly facts: Facts;
  readonly argsSize: number;
  readonly taskSizeMax: bigint;
  /** The element of `set_tid` that alloc_pid() looks at. */
  requested: RequestedTid | undefined;

  /**
   * @param rules - those that this caller can meet with this call, by id
   * @param order - what is asked at the place of a clause instead of it
   */
  constructor(
    { facts, argsSize, taskSizeMax }: Situation,
    private readonly rules: ReadonlyMap<string, Rule>,
    readonly kargs: Kargs,
    private readonly order?: ReadonlyMap<string, readonly string[]>,
  ) {
    this.facts = facts;
    this.argsSize = argsSize;
    this.taskSizeMax = taskSizeMax;
  }

  /**
   * The call is refused here if the clause's condition holds. The rest of the model still runs, so that a prediction knows
   * every refusal that holds, and not only the one that wins.
   */
  refuse(id: string): boolean | undefined {
    const instead = this.order?.get(id);
    if (instead === undefined) return this.ask(id);
    return instead.map((each) => this.ask(each)).includes(true);
  }

  private ask(id: string): boolean | undefined {
    const rule = this.rules.get(id);
    if (rule === undefined) return false;
    const { kargs } = this;
    if ((kargs.lo & rule.needsLo) !== rule.needsLo || (kargs.hi & rule.needsHi) !== rule.needsHi) return false;
    const truth = rule.predicate(this);
    if (truth !== false) this.met.push({ clause: rule.clause, truth });
    return truth;
  }

  /** Says whether every bit of a mask of the low half is set. */
  has(mask: number): boolean {
    return (this.kargs.lo & mask) === mask;
  }
}

/** A call as a kernel meets it that is held to a specification. */
export function contextOf(specification: Specification, facts: Facts, call: Call): Context {
  const { situation, rules } = specification.reachOf(facts);
  return new Context(situation, rules[call.call], kargsOf(call, facts.kernel, situation.argsSize), specification.order);
}
