import { compileExpression, type Truth } from '../expression/compile.js';
import type { Call } from '../model/call.js';
import { contextOf, type Context } from '../model/context.js';
import type { Facts } from '../model/facts.js';
import { predict, type Prediction } from '../model/predict.js';
import { SPECIFICATION } from '../model/specification.js';
import { VOCABULARY } from '../model/vocabulary.js';
import type { Mutant } from './mutant.js';
import { isOfOneTid } from './order.js';

/** A call with what the whole model says of it, made ready to be asked about many mutants. */
export interface Screened {
  readonly facts: Facts;
  readonly call: Call;
  readonly prediction: Prediction;
  readonly context: Context;
}

/** Makes a call ready. */
export function screened(facts: Facts, call: Call): Screened {
  const context = contextOf(SPECIFICATION, facts, call);
  return { facts, call, prediction: predict(facts, call), context };
}

/**
 * Says of which calls a mutant may say something else than the model: the others need not be predicted a second time. It never
 * says no of one of which the mutant does.
 */
export function screen({ clause: id, operator, change }: Mutant): (subject: Screened) => boolean {
  const met = ({ prediction: { refusals, undecided } }: Screened, sought: string): boolean =>
    refusals.some((clause) => clause.id === sought) || undecided.some((clause) => clause.id === sought);
  if (change.kind === 'order') return (subject) => met(subject, id) && met(subject, change.with);
  const { clause } = change;
  if (clause === undefined) return (subject) => met(subject, id);
  const original = SPECIFICATION.clause(id);
  // Its errno or its calls are others.
  if (operator !== 'version' && clause.when === original?.when) return (subject) => met(subject, id);
  if (isOfOneTid(clause)) return ({ context: { kargs } }) => kargs.set_tid !== 0n && kargs.set_tid_size !== 0n;
  const holds = compileExpression(clause.condition, VOCABULARY);
  return (subject) => {
    const { kargs } = subject.context;
    const now: Truth = clause.calls.includes(kargs.call) ? holds(subject.context) : false;
    const isMet = met(subject, id);
    return isMet ? now !== true || subject.prediction.undecided.length > 0 : now !== false;
  };
}
