import { judgeOne, performScenario, whyDeclared, whyNotClones } from '../harness/index.js';
import {
  formatResult,
  formatStep,
  parseStep,
  type Call,
  type Caller,
  type Level,
  type Order,
  type Scenario,
} from '../spec/index.js';
import { asCaller, behindOf, type Opened, type Target } from './target.js';

/**
 * What is made on a target: one call by a caller, or a schedule of steps that it begins. Callers may be named.
 *
 * @public
 */
export type Subject =
  | { readonly caller: Caller | string; readonly call: Call }
  | { readonly caller: Caller | string; readonly steps: readonly string[] };

/**
 * What a subject says of a target. What could not be judged is never `pass`.
 *
 * @public
 */
export type Judgement =
  | {
      /** As predicted. */
      readonly verdict: 'pass';
      /** Ids of the clauses that it tells apart: a kernel without one of them would have answered otherwise. */
      readonly judges: readonly string[];
    }
  | {
      /** Not as predicted. */
      readonly verdict: 'fail';
      /** The clause that the target does not keep. */
      readonly clause: string;
      /** What Linux answers. */
      readonly expected: string;
      readonly observed: string;
      /** Of a scenario, the step that differed first, from 0, and its text. */
      readonly step?: { readonly index: number; readonly text: string };
    }
  | {
      /** `blocked`: the environment forbids judging. `not-run`: there was no answer that could be judged. */
      readonly verdict: 'blocked' | 'not-run';
      readonly why: string;
    };

/**
 * How answers are held against the model.
 *
 * @public
 */
export interface JudgeOptions {
  /** `strict`: where several refusals hold, Linux's own must win; `any`: each may. */
  readonly order?: Order;
  /** `linux`: everything; `documented`: only what a man page or header promises. */
  readonly level?: Level;
}

/**
 * Makes one call, or performs one scenario, on a target and holds what came of it against the model.
 *
 * @param target - from {@link openTarget}; its probe is started if it does not run
 * @param subject - what to make, and as whom
 * @throws {@link InputError} where the target cannot be started, there is no such caller, or a step is not understood
 *
 * @example
 * A property of one's own, with fast-check:
 * ```ts
 * import fc from 'fast-check';
 * import { calls, judge, openTarget } from 'clonecheck';
 *
 * const target = openTarget('local');
 * await fc.assert(
 *   fc.asyncProperty(calls(), async (call) => {
 *     const judgement = await judge(target, { caller: 'user', call });
 *     if (judgement.verdict === 'fail')
 *       throw new Error(`${judgement.clause}: expected ${judgement.expected}, observed ${judgement.observed}`);
 *     fc.pre(judgement.verdict === 'pass');
 *   }),
 *   { numRuns: 50, maxSkipsPerRun: 100 },
 * );
 * await target.close();
 * ```
 *
 * @public
 */
export async function judge(target: Target, subject: Subject, options: JudgeOptions = {}): Promise<Judgement> {
  const { opened, unsupported } = behindOf(target);
  const probe = await opened();
  const caller = asCaller(subject.caller);
  const judgement =
    'steps' in subject
      ? await ofScenario(probe, {
          caller,
          steps: subject.steps.map((text, index) => parseStep(text, { file: 'STEPS', line: index + 1 })),
        })
      : await ofCall(probe, caller, subject.call, options);
  const declared = judgement.verdict === 'fail' ? whyDeclared(judgement.clause, unsupported) : undefined;
  return declared === undefined ? judgement : { verdict: 'blocked', why: declared };
}

async function ofCall(
  { session, kernel, environment }: Opened,
  caller: Caller,
  call: Call,
  { order = 'strict', level = 'linux' }: JudgeOptions,
): Promise<Judgement> {
  const forbidden = environment.forbidsCaller(caller);
  if (forbidden !== undefined) return { verdict: 'blocked', why: forbidden };
  const { facts, blocked, observations } = await session.run(caller, [call]);
  const observation = observations[0] ?? { kind: 'lost', why: 'no answer' };
  if (facts === undefined)
    return observation.kind === 'lost'
      ? { verdict: 'not-run', why: observation.why }
      : { verdict: 'blocked', why: blocked ?? 'the caller could not be made' };
  const judged = judgeOne({ kernel, caller: facts }, { caller, call }, observation, environment, { order, level });
  switch (judged.verdict) {
    case 'pass':
      return { verdict: 'pass', judges: judged.judges === undefined ? [] : [judged.judges] };
    case 'fail':
      return {
        verdict: 'fail',
        clause: judged.clause,
        expected: judged.expected.join(' or '),
        observed: judged.observed,
      };
    case 'blocked':
    case 'not-run':
      return judged;
  }
}

async function ofScenario({ session, kernel, environment }: Opened, scenario: Scenario): Promise<Judgement> {
  const { judgement: judged } = await performScenario(session, kernel, environment, scenario);
  if (judged.verdict !== 'fail') return judged;
  // What goes wrong where no task is made is not clone's doing.
  const otherwise = await whyNotClones({ scenario, judgement: judged }, session, async ({ caller }) => {
    const { facts } = await session.run(caller, []);
    return facts === undefined ? undefined : { kernel, caller: facts };
  });
  if (otherwise !== undefined) return { verdict: 'blocked', why: otherwise };
  const { step, expected, observed } = judged.mismatch;
  const performed = scenario.steps[step];
  return {
    verdict: 'fail',
    clause: judged.clause,
    expected: formatResult(expected),
    observed: formatResult(observed),
    ...(performed && { step: { index: step, text: formatStep(performed) } }),
  };
}
