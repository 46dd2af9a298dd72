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
  type Effect,
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
 * @param noClones - flags with which no clone succeeds here, or nobody knows, with the reason: generators go no further with one
 */
export function effectClauses(
  { judged, failures }: Pick<ScenarioRun, 'judged' | 'failures'>,
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
    // A few that could not be judged are no reason: the run was too short.
    const hindrance = hindered.isGivenUp(id) ? hindered.why(id) : undefined;
    if (hindrance !== undefined) return { ...counts, verdict: 'blocked', why: hindrance };
    const noClone = whyNoClone(effect, noClones);
    if (noClone !== undefined) return { ...counts, verdict: 'blocked', why: noClone };
    return { ...counts, verdict: 'not-run', why: 'no scenario told it apart', missed: true };
  });
}

/** Why no scenario can come to an effect. What is so without CLONE_INTO_CGROUP shows only where somebody was put elsewhere by it. */
export function whyNoClone(
  { flag = '', with: asked, needs }: Effect,
  noClones: ReadonlyMap<string, string>,
): string | undefined {
  return asked === true || needs === 'cgroups' ? noClones.get(flag) : undefined;
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

/**
 * Why no clone with a flag of effects gets a scenario any further: for each caller that can be made here it is refused where it should be
 * accepted, or nobody knows which it should be.
 */
export async function whyNoClones(
  session: Performer | undefined,
  kernel: KernelFacts,
  environment: Environment,
): Promise<ReadonlyMap<string, string>> {
  if (session === undefined) return new Map();
  const lacking = EFFECTS.flatMap(({ flag }) => {
    const why = flag === undefined ? undefined : environment.lacks(cloneWith(flag));
    return flag === undefined || why === undefined ? [] : [[flag, why] as const];
  });
  const flags = [...new Set(EFFECTS.flatMap(({ flag, needs }) => (needs === undefined && flag) || []))];
  const calls = flags.map(cloneWith);
  const whys = await Promise.all(
    ['root', 'user'].map(async (name) => {
      const { facts: caller, observations } = await session.run(callerNamed(name), calls);
      if (caller === undefined) return undefined;
      return calls.map((call, index) => {
        const { allowed, undecided } = predict({ kernel, caller }, call);
        const observed = observations[index];
        if (undecided.length > 0) return 'a fact that decides whether FLAG is accepted is not known here';
        if (!allowed.includes('success') || observed?.kind !== 'refused') return undefined;
        return `a clone with FLAG gets ${observed.errno} here`;
      });
    }),
  );
  const made = whys.filter((each) => each !== undefined);
  const reasons = flags.map((flag, index) => {
    const each = made.map((whysOf) => whysOf[index]);
    return [flag, each.every((why) => why !== undefined) ? each[0]?.replace('FLAG', flag) : undefined] as const;
  });
  return new Map([...reasons.flatMap(([flag, why]) => (why === undefined ? [] : [[flag, why] as const])), ...lacking]);
}

/** As plain a call as there is with a flag; the low byte of clone() is taken for the exit signal. */
function cloneWith(name: string): Call {
  const flag = flagValue(name);
  const needsClone3 = flag <= CSIGNAL || flag > 0xffff_ffffn;
  return needsClone3 ? clone3({ flags: flag, exit_signal: SIGCHLD }) : clone(flag | SIGCHLD);
}

const SIGCHLD = 17n;
