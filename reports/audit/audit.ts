import {
  formatCall,
  formatFlags,
  parseCall,
  possibleAnswer,
  predict,
  InputError,
  type Facts,
  type Order,
  type Outcome,
  type ParsedCall,
  type Possible,
  type Prediction,
} from '../../spec/index.js';
import type { LoggedCall } from '../../spec/text/strace-log.js';

/** A call of a log, and what is to be said of it. */
export interface AuditedCall {
  readonly line: number;
  readonly parsed: ParsedCall;
  readonly prediction: Prediction;
  readonly verdict: AuditVerdict;
}

/** What a log says of a call. */
export type AuditVerdict =
  | { readonly kind: 'conforms' }
  /** Another answer than the caller's, which somebody else could have got. */
  | { readonly kind: 'differs'; readonly possible: Possible }
  /** No caller gets this answer from this kernel. */
  | { readonly kind: 'impossible' }
  | { readonly kind: 'not judged'; readonly why: string };

/** A call of which nothing can be said. */
export interface NotUnderstood {
  readonly line: number;
  readonly error: InputError;
}

/**
 * Judges a call of a log.
 *
 * @param file - the log's name, for messages
 */
export function auditCall(logged: LoggedCall, file: string, facts: Facts, order: Order): AuditedCall | NotUnderstood {
  const { line, text, unjudged } = logged;
  let parsed: ParsedCall;
  try {
    parsed = parseCall(text, { file, line });
  } catch (error) {
    if (error instanceof InputError) return { line, error };
    throw error;
  }
  const prediction = predict(facts, parsed.call, { order });
  return { line, parsed, prediction, verdict: verdictOf(parsed, prediction, facts, unjudged) };
}

function verdictOf(
  { call, recorded }: ParsedCall,
  { allowed }: Prediction,
  { kernel }: Facts,
  unjudged: string | undefined,
): AuditVerdict {
  if (unjudged !== undefined) return { kind: 'not judged', why: unjudged };
  if (recorded === undefined) return { kind: 'not judged', why: 'no result was recorded' };
  if (allowed.includes(recorded)) return { kind: 'conforms' };
  const possible = possibleAnswer(call, recorded, kernel);
  return possible === undefined ? { kind: 'impossible' } : { kind: 'differs', possible };
}

/** Who else could have got the answer, in a few words. */
export function possibleText({ callers, clause, otherwise }: Possible): string {
  const [first] = callers;
  if (first === undefined) return `${otherwise ?? 'something else'} could have answered so`;
  const more = callers.length > 1 ? ` and ${String(callers.length - 1)} other callers` : '';
  return clause === undefined ? `so it is for ${first}${more}` : `so it is for ${first}${more}: ${clause.id}`;
}

/** What a call asked for, whatever its addresses: `clone CLONE_VM|SIGCHLD`. */
export function flagSet({ call }: ParsedCall): string {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return call.call;
    case 'clone':
      return `clone ${formatFlags(call.flags, true)}`;
    case 'clone3': {
      if (call.uargs !== undefined) return formatCall(call);
      const { flags, exit_signal } = call.args;
      const signal = exit_signal === 0n ? '' : formatFlags(exit_signal & 0xffn, true);
      const words = [flags === 0n && signal !== '' ? '' : formatFlags(flags, false), signal].filter(
        (word) => word !== '',
      );
      return `clone3 ${words.join('|')}`;
    }
  }
}

/** `success`, an errno, or why there is none. */
export function answerText({ parsed, verdict }: AuditedCall): Outcome {
  return verdict.kind === 'not judged' ? '?' : (parsed.recorded ?? '?');
}
