import { ERROR_CLAUSES, type Clause, type ErrorClauses, type Requirement } from '../clauses.js';
import type { Expression } from '../expression/ast.js';
import { compileExpression, type Predicate, type Vocabulary } from '../expression/compile.js';
import { featureNamed, hasFeature } from '../features.js';
import { flagValue } from '../flags.js';
import { InputError } from '../rules/input-error.js';
import { compareVersions, hasChange, type Change } from '../rules/version.js';
import type { Context } from './context.js';
import type { CallName } from './call.js';
import type { ConfigName, Facts, KernelFacts } from './facts.js';
import { knownArgsSize, taskSizeMax } from './kernel-limits.js';
import type { Situation } from './situation.js';
import { VOCABULARY, VOCABULARY_BEFORE_CALL } from './vocabulary.js';

/** A clause made ready for one kernel. */
export interface Rule {
  readonly clause: Clause;
  readonly predicate: Predicate<Context>;
  /** The condition before there is a call: false where no call of this caller's can make it true. */
  readonly before: Predicate<Situation>;
  /** Flags without which the condition cannot hold: most rules are passed by on these alone. */
  readonly needsLo: number;
  readonly needsHi: number;
}

/** Rules by id, for each call. */
type RulesByCall = Readonly<Record<CallName, ReadonlyMap<string, Rule>>>;

/** What a caller can meet. */
export interface Reach {
  readonly situation: Situation;
  readonly rules: RulesByCall;
}

/** A set of clauses that calls are predicted with: the real one, or one that a test has broken on purpose. */
export class Specification {
  private readonly all: readonly Rule[];
  private readonly perKernel = new WeakMap<KernelFacts, ReadonlyMap<string, Rule>>();
  private readonly perKernelAndCall = new WeakMap<KernelFacts, RulesByCall>();
  private last: Reach | undefined;

  /**
   * @param order - what is asked at the place of a clause instead of it: a kernel that checks in another order than Linux does
   */
  constructor(
    readonly errors: ErrorClauses,
    readonly order?: ReadonlyMap<string, readonly string[]>,
  ) {
    this.all = errors.clauses.map((clause) => {
      const needs = neededFlags(clause.condition);
      return {
        clause,
        predicate: compile(clause, VOCABULARY),
        before: compile(clause, VOCABULARY_BEFORE_CALL),
        needsLo: Number(BigInt.asIntN(32, needs)),
        needsHi: Number(BigInt.asIntN(32, needs >> 32n)),
      };
    });
  }

  /** The clauses that this kernel is held to, by id. */
  rulesOf(kernel: KernelFacts): ReadonlyMap<string, Rule> {
    let rules = this.perKernel.get(kernel);
    if (rules === undefined) {
      rules = new Map(
        this.all.filter(({ clause }) => absence(clause, kernel) === undefined).map((rule) => [rule.clause.id, rule]),
      );
      this.perKernel.set(kernel, rules);
    }
    return rules;
  }

  /**
   * The clauses that a caller may meet on a kernel, for each call. Most ask for a caller that this one is not: where the same one
   * is asked about again they are left out. Many a caller of a scenario makes one call, and sorting costs more than asking.
   */
  reachOf(facts: Facts): Reach {
    const { kernel, caller } = facts;
    const rules = this.rulesByCall(kernel);
    const { last } = this;
    const again = last?.situation.facts.caller === caller && last.situation.facts.kernel === kernel;
    if (again && last.rules !== rules) return last;
    const situation = { facts, argsSize: knownArgsSize(kernel), taskSizeMax: taskSizeMax(kernel) };
    return (this.last = { situation, rules: again ? reachable(rules, situation) : rules });
  }

  private rulesByCall(kernel: KernelFacts): RulesByCall {
    let rules = this.perKernelAndCall.get(kernel);
    if (rules === undefined) {
      const all = [...this.rulesOf(kernel)];
      rules = eachCall((call) => new Map(all.filter(([, { clause }]) => clause.calls.includes(call))));
      this.perKernelAndCall.set(kernel, rules);
    }
    return rules;
  }

