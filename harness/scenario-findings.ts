import { formatStep, type Facts, type Mismatch, type Scenario } from '../spec/index.js';
import type { Shown } from './minimise.js';
import { AS_PREDICTED, type Needed } from './needed.js';
import { reduceScenario } from './reduce-scenario.js';
import { causesOf, fingerprintOf, flagsIn, likeliest, rank, type Cause } from './scenario-causes.js';
import { UNEXPLAINED, explains, explanations, judgeScenario } from './scenario-judge.js';
import { factsThen, type ScenarioFailure } from './scenario-run.js';
import type { Performer } from './session.js';
import { stepResults, type StepResults } from './step-results.js';

/** One distinct difference that scenarios showed, in its smallest scenario. */
export interface ScenarioFinding {
  /** The effect whose absence explains what was observed. */
  readonly clause: string;
  readonly scenario: Scenario;
  readonly mismatch: Mismatch;
  /** What each of its steps came to when it was run once more; absent where that run did not show the difference. */
  readonly results?: StepResults;
  readonly reproducible: { readonly k: number; readonly n: number };
  /** Candidates performed to reduce it. */
  readonly runs: number;
  /** False where a budget ended the reduction. */
  readonly complete: boolean;
  /** Why each part of it is still there. */
  readonly needed: readonly Needed[];
}

const NOTHING: ReadonlySet<string> = new Set();
const REPEATS = 5;
/** Distinct findings that one run follows up. */
export const MOST_SCENARIO_FINDINGS = 20;
/** Of the failures with one explanation so many, the smallest first, are tried for the smallest finding. */
const TRIED = 6;
/** And so many of those with the fewest flags: a flag that a step needs is not taken away while the step is there. */
const TRIED_FOR_FLAGS = 2;

/** Makes one finding of each cause: run again, and reduced while the same cause explains what is observed. */
export async function scenarioFindings(
  failures: readonly ScenarioFailure[],
  session: Performer,
  factsOf: (scenario: Scenario) => Promise<Facts | undefined>,
  held: ReadonlySet<string> = NOTHING,
): Promise<readonly ScenarioFinding[]> {
  const findings: ScenarioFinding[] = [];
  const earlier = new Set<string>();
  for (const cause of (await causesOf(failures, factsOf, held)).slice(0, MOST_SCENARIO_FINDINGS)) {
    const candidates: ScenarioFinding[] = [];
    for (const failure of mostPromising(cause)) {
      const found = await investigate(cause, failure, session, factsOf, earlier);
      if (found !== undefined)
        candidates.push(held.has(cause.clause) ? await renamed(found, session, factsOf, held) : found);
    }
    earlier.add(cause.clause);
    const steady = candidates.filter(({ reproducible: { k, n } }) => k === n);
    const [smallest] = (steady.length > 0 ? steady : candidates).sort((a, b) => size(a.scenario) - size(b.scenario));
    if (smallest !== undefined && !findings.some((known) => isSame(known, smallest))) findings.push(smallest);
  }
  return findings;
}

function mostPromising({ members }: Cause): Iterable<ScenarioFailure> {
  const byFlags = [...members].sort((a, b) => flagsIn(a.scenario) - flagsIn(b.scenario));
  return new Set([...members.slice(0, TRIED), ...byFlags.slice(0, TRIED_FOR_FLAGS)]);
}

/** Of findings that say the same the one with few flags and few steps is shown. A flag says more about what is broken than a step. */
function size(scenario: Scenario): number {
  return rank(scenario) + 3 * flagsIn(scenario);
}

/** Of the same effect; or, as another caller may see other numbers in the same steps, of none and in these. */
function isSame(known: ScenarioFinding, { clause, scenario, mismatch }: ScenarioFinding): boolean {
  if (clause !== UNEXPLAINED) return known.clause === clause;
  const textOf = ({ steps }: Scenario): string => steps.map(formatStep).join('\n');
  return known.mismatch.step === mismatch.step && textOf(known.scenario) === textOf(scenario);
}

/**
 * A finding of an effect that other scenarios showed to be there, by the likeliest name: many effects may explain its smallest scenario,
 * and how often each does elsewhere says little of it.
 */
