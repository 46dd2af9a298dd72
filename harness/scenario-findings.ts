import { formatStep, type Facts, type Mismatch, type Scenario } from '../spec/index.js';
import type { Shown } from './minimise.js';
import { AS_PREDICTED, type Needed } from './needed.js';
import { reduceScenario } from './reduce-scenario.js';
import { causesOf, fingerprintOf, flagsIn, rank, type Cause } from './scenario-causes.js';
import { UNEXPLAINED, explains, judgeScenario } from './scenario-judge.js';
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
  for (const cause of (await causesOf(failures, factsOf, held)).slice(0, MOST_SCENARIO_FINDINGS)) {
    const candidates: ScenarioFinding[] = [];
    for (const failure of mostPromising(cause)) {
      const found = await investigate(cause, failure, session, factsOf);
      if (found !== undefined) candidates.push(found);
    }
    const steady = candidates.filter(({ reproducible: { k, n } }) => k === n);
    const [smallest] = (steady.length > 0 ? steady : candidates).sort((a, b) => size(a.scenario) - size(b.scenario));
    if (smallest !== undefined && !findings.some((known) => isSameSteps(known, smallest))) findings.push(smallest);
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

/** Another caller may see other numbers in the same steps, which no effect then explains. */
function isSameSteps(known: ScenarioFinding, { clause, scenario, mismatch }: ScenarioFinding): boolean {
  const textOf = ({ steps }: Scenario): string => steps.map(formatStep).join('\n');
  return clause === UNEXPLAINED && known.mismatch.step === mismatch.step && textOf(known.scenario) === textOf(scenario);
}

async function investigate(
  { clause, besides = NOTHING }: Cause,
  { scenario, judgement }: ScenarioFailure,
  session: Performer,
  factsOf: (scenario: Scenario) => Promise<Facts | undefined>,
): Promise<ScenarioFinding | undefined> {
  const facts = await factsOf(scenario);
  if (facts === undefined) return undefined;
  const effects = clause === UNEXPLAINED ? NOTHING : new Set([...besides, clause]);
  const fingerprint = fingerprintOf(scenario, clause, judgement.mismatch);
  const shows = (candidates: readonly Scenario[]): Promise<readonly Shown<Mismatch>[]> =>
    observe(
      session,
      factsOf,
      { clause, besides, fingerprint, isRefusal: isRefusal(scenario, judgement.mismatch) },
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
    readonly fingerprint: string;
    readonly isRefusal: boolean;
  },
  candidates: readonly Scenario[],
): Promise<readonly Shown<Mismatch>[]> {
  const { clause, besides, fingerprint } = sought;
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
                (besides.size === 0 || !explains(facts, scenario, besides, observed));
          // What calls alone show is not what an effect is shown by.
          const isSlip = isRefusal(scenario, mismatch) && !sought.isRefusal;
          if (isSame && !isSlip) return { kind: 'same', seen: mismatch };
          return { kind: 'no', why: `without it another difference shows: ${other}` };
        }
      }
    }),
  );
}