  /** The clause with this id. */
  clause(id: string): Clause | undefined {
    return this.errors.clauses.find((clause) => clause.id === id);
  }

  /** The same specification with its clauses changed; `undefined` drops one. */
  with(change: (clause: Clause) => Clause | undefined): Specification {
    const clauses = this.errors.clauses.map(change).filter((clause) => clause !== undefined);
    return new Specification({ ...this.errors, clauses }, this.order);
  }
}

/** The specification in `spec/`. */
export const SPECIFICATION = new Specification(ERROR_CLAUSES);

/**
 * Why a kernel is not held to a clause.
 *
 * @returns undefined where it is held to it
 */
export function absence(clause: Clause, kernel: KernelFacts): string | undefined {
  const missing = clause.requires.find((requirement) => !meets(kernel, requirement));
  if (missing !== undefined) return `this kernel ${describeMissing(missing)}`;
  if (
    clause.since !== undefined &&
    !saidByFeature(clause, true, clause.since) &&
    !hasChange(kernel.version, clause.since)
  ) {
    return 'this kernel is older';
  }
  if (
    clause.until !== undefined &&
    !saidByFeature(clause, false, clause.until) &&
    hasChange(kernel.version, clause.until)
  ) {
    return 'this kernel is newer';
  }
  return undefined;
}

/** A required feature that came with the same release was found by trying, and says more: stable releases take changes over. */
function saidByFeature(clause: Clause, present: boolean, change: Change): boolean {
  return clause.requires.some(({ kind, name, present: wanted }) => {
    if (kind !== 'feature' || wanted !== present) return false;
    const since = featureNamed(name)?.since[0];
    return since !== undefined && change[0] !== undefined && compareVersions(since, change[0]) === 0;
  });
}

/** Without the rules that no call of this caller's can break. */
function reachable(rules: RulesByCall, situation: Situation): RulesByCall {
  return eachCall((call) => new Map([...rules[call]].filter(([, { before }]) => before(situation) !== false)));
}

function eachCall(of: (call: CallName) => ReadonlyMap<string, Rule>): RulesByCall {
  return { clone: of('clone'), clone3: of('clone3'), fork: of('fork'), vfork: of('vfork') };
}

/** A clause's condition made ready; what is wrong with it is said with its place. */
function compile<C>(clause: Clause, vocabulary: Vocabulary<C>): Predicate<C> {
  try {
    return compileExpression(clause.condition, vocabulary);
  } catch (error) {
    throw error instanceof InputError ? error.at(clause.place) : error;
  }
}

function meets(kernel: KernelFacts, requirement: Requirement): boolean {
  switch (requirement.kind) {
    case 'feature':
      return hasFeature(kernel, requirement.name) === requirement.present;
    case 'config':
      return kernel.config[requirement.name as ConfigName] === requirement.present;
    case 'arch':
      return (kernel.arch === requirement.name) === requirement.present;
  }
}

function describeMissing({ kind, name, present }: Requirement): string {
  const verb = present ? 'lacks' : 'has';
  if (kind === 'config') return `${verb} CONFIG_${name.toUpperCase()}`;
  return kind === 'arch' ? `is ${present ? 'not ' : ''}${name}` : `${verb} ${name}`;
}

/** Flags that every way of making the condition true has set. */
function neededFlags(expression: Expression): bigint {
  if (expression.kind === 'name' && expression.name.startsWith('CLONE_')) return flagValue(expression.name);
  if (expression.kind !== 'binary') return 0n;
  const { operator, left, right } = expression;
  if (operator === '&&') return neededFlags(left) | neededFlags(right);
  if (operator === '||') return neededFlags(left) & neededFlags(right);
  return 0n;
}
