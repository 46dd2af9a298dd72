import {
  CSIGNAL,
  EFFECTS,
  RW,
  TIDS,
  clone,
  clone3,
  flagValue,
  predict,
  type Call,
  type Caller,
  type Effect,
  type KernelFacts,
} from '../spec/index.js';
import type { Observation } from './case.js';
import type { Environment } from './environment.js';
import type { Runner } from './session.js';

/** An effect without a flag of its own that only calls with this argument have. */
const BY_ARGUMENT: Readonly<Record<string, string>> = { 'effects/set-tid': 'set_tid' };

/** What a clone of an effect has to be asked with; undefined where any clone will do. What is so without CLONE_INTO_CGROUP shows only where somebody was put elsewhere by it. */
function askedWith({ id, flag, with: asked, needs }: Effect): string | undefined {
  return asked === true || needs === 'cgroups' ? flag : BY_ARGUMENT[id];
}

/** Why no scenario can come to an effect. */
export function whyNoClone(effect: Effect, noClones: ReadonlyMap<string, string>): string | undefined {
  return noClones.get(askedWith(effect) ?? '');
}

/**
 * Why no clone with a flag or an argument of effects gets a scenario any further: none of the callers that can be made here gets a child
 * by it, and some should, or nobody knows whether they should.
 *
 * @param callers - those of scenarios
 * @returns reasons by the name of the flag or argument
 */
export async function whyNoClones(
  session: Runner | undefined,
  kernel: KernelFacts,
  environment: Environment,
  callers: readonly Caller[],
): Promise<ReadonlyMap<string, string>> {
  if (session === undefined) return new Map();
  const names = EFFECTS.flatMap((effect) => askedWith(effect) ?? []);
  const lacking = names.flatMap((name) => {
    const why = environment.lacks(cloneWith(name));
    return why === undefined ? [] : [[name, why] as const];
  });
  // Where an effect needs a caller of its own, others say nothing of it.
  const tried = [...new Set(EFFECTS.flatMap((effect) => (effect.needs === undefined && askedWith(effect)) || []))];
  const calls = tried.map(cloneWith);
  const answers = await Promise.all(
    callers.map(async (caller) => {
      if (environment.forbidsCaller(caller) !== undefined) return undefined;
      const { facts, observations } = await session.run(caller, calls);
      if (facts === undefined) return undefined;
      return calls.map((call, index) => answered({ kernel, caller: facts }, call, observations[index]));
    }),
  );
  const made = answers.filter((each) => each !== undefined);
  const reasons = tried.flatMap((name, index) => {
    const each = made.map((one) => one[index] ?? GOES_ON);
    const why = each.find((one) => typeof one === 'string');
    return why === undefined || each.includes(GOES_ON) ? [] : [[name, why.replace('FLAG', name)] as const];
  });
  return new Map([...reasons, ...lacking]);
}

/** The call makes a child, or may. */
const GOES_ON = Symbol('goes on');
/** The call is refused, as it should be. */
const REFUSED = Symbol('refused');

function answered(
  facts: Parameters<typeof predict>[0],
  call: Call,
  observed: Observation | undefined,
): string | typeof GOES_ON | typeof REFUSED {
  const { allowed, undecided } = predict(facts, call);
  if (undecided.length > 0) return 'a fact that decides whether FLAG is accepted is not known here';
  if (observed?.kind !== 'refused') return GOES_ON;
  return allowed.includes('success') ? `a clone with FLAG gets ${observed.errno} here` : REFUSED;
}

/** As plain a call as there is with a flag or an argument; the low byte of clone() is taken for the exit signal. */
function cloneWith(name: string): Call {
  if (name === 'set_tid') return clone3({ exit_signal: SIGCHLD, set_tid: TIDS, set_tid_size: 1n }, { tids: ['free'] });
  const flag = flagValue(name);
  const needsClone3 = flag <= CSIGNAL || flag > 0xffff_ffffn;
  return needsClone3 ? clone3({ flags: flag, exit_signal: SIGCHLD }) : clone(flag | SIGCHLD, WORDS);
}

/** Where a pidfd, or a TID, can be stored. */
const WORDS = { parent_tid: RW + 0x100n, child_tid: RW + 0x108n };

const SIGCHLD = 17n;
