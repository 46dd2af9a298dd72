import { EFFECTS, compareTraces, concrete, isHeldTo, simulate, type Facts, type Scenario } from '../spec/index.js';

/** After so many scenarios of all, one more round is for what is rare, and a run is no longer too short. */
export const PLENTY = 4_000;
/** So many scenarios that would tell an effect apart are enough to know that they cannot be judged. */
const ENOUGH = 20;

/** Effects that scenarios would tell apart, were they not blocked or wrong by something else: how many, and what stood in the way first. */
export class Hindered {
  private readonly counts = new Map<string, { times: number; readonly why: string }>();

  /**
   * Adds a scenario that told nothing apart.
   *
   * @param why - what stood in the way
   * @param isOpen - effects that nothing has told apart yet; trying costs two simulations
   */
  add(facts: Facts, scenario: Scenario, why: string, isOpen: (effect: string) => boolean): void {
    const { unseen: _, ...seeing } = facts.kernel;
    const whole: Facts = { ...facts, kernel: seeing };
    const { results, reached } = simulate(whole, scenario);
    const open = EFFECTS.filter(
      (effect) => reached.has(effect.id) && isOpen(effect.id) && !this.isGivenUp(effect.id) && isHeldTo(effect, seeing),
    );
    if (open.length === 0) return;
    const observed = concrete(results);
    for (const { id } of open) {
      if (compareTraces(simulate(whole, scenario, new Set([id])).results, observed) === undefined) continue;
      const known = this.counts.get(id);
      this.counts.set(id, { times: (known?.times ?? 0) + 1, why: known?.why ?? why });
    }
  }

  /** So many scenarios would have told it apart that no more need be tried for it. */
  isGivenUp(effect: string): boolean {
    return (this.counts.get(effect)?.times ?? 0) >= ENOUGH;
  }

  /**
   * What stood in the way of the first scenario that would have told an effect apart, where that is why none did: of a short run, some of
   * them are no reason; of a long one each is, as something stood in the way of all that there were.
   *
   * @param scenarios - how many there were in all
   */
  why(effect: string, scenarios: number): string | undefined {
    return scenarios >= PLENTY || this.isGivenUp(effect) ? this.counts.get(effect)?.why : undefined;
  }
}
