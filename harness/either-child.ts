import { simulate, type Facts, type StepResult } from '../spec/index.js';
import type { ScenarioFailure } from './scenario-run.js';

/**
 * Why a wait for any child that reports another one than Linux would says nothing of clone: both had ended, and a wait for that one by its
 * number would report it just so. Linux takes the oldest; no document says which. That the other may be waited for at all, with these
 * options, is clone's affair, so the model is asked.
 */
export function whyEitherChild({ scenario, judgement }: ScenarioFailure, facts: Facts | undefined): string | undefined {
  const { step: at, expected, observed } = judgement.mismatch;
  const wait = scenario.steps[at];
  if (facts === undefined || wait?.op !== 'wait' || wait.who !== 'any') return undefined;
  if (expected.kind !== 'returned' || observed.kind !== 'returned') return undefined;
  const isReported = scenario.steps.some((step, index) => {
    if (step.op !== 'clone' || index >= at || valueOf(judgement.observed[index]) !== observed.value) return false;
    const steps = scenario.steps.with(at, { ...wait, who: step.child });
    const instead = simulate(facts, { ...scenario, steps }).results[at];
    return (
      instead?.kind === 'returned' &&
      symbolOf(instead.value)?.startsWith(`tid:${String(step.child)}@`) === true &&
      instead.status === observed.status
    );
  });
  return isReported ? 'which of several children that have ended a wait for any reports differs from Linux' : undefined;
}

function valueOf(result: StepResult | undefined): unknown {
  return result?.kind === 'returned' ? result.value : undefined;
}

function symbolOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && 'symbol' in value ? String(value.symbol) : undefined;
}
