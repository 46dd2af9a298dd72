import type { Clause } from '../clauses.js';
import type { Expression } from '../expression/ast.js';
import type { Mutant, Mutate } from './mutant.js';
import { namesIn } from './parts.js';

/** Names that have a value only while one TID is looked at. */
const OF_ONE_TID: ReadonlySet<string> = new Set([
  'tid',
  'tid_pid_max',
  'tid_ns_has_init',
  'tid_ns_capable',
  'tid_in_use',
]);

/**
 * The rule is asked after the one that comes next; and, where that one gives the same errno, after the next one that gives another.
 */
export const order: Mutate = (clause, { present }) => {
  const at = present.findIndex(({ id }) => id === clause.id);
  let later = present.slice(at + 1).filter(({ calls }) => calls.some((call) => clause.calls.includes(call)));
  // What is in a structure that cannot be read no kernel can look at first.
  if (namesIn(clause.condition).has('uargs')) later = later.filter(({ condition }) => namesIn(condition).has('uargs'));
  const [next] = later;
  const other = later.find(({ errno }) => errno !== clause.errno);
  return at < 0 ? [] : [...new Set([next, other])].flatMap((each) => (each === undefined ? [] : [after(clause, each)]));
};

function after(clause: Clause, next: Clause): Mutant {
  return {
    id: `${clause.id} order ${next.id.replace(/^errors\//, '')}`,
    clause: clause.id,
    operator: 'order',
    broken: `${next.id} is checked first`,
    change: { kind: 'order', asked: asked(clause, next), with: next.id },
  };
}

/** What is asked again where it stood comes to the same a second time, unless it is about a TID that is looked at there only. */
function asked(clause: Clause, next: Clause): ReadonlyMap<string, readonly string[]> {
  if (isOfOneTid(next) && !isOfOneTid(clause)) {
    return new Map([
      [clause.id, []],
      [next.id, [next.id, clause.id]],
    ]);
  }
  return new Map([[clause.id, [next.id, clause.id]]]);
}

/** Says whether a clause is asked for each TID. */
export function isOfOneTid({ condition }: Clause): boolean {
  return speaksOfOneTid(condition);
}

/** Says whether a condition has a value only while one TID is looked at. */
export function speaksOfOneTid(condition: Expression): boolean {
  return [...namesIn(condition)].some((name) => OF_ONE_TID.has(name));
}
