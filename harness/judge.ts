import type { Level, Outcome, Prediction } from '../spec/index.js';
import type { Observation } from './case.js';

/** What a case says of the target. */
export type Judgement =
  /** As predicted. `judges` is the clause that the case tells apart, if it does. */
  | { readonly verdict: 'pass'; readonly judges: string | undefined }
  /** Not as predicted. */
  | {
      readonly verdict: 'fail';
      readonly clause: string;
      readonly kind: Deviation;
      readonly expected: readonly Outcome[];
      readonly observed: Outcome;
    }
  /** The environment forbids judging. */
  | { readonly verdict: 'blocked'; readonly why: string }
  /** No answer that could be judged. */
  | { readonly verdict: 'not-run'; readonly why: string };

/**
 * How the target deviates; with the clause, the fingerprint of a finding. `missing`: it answers as if the clause were not there.
 * Otherwise the errno that it gives instead, or `accepted`.
 */
export type Deviation = string;

/**
 * Holds an observation against a prediction.
 *
 * @param level - `documented`: what no document supports is not demanded; an answer that only Linux's own habit speaks against is not judged
 * @param otherwise - id of the clause that what nothing refuses succeeds
 */
export function judge(
  prediction: Prediction,
  observation: Observation,
  otherwise: string,
  level: Level = 'linux',
): Judgement {
  switch (observation.kind) {
    case 'blocked':
      return { verdict: 'blocked', why: observation.why };
    case 'steps':
    case 'sweep':
      return { verdict: 'not-run', why: 'a call was answered like something else' };
    case 'lost':
      return { verdict: 'not-run', why: observation.why };
    case 'refused':
      return compare(prediction, observation.errno, otherwise, level);
    case 'child':
      return compare(prediction, 'success', otherwise, level);
  }
}

function compare(prediction: Prediction, observed: Outcome, otherwise: string, level: Level): Judgement {
  const { allowed, refusals, without, judges } = prediction;
  const winner = refusals[0];
  const undemanded = level === 'documented' && (winner === undefined || winner.level !== 'documented');
  if (allowed.includes(observed)) return { verdict: 'pass', judges: undemanded ? undefined : judges };
  if (undemanded && winner === undefined)
    return { verdict: 'blocked', why: 'no document promises that such a call succeeds' };
  if (undemanded && without.includes(observed))
    return { verdict: 'blocked', why: 'no document says whether such a call is refused' };
  const kind: Deviation =
    winner !== undefined && without.includes(observed) ? 'missing' : observed === 'success' ? 'accepted' : observed;
  return { verdict: 'fail', clause: winner?.id ?? otherwise, kind, expected: allowed, observed };
}
