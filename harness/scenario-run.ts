import fc from 'fast-check';
import {
  EFFECTS,
  formatResult,
  formatStep,
  isHeldTo,
  type Caller,
  type Facts,
  type KernelFacts,
  type Scenario,
} from '../spec/index.js';
import { scenarios } from '../generators/index.js';
import type { Environment } from './environment.js';
import { Hindered } from './hindered.js';
import { judgeScenario, type ScenarioJudgement } from './scenario-judge.js';
import { isSafe } from './scenario-safety.js';
import type { BatchResult, Performer } from './session.js';

/** What running scenarios found out. */
export interface ScenarioRun {
  /** For each effect, how many scenarios told it apart. */
  readonly judged: ReadonlyMap<string, number>;
  readonly failures: readonly ScenarioFailure[];
  readonly counts: Readonly<Record<ScenarioJudgement['verdict'], number>>;
  readonly why: ReadonlyMap<string, number>;
  readonly scenarios: number;
  /** After how many scenarios the first one differed. */
  readonly firstFailure?: number;
}

/** A scenario that came out otherwise than predicted. */
export interface ScenarioFailure {
  readonly scenario: Scenario;
  readonly judgement: ScenarioJudgement & { readonly verdict: 'fail' };
  /** What the caller was when it was performed: the next one like it may have other ids. */
  readonly facts?: Facts;
}

/** The facts that a scenario is to be held against: the caller's when it was performed. */
export function factsThen(facts: Facts, { facts: caller }: Pick<BatchResult, 'facts'>): Facts {
  return caller === undefined ? facts : { ...facts, caller };
}

/** How often an effect is to be told apart before more scenarios are no longer tried for it. */
const ENOUGH = 20;
const BATCH = 64;

/**
 * Generates scenarios, performs them on a target and judges each.
 *
 * @param count - scenarios to run
 * @param hindered - takes what would have been told apart
 */
export async function runScenarios(
  session: Performer,
  kernel: KernelFacts,
  environment: Environment,
  callers: readonly Caller[],
  {
    count,
    seed,
    most = 12,
    hindered = new Hindered(),
  }: { readonly count: number; readonly seed: number; readonly most?: number; readonly hindered?: Hindered },
): Promise<ScenarioRun> {
  const judged = new Map(EFFECTS.filter((effect) => isHeldTo(effect, kernel)).map(({ id }) => [id, 0]));
  const failures: ScenarioFailure[] = [];
  const counts = { pass: 0, fail: 0, blocked: 0, 'not-run': 0 };
  const why = new Map<string, number>();
  let done = 0;
  let firstFailure: number | undefined;
  const isOpen = (effect: string): boolean => judged.get(effect) === 0;
  const open = callers.filter((caller) => environment.forbidsCaller(caller) === undefined);
  for (let round = 0; done < count && open.length > 0; round++) {
    const caller = open[round % open.length];
    if (caller === undefined) break;
    const { facts } = await session.run(caller, []);
    if (facts === undefined) {
      open.splice(open.indexOf(caller), 1);
      continue;
    }
    const whole: Facts = { kernel, caller: facts };
    const batch: Scenario[] = [];
    const sampled = fc.sample(scenarios(caller, whole, most), {
      seed: seed * 65_537 + round,
      numRuns: Math.min(BATCH, count - done),
    });
    for (const scenario of sampled.filter((each) => isSafe(whole, each))) {
      const lacks = whatIsLacking(scenario, environment);
      if (lacks === undefined) batch.push(scenario);
      else {
        counts.blocked++;
        why.set(lacks, (why.get(lacks) ?? 0) + 1);
        hindered.add(whole, scenario, lacks, isOpen);
      }
    }
    const before = done;
    done += Math.min(BATCH, count - done);
    const result = await session.run(
      caller,
      batch.map(({ steps }) => ({ call: 'scenario', steps }) as const),
    );
    const then = factsThen(whole, result);
    for (const [index, scenario] of batch.entries()) {
      const judgement = judgeScenario(
        then,
        scenario,
        result.observations[index] ?? { kind: 'lost', why: 'no answer' },
        (id) => (judged.get(id) ?? ENOUGH) < ENOUGH,
      );
      counts[judgement.verdict]++;
      if (judgement.verdict === 'fail') {
        failures.push({ scenario, judgement, facts: then });
        firstFailure ??= before + index + 1;
      } else if (judgement.verdict === 'pass')
        for (const id of judgement.judges) judged.set(id, (judged.get(id) ?? 0) + 1);
      else why.set(judgement.why, (why.get(judgement.why) ?? 0) + 1);
      if (judgement.verdict !== 'pass') hindered.add(whole, scenario, whyNothing(judgement), isOpen);
      else if (kernel.unseen !== undefined) hindered.add(whole, scenario, UNSEEN, isOpen);
    }
  }
  return { judged, failures, counts, why, scenarios: done, ...(firstFailure !== undefined && { firstFailure }) };
}

/** Why a scenario cannot be performed as it is meant: one of its calls is answered by something else, or is not there at all. */
export function whatIsLacking(scenario: Scenario, environment: Environment): string | undefined {
  for (const step of scenario.steps) {
    const lacks = step.op === 'clone' ? environment.lacks(step.call) : undefined;
    if (lacks !== undefined) return lacks;
  }
  return undefined;
}

const UNSEEN = 'the target answers wrongly, also where no task is made, what would show it';

function whyNothing(judgement: ScenarioJudgement & { readonly verdict: 'fail' | 'blocked' | 'not-run' }): string {
  return judgement.verdict === 'fail' ? 'what would show it differs by something else' : judgement.why;
}

/** A failure as lines: each step with what was expected and, at the first that differs, what was observed. */
export function describeFailure({
  scenario,
  judgement: { clause, mismatch },
}: {
  readonly scenario: Scenario;
  readonly judgement: Pick<ScenarioFailure['judgement'], 'clause' | 'mismatch'>;
}): readonly string[] {
  return [
    `${scenario.caller.name}: ${clause}`,
    ...scenario.steps.map((step, index) => {
      const line = `  ${formatStep(step)}`;
      if (index !== mismatch.step) return line;
      const note = mismatch.note === undefined ? '' : ` (${mismatch.note})`;
      return `${line}\n    expected ${formatResult(mismatch.expected)}, observed ${formatResult(mismatch.observed)}${note}`;
    }),
  ];
}
