import type { Call, Caller, StepResult } from '../spec/index.js';
import type { SweepAnswer } from './sweep/words.js';

/** One call by one caller: plain data that can be stored, sent and run again. */
export interface Case {
  readonly caller: Caller;
  readonly call: Call;
}

/** What a target did with a case. */
export type Observation =
  /** The call was refused. */
  | { readonly kind: 'refused'; readonly errno: string }
  /** The call made a child; `pid` is null where the caller died before it could say. */
  | { readonly kind: 'child'; readonly pid: number | null }
  /** A scenario was performed: a result for each step. */
  | { readonly kind: 'steps'; readonly steps: readonly StepResult[] }
  /** A range of flag words was swept. */
  | { readonly kind: 'sweep'; readonly answer: SweepAnswer }
  /** The caller's state could not be reached. */
  | { readonly kind: 'blocked'; readonly why: string }
  /** No answer: the probe or its arena died, hung or talked nonsense. */
  | { readonly kind: 'lost'; readonly why: string };
