import {
  compareTraces,
  concrete,
  formatStep,
  simulate,
  type Facts,
  type Mismatch,
  type Scenario,
} from '../spec/index.js';
import { isSafe } from './scenario-safety.js';
import { renumbered, simplerScenarios, type Simpler } from './simpler-scenarios.js';

/** A part of a minimal scenario, and what is without it. */
export interface Needed {
  readonly part: string;
  readonly why: string;
}

/** What reducing a scenario came to. */
export interface ScenarioReduction {
  readonly scenario: Scenario;
  readonly mismatch: Mismatch;
  /** Candidates that were performed. */
  readonly runs: number;
  /** False where a budget ended the reduction before no single removal was left. */
  readonly complete: boolean;
  /** Each part that can be named, with the reason why it is still there. */
  readonly needed: readonly Needed[];
}

/** What a candidate came to: the same difference, or why it is none. */
export type Shown =
  { readonly kind: 'same'; readonly mismatch: Mismatch } | { readonly kind: 'no'; readonly why: string };

/** What a reduction may cost. */
export interface Budget {
  /** Candidates that are performed. */
  readonly runs: number;
  readonly seconds: number;
}

const BUDGET: Budget = { runs: 400, seconds: 20 };
/** Candidates that are performed together. */
const TOGETHER = 4;

/**
 * Takes parts away as long as the same difference remains. The result is 1-minimal: no single removal keeps it. Candidates that no
 * kernel could get wrong by the clause in question are not performed: the model, whole and with that effect broken, says so.
 *
 * @param effects - those whose absence explains the difference; none where nothing does
 * @param shows - performs candidates and says what each came to
 */
export async function reduceScenario(
  facts: Facts,
  original: Scenario,
  mismatch: Mismatch,
  effects: ReadonlySet<string>,
  shows: (candidates: readonly Scenario[]) => Promise<readonly Shown[]>,
  budget: Budget = BUDGET,
): Promise<ScenarioReduction> {
  const deadline = performance.now() + budget.seconds * 1000;
  const answers = new Map<string, Shown>();
  let best = { scenario: original, mismatch };
  let runs = 0;
  let turn = 0;
  const isSpent = (): boolean => runs >= budget.runs || performance.now() > deadline;
  const ask = async (candidates: readonly Simpler[]): Promise<readonly Shown[]> => {
    const open = candidates.filter(({ scenario }) => !answers.has(keyOf(scenario)));
    runs += open.length;
    const shown = open.length === 0 ? [] : await shows(open.map(({ scenario }) => scenario));
    for (const [index, { scenario }] of open.entries())
      answers.set(keyOf(scenario), shown[index] ?? { kind: 'no', why: 'no answer' });
    return candidates.map(({ scenario }) => answers.get(keyOf(scenario)) ?? { kind: 'no', why: 'no answer' });
  };
  // What comes after the difference says nothing of it, unless somebody sleeps until then.
  const shortened = async (found: typeof best): Promise<typeof best> => {
    const { caller, steps } = found.scenario;
    const scenario = { caller, steps: steps.slice(0, found.mismatch.step + 1) };
    if (scenario.steps.length === steps.length) return found;
    const [answer] = await ask([{ scenario, without: '' }]);
    return answer?.kind === 'same' ? { scenario, mismatch: answer.mismatch } : found;
  };
  best = await shortened(best);

  for (;;) {
    const candidates = simplerScenarios(best.scenario);
    const possible = candidates.filter(({ scenario }) => whyNot(facts, scenario, effects) === undefined);
    // What was taken away last is followed by what comes after it: the first candidates have just been tried.
    const ordered = [...possible.slice(turn), ...possible.slice(0, turn)];
    let found = false;
    for (let at = 0; at < ordered.length && !isSpent() && !found; at += TOGETHER) {
      const together = ordered.slice(at, at + TOGETHER);
      const shown = await ask(together);
      const index = shown.findIndex(({ kind }) => kind === 'same');
      const [taken, answer] = [together[index], shown[index]];
      if (taken === undefined || answer?.kind !== 'same') continue;
      best = { scenario: taken.scenario, mismatch: answer.mismatch };
      best = await shortened(best);
      turn = possible.indexOf(taken);
      found = true;
    }
    if (found) continue;
    const needed = candidates.map(({ scenario, without }): Needed => {
      const answer = answers.get(keyOf(scenario));
      const why =
        whyNot(facts, scenario, effects) ?? (answer?.kind === 'no' ? answer.why : 'not tried: the budget is spent');
      return { part: without, why };
    });
    return { ...best, scenario: renumbered(best.scenario), runs, complete: !isSpent(), needed };
  }
}

function keyOf({ caller, steps }: Scenario): string {
  return `${caller.attributes.join(' ')}: ${steps.map(formatStep).join('; ')}`;
}

/** Why a candidate need not be performed; undefined where it has to be. */
function whyNot(facts: Facts, scenario: Scenario, effects: ReadonlySet<string>): string | undefined {
  if (!isSafe(facts, scenario)) return 'without it the scenario would reach outside its arena';
  const { results } = simulate(facts, scenario);
  if (results.some(({ kind }) => kind === 'absent')) return 'without it a step has nobody who performs it';
  if (effects.size === 0) return undefined;
  const broken = concrete(simulate(facts, scenario, effects).results);
  return compareTraces(results, broken) === undefined
    ? 'without it a kernel that is wrong here answers alike'
    : undefined;
}
