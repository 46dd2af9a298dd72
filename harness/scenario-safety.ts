import { isContained, startKernel, type Facts, type Scenario } from '../spec/index.js';

/**
 * Says whether a scenario keeps to its arena: it names no address or descriptor of the probe's own, and sets the host name in UTS namespaces only
 * that it made. Scenarios are data that anybody may write, and a reduction may take away the flag that made the namespace.
 */
export function isSafe(facts: Facts, { steps }: Scenario): boolean {
  if (!steps.every(isContained)) return false;
  const kernel = startKernel(facts);
  for (const step of steps) {
    if (step.op === 'sethostname' && !kernel.hasOwnUts(step.task)) return false;
    kernel.perform(step);
  }
  return true;
}
