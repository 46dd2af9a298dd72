import {
  EFFECTS,
  callerNamed,
  readExamples,
  type Caller,
  type Effect,
  type Facts,
  type KernelFacts,
  type Level,
  type Scenario,
} from '../spec/index.js';
import type { ClauseResult } from './coverage.js';
import { toTheDifference, whyNotClones } from './alone.js';
import { runScenarioCorpus } from './corpus-run.js';
import { whyBesides } from './besides.js';
import { callersNotMade, effectClauses } from './effect-clauses.js';
import type { Environment } from './environment.js';
import type { Finding } from './findings.js';
import { whyEitherChild } from './either-child.js';
import { firstLooks } from './first-looks.js';
import { Hindered, PLENTY } from './hindered.js';
import { KnownCalls } from './known-call.js';
import { whyNoClone, whyNoClones } from './no-clones.js';
import { MOST_SCENARIO_FINDINGS, scenarioFindings, type ScenarioFinding } from './scenario-findings.js';
import { runScenarios, type ScenarioFailure, type ScenarioRun } from './scenario-run.js';
import { explanations } from './scenario-judge.js';
import type { Performer } from './session.js';
import { whyDeclared, type Unsupported } from './unsupported.js';

/** What scenarios found out about the effects. */
export interface EffectsRun {
  readonly clauses: readonly ClauseResult[];
  readonly findings: readonly ScenarioFinding[];
  readonly unstable: readonly ScenarioFinding[];
  readonly counts: ScenarioRun['counts'];
  readonly lost: ReadonlyMap<string, number>;
  readonly scenarios: number;
  /** After how many scenarios the first one differed, those of one probe counted after those of another. */
  readonly firstFailure?: number;
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

/** Scenarios that show each what a flag is for, and nothing else. */
const workedExamples = (): readonly Scenario[] => readExamples().map(({ scenario }) => scenario);

/** What effects are judged with. */
interface EffectsOptions {
  readonly count: number;
  readonly seed: number;
  readonly first?: ScenarioRun;
  /** What calls alone showed. */
  readonly known?: readonly Finding[];
  /** `documented`: what only Linux's habit speaks against is not judged. */
  readonly level?: Level;
  /** Effects that the port declares that it does not have. */
  readonly unsupported?: Unsupported;
  /** Only effects that this says yes to. */
  readonly selects?: (clause: string) => boolean;
  readonly signal?: AbortSignal;
}

/**
 * Judges effects on every probe at once.
 *
 * @param count - scenarios in all; more are run while an effect has not been told apart. With 0 only what `first` told apart is judged
 * @param first - scenarios that were performed already
 */
export async function runEffects(
  sessions: readonly Performer[],
  kernel: KernelFacts,
  environment: Environment,
  { count, seed, first: stored, known = [], level = 'linux', unsupported = [], selects, signal }: EffectsOptions,
): Promise<EffectsRun> {
  const runs: ScenarioRun[] = stored === undefined ? [] : [stored];
  const hindered = new Hindered();
  const judged = (): ReadonlyMap<string, number> => sum(runs.map((run) => run.judged));
  const noClones = await whyNoClones(sessions[0], kernel, environment, [...new Set(SCENARIO_CALLERS)]);
  const unmade = await callersNotMade(sessions[0], environment);
  const isUnmade = ({ needs = '' }: Effect): boolean => unmade.has(needs);
  const hopeless = new Set(
    EFFECTS.filter((effect) => isUnmade(effect) || whyNoClone(effect, noClones) !== undefined).map(({ id }) => id),
  );
  const isHopeless = (id: string): boolean => hopeless.has(id) || hindered.isGivenUp(id);
  let missed = Infinity;
  for (let round = 0; round < PATIENCE && count > 0 && signal?.aborted !== true; round++) {
    const open = [...judged()].filter(([id, times]) => times === 0 && !isHopeless(id)).length;
    if (round > 0 && (open === 0 || (open === missed && round * count >= PLENTY))) break;
    missed = open;
    const each = Math.ceil(count / sessions.length);
    runs.push(
      ...(await Promise.all(
        sessions.map((session, index) =>
          runScenarios(session, kernel, environment, SCENARIO_CALLERS, {
            count: each,
            seed: seed + round * 97 + index * 31,
            hindered,
          }),
        ),
      )),
    );
  }
  const [first] = sessions;
  // Where most clones fail, scenarios seldom grow to an effect by themselves. What is performed anyway comes last: it is no proof of the others.
  if (first !== undefined && count >= PLENTY && signal?.aborted !== true)
    runs.push((await runScenarioCorpus(first, kernel, environment, [...firstLooks(), ...workedExamples()])).run);
  const factsOf = async ({ caller }: Scenario): Promise<Facts | undefined> => {
    const facts = (await first?.run(caller, []))?.facts;
    return facts === undefined ? undefined : { kernel, caller: facts };
  };
  const differing = runs.flatMap((run) => run.failures);
  const knownCalls = first === undefined ? undefined : new KnownCalls(known, first, kernel, environment);
  const whys = await Promise.all(
    differing.map(async (failure) => {
      const declared = whyDeclared(failure.judgement.clause, unsupported);
      if (declared !== undefined || first === undefined) return declared;
      const facts = failure.facts ?? (await factsOf(failure.scenario));
      const undemanded = level === 'documented' ? whyUndemanded(failure, facts) : undefined;
      return (
        undemanded ??
        (selects && whyBesides(failure, facts, selects)) ??
        (await knownCalls?.why(failure)) ??
        whyEitherChild(failure, facts) ??
        whyNotClones(failure, first, factsOf)
      );
    }),
  );
  const failures = differing.filter((_, index) => whys[index] === undefined);
  const unjudged = whys.filter((why) => why !== undefined);
  const told =
    first === undefined ? [] : await Promise.all(failures.map((failure) => toTheDifference(failure, first, factsOf)));
  const found = first === undefined ? [] : await scenarioFindings(told, first, factsOf, heldBy(judged()));
  const differed = firstFailure(runs);
  const scenarios = runs.reduce((all, run) => all + run.scenarios, 0);
  return {
    ...(differed !== undefined && { firstFailure: differed }),
    clauses: effectClauses({ judged: judged(), failures, scenarios }, kernel, unmade, count > 0, hindered, noClones),
    findings: found.filter(({ reproducible: { k, n } }) => k === n),
    unstable: found.filter(({ reproducible: { k, n } }) => k < n),
    counts: {
      pass: total(runs, 'pass'),
      fail: failures.length,
      blocked: total(runs, 'blocked') + unjudged.length,
      'not-run': total(runs, 'not-run'),
    },
    lost: sum([...runs.map((run) => run.why), ...unjudged.map((why) => new Map([[why, 1]]))]),
    scenarios,
    limits:
      found.length < MOST_SCENARIO_FINDINGS
        ? []
        : [
            `after ${String(MOST_SCENARIO_FINDINGS)} distinct differences of scenarios the run looked no further; there may be more`,
          ],
  };
}

/** Why a difference is not held against a target of which only what is documented is demanded: Linux's habit may be what it lacks. */
function whyUndemanded({ scenario, judgement }: ScenarioFailure, facts: Facts | undefined): string | undefined {
  const absent = facts === undefined ? [] : explanations(facts, scenario, judgement.observed);
  if (absent.length === 0) return 'the absence of no documented effect explains a difference';
  const habit = absent.find((id) => EFFECTS.find((effect) => effect.id === id)?.level !== 'documented');
  return habit === undefined ? undefined : `no document promises ${habit}`;
}

function total(runs: readonly ScenarioRun[], verdict: keyof ScenarioRun['counts']): number {
  return runs.reduce((all, { counts }) => all + counts[verdict], 0);
}

function firstFailure(runs: readonly ScenarioRun[]): number | undefined {
  const index = runs.findIndex((run) => run.firstFailure !== undefined);
  const before = runs.slice(0, Math.max(index, 0)).reduce((all, { scenarios }) => all + scenarios, 0);
  const within = runs[index]?.firstFailure;
  return within === undefined ? undefined : before + within;
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
