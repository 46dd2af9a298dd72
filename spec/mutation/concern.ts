import type { Clause } from '../clauses.js';
import type { Facts } from '../model/facts.js';
import type { Specification } from '../model/specification.js';
import type { Mutant } from './mutant.js';

/** Which of two rules is asked first does not show where both give the same errno. */
export function isOfOneErrno(specification: Specification, { clause, change }: Mutant): boolean {
  return change.kind === 'order' && specification.clause(clause)?.errno === specification.clause(change.with)?.errno;
}

/** The clauses that a mutant is about. */
export interface Concerned {
  /** In the order in which they are checked. */
  readonly present: readonly Clause[];
  /** Clauses that have to hold, or one that has to hold where the altered one does not, or the other way. */
  readonly involved: readonly Clause[];
  /** What the one clause became, where its condition or its calls changed. */
  readonly altered: Clause | undefined;
}

/** Says which clauses a mutant is about on a kernel. */
export function concerned(specification: Specification, { clause: id, change }: Mutant, { kernel }: Facts): Concerned {
  const rules = specification.rulesOf(kernel);
  const present = specification.errors.clauses.filter((clause) => rules.has(clause.id));
  const involved = present.filter(
    (clause) => clause.id === id || (change.kind === 'order' && clause.id === change.with),
  );
  return { present, involved, altered: change.kind === 'clause' ? change.clause : undefined };
}
