import { EFFECTS, isHeldTo, type Caller, type Facts, type KernelFacts, type Scenario } from '../spec/index.js';
import type { ClauseResult } from './coverage.js';
import type { Environment } from './environment.js';
import { isKnown, type Finding } from './findings.js';
import { scenarioFindings, type ScenarioFinding } from './scenario-findings.js';
import { runScenarios, type ScenarioFailure, type ScenarioRun } from './scenario-run.js';
import { Observers, differsAlone, makesNoTask, tryObservers } from './observers.js';
import { whyDeclared, type Unsupported } from './unsupported.js';
import type { ProbeSession } from './session.js';

/** What scenarios found out about the effects. */
export interface EffectsRun {
  readonly clauses: readonly ClauseResult[];
  readonly findings: readonly ScenarioFinding[];
  readonly unstable: readonly ScenarioFinding[];
  readonly counts: ScenarioRun['counts'];
  readonly lost: ReadonlyMap<string, number>;
  readonly scenarios: number;
}

const CALLERS: readonly Caller[] = [
  { name: 'root', attributes: [] },
  { name: 'user', attributes: ['user'] },
];
/** Rare effects get so many times the scenarios asked for before they count as missed. */
const PATIENCE = 6;

/** What effects are judged with. */
interface EffectsOptions {
  readonly count: number;
  readonly seed: number;
  /** What calls alone showed. */
  readonly known?: readonly Finding[];
  /** Effects that the port declares that it does not have. */
  readonly unsupported?: Unsupported;
  readonly signal?: AbortSignal;
}

/**
 * Judges effects on every probe at once.
 *
 * @param count - scenarios in all; more are run while an effect has not been told apart
 */
export async function runEffects(
  sessions: readonly ProbeSession[],
  kernel: KernelFacts,
  environment: Environment,
  { count, seed, known = [], unsupported = [], signal }: EffectsOptions,
): Promise<EffectsRun> {
  const runs: ScenarioRun[] = [];
  const observers = await observersOf(sessions[0], kernel, environment);
  const judged = (): ReadonlyMap<string, number> => sum(runs.map((run) => run.judged));
  for (let round = 0; round < PATIENCE && signal?.aborted !== true; round++) {
    if (round > 0 && [...judged().values()].every((times) => times > 0)) break;
    const each = Math.ceil(count / sessions.length);
    runs.push(
      ...(await Promise.all(
        sessions.map((session, index) =>
          runScenarios(session, kernel, environment, CALLERS, observers, {
            count: each,
            seed: seed + round * 97 + index * 31,
          }),
        ),
      )),
    );
  }
  const [first] = sessions;
  const factsOf = async ({ caller }: Scenario): Promise<Facts | undefined> => {
    const facts = (await first?.run(caller, []))?.facts;
    return facts === undefined ? undefined : { kernel, caller: facts };
  };
  const differing = runs.flatMap((run) => run.failures);
  const besides = (failure: ScenarioFailure): string | undefined =>
    whyDeclared(failure.judgement.clause, unsupported) ?? knownCall(failure, known);
  const all = differing.filter((failure) => besides(failure) === undefined);
  const candidates = first === undefined ? [] : await scenarioFindings(all, first, factsOf);
  for (const { scenario, mismatch } of candidates.filter((each) => makesNoTask(each.scenario))) {
    const step = scenario.steps[mismatch.step];
    if (step !== undefined) observers.note(step, differsAlone(step));
  }
  const isClones = ({ scenario }: { readonly scenario: Scenario }): boolean =>
    observers.lacking(scenario) === undefined;
  const found = candidates.filter(isClones);
  const failures = all.filter(isClones);
  const unjudged = differing.flatMap((failure) => besides(failure) ?? observers.lacking(failure.scenario) ?? []);
  const failed = new Map<string, number>();
  for (const { judgement } of failures) failed.set(judgement.clause, (failed.get(judgement.clause) ?? 0) + 1);
  const times = judged();
  return {
    clauses: EFFECTS.map((effect): ClauseResult => {
      const counts = {
        id: effect.id,
        judged: times.get(effect.id) ?? 0,
        failed: failed.get(effect.id) ?? 0,
        callers: [],
      };
      if (counts.failed > 0) return { ...counts, verdict: 'fail' };
      if (counts.judged > 0) return { ...counts, verdict: 'pass' };
      if (!isHeldTo(effect, kernel)) return { ...counts, verdict: 'not-run', why: 'this kernel is older' };
      return { ...counts, verdict: 'not-run', why: 'no scenario told it apart', missed: true };
    }),
    findings: found.filter(({ reproducible: { k, n } }) => k === n),
    unstable: found.filter(({ reproducible: { k, n } }) => k < n),
    counts: {
      pass: total(runs, 'pass'),
      fail: failures.length,
      blocked: total(runs, 'blocked') + unjudged.length,
      'not-run': total(runs, 'not-run'),
    },
    lost: sum([...runs.map((run) => run.why), ...unjudged.map((why) => new Map([[why, 1]]))]),
    scenarios: runs.reduce((all, run) => all + run.scenarios, 0),
  };
}

/** Why a scenario says nothing of effects: one of its calls got an answer that calls alone have shown to be wrong. */
function knownCall({ scenario, judgement }: ScenarioFailure, known: readonly Finding[]): string | undefined {
  const { step, observed } = judgement.mismatch;
  const clone = scenario.steps[step];
  if (clone?.op !== 'clone') return undefined;
  const outcome = observed.kind === 'failed' ? observed.errno : observed.kind === 'returned' ? 'success' : undefined;
  const finding = outcome === undefined ? undefined : isKnown(known, clone.call, outcome);
  return finding === undefined ? undefined : `a clone of the scenario differs as ${finding.clause} says`;
}

/** What the plain caller's operations show of themselves. */
async function observersOf(
  session: ProbeSession | undefined,
  kernel: KernelFacts,
  environment: Environment,
): Promise<Observers> {
  const caller = CALLERS.find((each) => environment.forbidsCaller(each) === undefined);
  if (session === undefined || caller === undefined) return new Observers();
  const { facts } = await session.run(caller, []);
  return facts === undefined ? new Observers() : tryObservers(session, { kernel, caller: facts }, caller);
}

function total(runs: readonly ScenarioRun[], verdict: keyof ScenarioRun['counts']): number {
  return runs.reduce((all, { counts }) => all + counts[verdict], 0);
}

function sum(maps: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const map of maps) for (const [key, value] of map) all.set(key, (all.get(key) ?? 0) + value);
  return all;
}
