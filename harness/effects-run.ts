import { callerNamed, type Caller, type Facts, type KernelFacts, type Scenario } from '../spec/index.js';
import type { ClauseResult } from './coverage.js';
import { callersNotMade, effectClauses } from './effect-clauses.js';
import type { Environment } from './environment.js';
import { isKnown, type Finding } from './findings.js';
import { differsAlone, makesNoTask, type Observers } from './observers.js';
import { MOST_SCENARIO_FINDINGS, scenarioFindings, type ScenarioFinding } from './scenario-findings.js';
import { runScenarios, type ScenarioFailure, type ScenarioRun } from './scenario-run.js';
import type { ProbeSession } from './session.js';
import { whyDeclared, type Unsupported } from './unsupported.js';

/** What scenarios found out about the effects. */
export interface EffectsRun {
  readonly clauses: readonly ClauseResult[];
  readonly findings: readonly ScenarioFinding[];
  readonly unstable: readonly ScenarioFinding[];
  readonly counts: ScenarioRun['counts'];
  readonly lost: ReadonlyMap<string, number>;
  readonly scenarios: number;
  /** Where the run looked no further, though there may be more to find. */
  readonly limits: readonly string[];
}

/** In turns; the plain ones more often than those that have a namespace or a descriptor more. */
export const SCENARIO_CALLERS: readonly Caller[] = [
  'root',
  'user',
  'root',
  'cgroups',
  'user',
  'userns-root',
  'root',
  'user',
  'after-unshare-pid',
  'chroot',
  'root',
  'user',
  'pidns',
  'userns-pidns-root',
  'no-new-privs',
].map(callerNamed);
/** Rare effects get so many times the scenarios asked for before they count as missed. */
const PATIENCE = 6;

/** What effects are judged with. */
interface EffectsOptions {
  readonly count: number;
  readonly seed: number;
  readonly first?: ScenarioRun;
  readonly observers: Observers;
  /** What calls alone showed. */
  readonly known?: readonly Finding[];
  /** Effects that the port declares that it does not have. */
  readonly unsupported?: Unsupported;
  readonly signal?: AbortSignal;
}

/**
 * Judges effects on every probe at once.
 *
 * @param count - scenarios in all; more are run while an effect has not been told apart. With 0 only what `first` told apart is judged
 * @param first - scenarios that were performed already
 */
export async function runEffects(
  sessions: readonly ProbeSession[],
  kernel: KernelFacts,
  environment: Environment,
  { count, seed, first: stored, observers, known = [], unsupported = [], signal }: EffectsOptions,
): Promise<EffectsRun> {
  const runs: ScenarioRun[] = stored === undefined ? [] : [stored];
  const judged = (): ReadonlyMap<string, number> => sum(runs.map((run) => run.judged));
  for (let round = 0; round < PATIENCE && count > 0 && signal?.aborted !== true; round++) {
    if (round > 0 && [...judged().values()].every((times) => times > 0)) break;
    const each = Math.ceil(count / sessions.length);
    runs.push(
      ...(await Promise.all(
        sessions.map((session, index) =>
          runScenarios(session, kernel, environment, SCENARIO_CALLERS, observers, {
            count: each,
            seed: seed + round * 97 + index * 31,
          }),
        ),
      )),
    );
  }
  const [first] = sessions;
  const unmade = await callersNotMade(first, environment);
  const factsOf = async ({ caller }: Scenario): Promise<Facts | undefined> => {
    const facts = (await first?.run(caller, []))?.facts;
    return facts === undefined ? undefined : { kernel, caller: facts };
  };
  const differing = runs.flatMap((run) => run.failures);
  const besides = (failure: ScenarioFailure): string | undefined =>
    whyDeclared(failure.judgement.clause, unsupported) ?? knownCall(failure, known);
  const all = differing.filter((failure) => besides(failure) === undefined);
  const candidates = first === undefined ? [] : await scenarioFindings(all, first, factsOf, heldBy(judged()));
  for (const { scenario, mismatch } of candidates.filter((each) => makesNoTask(each.scenario))) {
    const step = scenario.steps[mismatch.step];
    if (step !== undefined) observers.note(step, differsAlone(step));
  }
  const isClones = ({ scenario }: { readonly scenario: Scenario }): boolean =>
    observers.lacking(scenario) === undefined;
  const found = candidates.filter(isClones);
  const failures = all.filter(isClones);
  const unjudged = differing.flatMap((failure) => besides(failure) ?? observers.lacking(failure.scenario) ?? []);
  return {
    clauses: effectClauses({ judged: judged(), failures }, kernel, unmade, count > 0),
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
    limits:
      candidates.length < MOST_SCENARIO_FINDINGS
        ? []
        : [
            `after ${String(MOST_SCENARIO_FINDINGS)} distinct differences of scenarios the run looked no further; there may be more`,
          ],
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

function total(runs: readonly ScenarioRun[], verdict: keyof ScenarioRun['counts']): number {
  return runs.reduce((all, { counts }) => all + counts[verdict], 0);
}

function sum(maps: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const map of maps) for (const [key, value] of map) all.set(key, (all.get(key) ?? 0) + value);
  return all;
}

/** Effects that some scenario told apart from their absence, and that came out as they should. */
function heldBy(judged: ReadonlyMap<string, number>): ReadonlySet<string> {
  return new Set([...judged].filter(([, times]) => times > 0).map(([id]) => id));
}
