import { EFFECTS, callerNamed, whyNotHeldTo, type KernelFacts } from '../spec/index.js';
import type { ClauseResult } from './coverage.js';
import type { Environment } from './environment.js';
import { Hindered } from './hindered.js';
import { whyNoClone } from './no-clones.js';
import type { ScenarioRun } from './scenario-run.js';
import type { Performer } from './session.js';

/**
 * What scenarios say of each effect.
 *
 * @param unmade - callers that cannot be made here, with the reason
 * @param generated - scenarios were asked for; else what none told apart was not missed
 * @param hindered - what would have been told apart
 * @param noClones - flags and arguments with which no clone succeeds here, or nobody knows, with the reason: generators go no further with one
 */
export function effectClauses(
  { judged, failures, scenarios }: Pick<ScenarioRun, 'judged' | 'failures' | 'scenarios'>,
  kernel: KernelFacts,
  unmade: ReadonlyMap<string, string>,
  generated: boolean,
  hindered: Hindered = new Hindered(),
  noClones: ReadonlyMap<string, string> = new Map(),
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
    const hindrance = hindered.why(id, scenarios);
    if (hindrance !== undefined) return { ...counts, verdict: 'blocked', why: hindrance };
    const noClone = whyNoClone(effect, noClones);
    if (noClone !== undefined) return { ...counts, verdict: 'blocked', why: noClone };
    return { ...counts, verdict: 'not-run', why: 'no scenario told it apart', missed: true };
  });
}

/** Why callers that an effect needs cannot be made here. */
export async function callersNotMade(
  session: Performer | undefined,
  environment: Environment,
): Promise<ReadonlyMap<string, string>> {
  const reasons = new Map<string, string>();
  for (const name of new Set(EFFECTS.flatMap(({ needs }) => needs ?? []))) {
    const caller = callerNamed(name);
    const made = await session?.run(caller, []);
    const child = made?.missing['child'];
    const lacks = name === 'cgroups' && child !== undefined ? `no child cgroup: ${child}` : undefined;
    const why = environment.forbidsCaller(caller) ?? made?.blocked ?? lacks;
    if (why !== undefined) reasons.set(name, why);
  }
  return reasons;
}
