import type { Clause } from '../clauses.js';
import { bound } from './bound.js';
import { call } from './call.js';
import { condition } from './condition.js';
import { drop } from './drop.js';
import { errno } from './errno.js';
import type { Mutant, Mutate, Operator, Setting } from './mutant.js';
import { negate } from './negate.js';
import { order } from './order.js';
import { unlessFlag } from './unless-flag.js';
import { version } from './version.js';

const MUTATE: Readonly<Record<Operator, Mutate>> = {
  drop,
  errno,
  order,
  condition,
  negate,
  'unless-flag': unlessFlag,
  bound,
  call,
  version,
};

/** A clause broken in every way. What comes to the same as another, or as the clause itself, is left out. */
export function mutantsOf(clause: Clause, setting: Setting, operators: readonly Operator[]): readonly Mutant[] {
  const seen = new Set<string>([contentOf(clause)]);
  return operators
    .flatMap((operator) => MUTATE[operator](clause, setting))
    .filter(({ id, change }) => {
      const content = change.kind === 'order' ? id : contentOf(change.clause);
      if (seen.has(content)) return false;
      seen.add(content);
      return true;
    });
}

/** All of a clause that decides what a kernel answers. */
function contentOf(clause: Clause | undefined): string {
  if (clause === undefined) return 'nothing';
  const { when, errno: answer, calls, requires, since, until } = clause;
  return JSON.stringify([when, answer, calls, requires, since, until]);
}
