import {
  CSIGNAL,
  EFFECTS,
  callerNamed,
  clone,
  clone3,
  flagValue,
  predict,
  whyNotHeldTo,
  type Call,
  type KernelFacts,
} from '../spec/index.js';
import type { ClauseResult } from './coverage.js';
import type { Environment } from './environment.js';
import { Hindered } from './hindered.js';
import type { ScenarioRun } from './scenario-run.js';
import type { Performer } from './session.js';

/**
 * What scenarios say of each effect.
 *
 * @param unmade - callers that cannot be made here, with the reason
 * @param generated - scenarios were asked for; else what none told apart was not missed
 * @param hindered - what would have been told apart
 * @param open - flags of which nobody knows here whether a clone with them succeeds: generators go no further with one
 */
export function effectClauses(
  { judged, failures }: Pick<ScenarioRun, 'judged' | 'failures'>,
  kernel: KernelFacts,
  unmade: ReadonlyMap<string, string>,
  generated: boolean,
  hindered: Hindered = new Hindered(),
  open: ReadonlySet<string> = new Set(),
): readonly ClauseResult[] {
  const failed = new Map<string, number>();
  for (const { judgement } of failures) failed.set(judgement.clause, (failed.get(judgement.clause) ?? 0) + 1);
  return EFFECTS.map((effect): ClauseResult => {
    const { id, needs, flag = '' } = effect;
    const counts = { id, judged: judged.get(id) ?? 0, failed: failed.get(id) ?? 0, callers: [] };
    if (counts.failed > 0) return { ...counts, verdict: 'fail' };
    if (counts.judged > 0) return { ...counts, verdict: 'pass' };
    if (!generated) return { ...counts, verdict: 'not-run', why: 'no scenarios were asked for' };
    const absent = whyNotHeldTo(effect, kernel);
    if (absent !== undefined) return { ...counts, verdict: 'not-run', why: absent };
    const why = needs === undefined ? undefined : unmade.get(needs);
    if (why !== undefined) return { ...counts, verdict: 'blocked', why: `caller ${needs ?? ''}: ${why}` };
    // A few that could not be judged are no reason: the run was too short.
    const hindrance = hindered.isGivenUp(id) ? hindered.why(id) : undefined;
    if (hindrance !== undefined) return { ...counts, verdict: 'blocked', why: hindrance };
    if (effect.with === true && open.has(flag))
      return {
        ...counts,
        verdict: 'blocked',
        why: `a fact that decides whether ${flag} is accepted is not known here`,
      };
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
    const why = environment.forbidsCaller(caller) ?? (await session?.run(caller, []))?.blocked;
    if (why !== undefined) reasons.set(name, why);
  }
  return reasons;
}

/** Flags of effects that, for each caller that can be made here, a clone with is neither surely accepted nor surely refused. */
export async function flagsLeftOpen(session: Performer | undefined, kernel: KernelFacts): Promise<ReadonlySet<string>> {
  if (session === undefined) return new Set();
  const answers = await Promise.all(['root', 'user'].map((name) => session.run(callerNamed(name), [])));
  const callers = answers.flatMap((answer) => answer?.facts ?? []);
  const flags = new Set(EFFECTS.flatMap(({ flag, needs }) => (needs === undefined && flag) || []));
  const isOpen = (call: Call): boolean =>
    callers.length > 0 && callers.every((caller) => predict({ kernel, caller }, call).undecided.length > 0);
  return new Set([...flags].filter((flag) => isOpen(cloneWith(flag))));
}

/** As plain a call as there is with a flag; the low byte of clone() is taken for the exit signal. */
function cloneWith(name: string): Call {
  const flag = flagValue(name);
  const needsClone3 = flag <= CSIGNAL || flag > 0xffff_ffffn;
  return needsClone3 ? clone3({ flags: flag, exit_signal: SIGCHLD }) : clone(flag | SIGCHLD);
}

const SIGCHLD = 17n;
