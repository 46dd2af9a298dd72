import type { Facts } from '../spec/index.js';
import { UNEXPLAINED, explanations } from './scenario-judge.js';
import type { ScenarioFailure } from './scenario-run.js';

/** Why a difference by a clause that is not among those asked for is not judged. */
export function notAskedFor(clause: string): string {
  return `it speaks against ${clause}, which was not asked for`;
}

/**
 * Why a scenario that differs is not judged: only other effects than those asked for explain it. What none explains may be the doing of any,
 * and is judged.
 *
 * @param selects - says yes to the effects that are asked for
 */
export function whyBesides(
  { scenario, judgement: { clause, observed } }: ScenarioFailure,
  facts: Facts | undefined,
  selects: (clause: string) => boolean,
): string | undefined {
  if (facts === undefined || clause === UNEXPLAINED || selects(clause)) return undefined;
  return explanations(facts, scenario, observed).some(selects) ? undefined : notAskedFor(clause);
}
