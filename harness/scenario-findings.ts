import { FLAGS, simulate, type Facts, type Mismatch, type Scenario, type Step } from '../spec/index.js';
import { UNEXPLAINED, judgeScenario } from './scenario-judge.js';
import type { ScenarioFailure } from './scenario-run.js';
import { isSafe } from './scenario-safety.js';
import type { ProbeSession } from './session.js';
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
}

const REPEATS = 5;
/** Candidates that one reduction may run. */
const BUDGET = 600;
/** Distinct findings that one run follows up. */
export const MOST_SCENARIO_FINDINGS = 20;

/** Makes one finding of each clause that failed: run again, and reduced while the same clause explains what is observed. */
export async function scenarioFindings(
  failures: readonly ScenarioFailure[],
  session: ProbeSession,
  factsOf: (scenario: Scenario) => Promise<Facts | undefined>,
): Promise<readonly ScenarioFinding[]> {
  const smallest = new Map<string, ScenarioFailure>();
  for (const failure of failures) {
    const { scenario, judgement } = failure;
    const key = fingerprintOf(scenario, judgement.clause, judgement.mismatch);
    const known = smallest.get(key);
    if (known === undefined || scenario.steps.length < known.scenario.steps.length) smallest.set(key, failure);
  }
  const findings: ScenarioFinding[] = [];
  for (const { scenario, judgement } of [...smallest.values()].slice(0, MOST_SCENARIO_FINDINGS)) {
    const { clause } = judgement;
    const facts = await factsOf(scenario);
    if (facts === undefined) continue;
    const fingerprint = fingerprintOf(scenario, clause, judgement.mismatch);
    const shows = (candidates: readonly Scenario[]): Promise<readonly (Mismatch | undefined)[]> =>
      observe(session, facts, fingerprint, candidates);
    const again = await shows(Array.from({ length: REPEATS }, () => scenario));
    const k = again.filter((mismatch) => mismatch !== undefined).length;
    const found = { clause, reproducible: { k, n: REPEATS } };
    const least =
      k < REPEATS
        ? { scenario, mismatch: judgement.mismatch }
        : await reduce(scenario, judgement.mismatch, facts, shows);
    const results = await stepResults(session, facts, least.scenario, least.mismatch);
    findings.push({ ...found, ...least, ...(results && { results }) });
  }
  return findings;
}

/** A difference that no effect explains is known by the operation at which it shows, and by how. */
function fingerprintOf({ steps }: Scenario, clause: string, { step, expected, observed }: Mismatch): string {
  return clause === UNEXPLAINED ? [steps[step]?.op, expected.kind, observed.kind].join(' ') : clause;
}

/** Performs scenarios of one caller; says of each where it differs, if it does so by the same clause. */
async function observe(
  session: ProbeSession,
  facts: Facts,
  fingerprint: string,
  candidates: readonly Scenario[],
): Promise<readonly (Mismatch | undefined)[]> {
  const [first] = candidates;
  if (first === undefined) return [];
  const { observations } = await session.run(
    first.caller,
    candidates.map(({ steps }) => ({ call: 'scenario', steps }) as const),
  );
  return candidates.map((scenario, index) => {
    const observation = observations[index];
    if (observation === undefined) return undefined;
    const judgement = judgeScenario(facts, scenario, observation, () => false);
    if (judgement.verdict !== 'fail') return undefined;
    const { clause, mismatch } = judgement;
    return fingerprintOf(scenario, clause, mismatch) === fingerprint ? mismatch : undefined;
  });
}

async function reduce(
  original: Scenario,
  mismatch: Mismatch,
  facts: Facts,
  shows: (candidates: readonly Scenario[]) => Promise<readonly (Mismatch | undefined)[]>,
): Promise<{ readonly scenario: Scenario; readonly mismatch: Mismatch }> {
  let best = { scenario: original, mismatch };
  for (let runs = 0; runs < BUDGET;) {
    const candidates = simplerScenarios(best.scenario).filter(
      (candidate) => isSafe(facts, candidate) && isWhole(facts, candidate),
    );
    runs += candidates.length;
    const answers = await shows(candidates);
    const index = answers.findIndex((answer) => answer !== undefined);
    const [scenario, found] = [candidates[index], answers[index]];
    if (scenario === undefined || found === undefined) return best;
    best = { scenario, mismatch: found };
  }
  return best;
}

/** Each of its steps has somebody who performs it. */
function isWhole(facts: Facts, scenario: Scenario): boolean {
  return simulate(facts, scenario).results.every(({ kind }) => kind !== 'absent');
}

/** Every scenario with one step less, a task less with all that only it needed, or a flag less. */
export function simplerScenarios({ caller, steps }: Scenario): readonly Scenario[] {
  const candidates: (readonly Step[])[] = [];
  for (const step of steps) {
    if (step.op === 'clone') candidates.push(steps.filter((other) => !names(other, step.child)));
  }
  for (const index of steps.keys()) {
    if (steps[index]?.op !== 'clone') candidates.push(steps.filter((_, other) => other !== index));
  }
  for (const [index, step] of steps.entries()) {
    for (const simpler of simplerClones(step))
      candidates.push(steps.map((other, at) => (at === index ? simpler : other)));
  }
  return candidates.filter((candidate) => candidate.length > 0).map((candidate) => ({ caller, steps: candidate }));
}

/** The step is the task's, makes it, or is about it. */
function names(step: Step, task: number): boolean {
  return step.task === task || (step.op === 'clone' && step.child === task) || ('who' in step && step.who === task);
}

function simplerClones(step: Step): readonly Step[] {
  if (step.op !== 'clone') return [];
  const { call } = step;
  if (call.call !== 'clone' && call.call !== 'clone3') return [];
  const flags = call.call === 'clone' ? call.flags : call.args.flags;
  return FLAGS.filter(({ value }) => (flags & value) !== 0n).map(({ value }): Step => {
    const fewer = flags & ~value;
    return {
      ...step,
      call: call.call === 'clone' ? { ...call, flags: fewer } : { ...call, args: { ...call.args, flags: fewer } },
    };
  });
}
