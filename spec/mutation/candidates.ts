import type { Clause } from '../clauses.js';
import type { Expression } from '../expression/ast.js';
import { compileExpression, type Predicate } from '../expression/compile.js';
import { formatExpression } from '../expression/format.js';
import { clone, type CallName } from '../model/call.js';
import { contextOf, type Context } from '../model/context.js';
import type { Facts } from '../model/facts.js';
import { SPECIFICATION } from '../model/specification.js';
import { VOCABULARY } from '../model/vocabulary.js';
import { CALLER, axesOfLeaf } from './leaf-axes.js';
import { operands } from './parts.js';

/** Someone who may make the call. */
export interface Candidate<Who> {
  readonly who: Who;
  readonly facts: Facts;
}

/**
 * Of callers who are alike in all that the clauses ask of a caller one is enough.
 *
 * @param clauses - all that may be asked
 */
export function distinctCandidates<Who>(
  candidates: readonly Candidate<Who>[],
  call: CallName,
  clauses: readonly Clause[],
): readonly Candidate<Who>[] {
  const asked = new Map<string, Predicate<Context>>();
  for (const clause of clauses) {
    for (const leaf of clause.calls.includes(call) ? leavesOf(clause.condition) : []) {
      const text = formatExpression(leaf);
      if (axesOfLeaf(leaf, call).every((axis) => axis === CALLER) && !asked.has(text))
        asked.set(text, compileExpression(leaf, VOCABULARY));
    }
  }
  const distinct = new Map<string, Candidate<Who>>();
  for (const candidate of candidates) {
    const { facts } = candidate;
    const context = contextOf(SPECIFICATION, facts, clone(0n));
    const answers = [...asked.values()].map((holds) => holds(context) ?? 'unknown');
    const key = JSON.stringify([answers, call === 'clone3' ? throughClone3(facts) : []]);
    if (!distinct.has(key)) distinct.set(key, candidate);
  }
  return [...distinct.values()];
}

/** What rules of clone3 ask of a caller together with an argument. */
function throughClone3({ caller }: Facts): readonly unknown[] {
  const { pid_ns_level, pid_ns_owners, pid_ns_for_children, pid_max, cgroup_fds, cgroup_fd_default } = caller;
  return [pid_ns_level, pid_ns_owners, pid_ns_for_children, pid_max, cgroup_fds, cgroup_fd_default];
}

function leavesOf(expression: Expression): readonly Expression[] {
  return operands(expression).flatMap(({ part }) => {
    if (part.kind !== 'not') return [part];
    const { operand } = part;
    return operand.kind === 'binary' || operand.kind === 'not' ? leavesOf(operand) : [operand];
  });
}
