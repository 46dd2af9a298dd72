import { nominalFacts, type Caller } from './callers.js';
import { simulate } from './model/kernel/simulate.js';
import { NEWEST_KERNEL, nominalKernel } from './model/nominal.js';
import type { Scenario } from './scenario/scenario.js';
import { formatResult } from './scenario/text.js';

/**
 * Says whether a scenario needs the root of the machine: it comes out otherwise for an ordinary user, because it makes or enters namespaces, takes
 * priorities, or chooses TIDs. The root of a user namespace that the caller made is none.
 */
export function needsRealRoot({ caller, steps }: Scenario): boolean {
  const kernel = nominalKernel(NEWEST_KERNEL);
  const resultsAs = (who: Caller): string => {
    const facts = { kernel, caller: nominalFacts(who, kernel) };
    return simulate(facts, { caller: who, steps }).results.map(formatResult).join('\n');
  };
  const { user_ns_initial: initial, cap_effective: capabilities } = nominalFacts(caller, kernel);
  if (!initial || capabilities === 0n) return false;
  return resultsAs(caller) !== resultsAs({ ...caller, attributes: [...caller.attributes, 'user'] });
}
