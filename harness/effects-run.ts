import {
  EFFECTS,
  callerNamed,
  whyNotHeldTo,
  type Caller,
  type Facts,
  type KernelFacts,
  type Scenario,
} from '../spec/index.js';
import type { ClauseResult } from './coverage.js';
import type { Environment } from './environment.js';
import { MOST_SCENARIO_FINDINGS, scenarioFindings, type ScenarioFinding } from './scenario-findings.js';
import { runScenarios, type ScenarioRun } from './scenario-run.js';
import type { ProbeSession } from './session.js';

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
  {
    count,
    seed,
    first: stored,
    signal,
  }: { readonly count: number; readonly seed: number; readonly first?: ScenarioRun; readonly signal?: AbortSignal },
): Promise<EffectsRun> {
  const runs: ScenarioRun[] = stored === undefined ? [] : [stored];
  const judged = (): ReadonlyMap<string, number> => sum(runs.map((run) => run.judged));
  for (let round = 0; round < PATIENCE && count > 0 && signal?.aborted !== true; round++) {
    if (round > 0 && [...judged().values()].every((times) => times > 0)) break;
    const each = Math.ceil(count / sessions.length);
    runs.push(
      ...(await Promise.all(
        sessions.map((session, index) =>
          runScenarios(session, kernel, environment, SCENARIO_CALLERS, {
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
  const failures = runs.flatMap((run) => run.failures);
  const found = first === undefined ? [] : await scenarioFindings(failures, first, factsOf, heldBy(judged()));
  return {
    clauses: effectClauses({ judged: judged(), failures }, kernel, unmade, count > 0),
    findings: found.filter(({ reproducible: { k, n } }) => k === n),
    unstable: found.filter(({ reproducible: { k, n } }) => k < n),
    counts: {
      pass: total(runs, 'pass'),
      fail: total(runs, 'fail'),
      blocked: total(runs, 'blocked'),
      'not-run': total(runs, 'not-run'),
    },
    lost: sum(runs.map((run) => run.why)),
    scenarios: runs.reduce((all, run) => all + run.scenarios, 0),
    limits:
      found.length < MOST_SCENARIO_FINDINGS
        ? []
        : [
            `after ${String(MOST_SCENARIO_FINDINGS)} distinct differences of scenarios the run looked no further; there may be more`,
          ],
  };
}

/**
 * What scenarios say of each effect.
 *
 * @param unmade - callers that cannot be made here, with the reason
 * @param generated - scenarios were asked for; else what none told apart was not missed
 */
export function effectClauses(
  { judged, failures }: Pick<ScenarioRun, 'judged' | 'failures'>,
  kernel: KernelFacts,
  unmade: ReadonlyMap<string, string>,
  generated: boolean,
): readonly ClauseResult[] {
  const failed = new Map<string, number>();
  for (const { judgement } of failures) failed.set(judgement.clause, (failed.get(judgement.clause) ?? 0) + 1);
  return EFFECTS.map((effect): ClauseResult => {
    const { id, needs } = effect;
    const counts = { id, judged: judged.get(id) ?? 0, failed: failed.get(id) ?? 0, callers: [] };
    if (counts.failed > 0) return { ...counts, verdict: 'fail' };
    if (counts.judged > 0) return { ...counts, verdict: 'pass' };
    if (!generated) return { ...counts, verdict: 'not-run', why: 'no scenarios were asked for' };
    const absent = whyNotHeldTo(effect, kernel);
    if (absent !== undefined) return { ...counts, verdict: 'not-run', why: absent };
    const why = needs === undefined ? undefined : unmade.get(needs);
    if (why !== undefined) return { ...counts, verdict: 'blocked', why: `caller ${needs ?? ''}: ${why}` };
    return { ...counts, verdict: 'not-run', why: 'no scenario told it apart', missed: true };
  });
}

/** Why callers that an effect needs cannot be made here. */
async function callersNotMade(
  session: ProbeSession | undefined,
  environment: Environment,
): Promise<ReadonlyMap<string, string>> {
  const reasons = new Map<string, string>();
  for (const name of new Set(EFFECTS.flatMap(({ needs }) => needs ?? []))) {
    const caller = callerNamed(name);
    const why = environment.forbidsCaller(caller) ?? (await session?.run(caller, []))?.blocked;
    if (why !== undefined) reasons.set(name, why);
  }
  return reasons;
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