async function renamed(
  finding: ScenarioFinding,
  session: Performer,
  factsOf: (scenario: Scenario) => Promise<Facts | undefined>,
  held: ReadonlySet<string>,
): Promise<ScenarioFinding> {
  const { scenario } = finding;
  const before = await factsOf(scenario);
  if (before === undefined || finding.reproducible.k < finding.reproducible.n) return finding;
  const result = await session.run(scenario.caller, [{ call: 'scenario', steps: scenario.steps }]);
  const facts = factsThen(before, result);
  const judgement = judgeScenario(facts, scenario, result.observations[0] ?? { kind: 'lost', why: 'no answer' });
  if (judgement.verdict !== 'fail') return finding;
  const all = explanations(facts, scenario, judgement.observed);
  const clause = likeliest(all.filter((id) => !held.has(id))) ?? likeliest(all) ?? finding.clause;
  return { ...finding, clause };
}

async function investigate(
  { clause, besides = NOTHING }: Cause,
  { scenario, judgement }: ScenarioFailure,
  session: Performer,
  factsOf: (scenario: Scenario) => Promise<Facts | undefined>,
  earlier: ReadonlySet<string>,
): Promise<ScenarioFinding | undefined> {
  const facts = await factsOf(scenario);
  if (facts === undefined) return undefined;
  const effects = clause === UNEXPLAINED ? NOTHING : new Set([...besides, clause]);
  const others = [...earlier].filter((id) => !explains(facts, scenario, new Set([id]), judgement.observed));
  const fingerprint = fingerprintOf(scenario, clause, judgement.mismatch);
  const shows = (candidates: readonly Scenario[]): Promise<readonly Shown<Mismatch>[]> =>
    observe(
      session,
      factsOf,
      { clause, besides, others, fingerprint, isRefusal: isRefusal(scenario, judgement.mismatch) },
      candidates,
    );
  const again = await shows(Array.from({ length: REPEATS }, () => scenario));
  const k = again.filter(({ kind }) => kind === 'same').length;
  const found = { clause, reproducible: { k, n: REPEATS } };
  const least =
    k < REPEATS
      ? { scenario, mismatch: judgement.mismatch, runs: 0, complete: false, needed: [] }
      : await reduceScenario(scenario, judgement.mismatch, effects, factsOf, shows);
  const results = await stepResults(session, facts, least.scenario, least.mismatch);
  return { ...found, ...least, ...(results && { results }) };
}

/** It differs at a clone that should have been refused. */
function isRefusal({ steps }: Scenario, { step, expected }: Mismatch): boolean {
  return steps[step]?.op === 'clone' && expected.kind === 'failed';
}

/** Performs scenarios and says of each whether it differs by the same clause. */
async function observe(
  session: Performer,
  factsOf: (scenario: Scenario) => Promise<Facts | undefined>,
  sought: {
    readonly clause: string;
    readonly besides: ReadonlySet<string>;
    /** Effects that are findings already, and do not explain where this one began: what one of them explains shows nothing of this one. */
    readonly others: readonly string[];
    readonly fingerprint: string;
    readonly isRefusal: boolean;
  },
  candidates: readonly Scenario[],
): Promise<readonly Shown<Mismatch>[]> {
  const { clause, besides, others, fingerprint } = sought;
  return Promise.all(
    candidates.map(async (scenario): Promise<Shown<Mismatch>> => {
      const before = await factsOf(scenario);
      const result = await session.run(scenario.caller, [{ call: 'scenario', steps: scenario.steps }]);
      const [observation] = result.observations;
      if (before === undefined || observation === undefined)
        return { kind: 'no', why: 'without it the caller cannot be made' };
      const facts = factsThen(before, result);
      const judgement = judgeScenario(facts, scenario, observation, () => false);
      switch (judgement.verdict) {
        case 'pass':
          return { kind: 'no', why: AS_PREDICTED };
        case 'blocked':
        case 'not-run':
          return { kind: 'no', why: `without it nothing is judged: ${judgement.why}` };
        case 'fail': {
          const { clause: other, mismatch, observed } = judgement;
          const isSame =
            clause === UNEXPLAINED
              ? fingerprintOf(scenario, other, mismatch) === fingerprint
              : explains(facts, scenario, new Set([...besides, clause]), observed) &&
                (besides.size === 0 || !explains(facts, scenario, besides, observed)) &&
                !others.some((id) => explains(facts, scenario, new Set([id]), observed));
          // What calls alone show is not what an effect is shown by.
          const isSlip = isRefusal(scenario, mismatch) && !sought.isRefusal;
          if (isSame && !isSlip) return { kind: 'same', seen: mismatch };
          return { kind: 'no', why: `without it another difference shows: ${other}` };
        }
      }
    }),
  );
}
