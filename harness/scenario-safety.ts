import { startKernel, type Facts, type Scenario } from '../spec/index.js';

/**
 * Says whether a scenario keeps to its arena: the host name is set in UTS namespaces only that the scenario made. Scenarios are data that
 * anybody may write, and a reduction may take away the flag that made the namespace.
 */
export function isSafe(facts: Facts, { steps }: Scenario): boolean {
  const kernel = startKernel(facts);
  for (const step of steps) {
    if (step.op === 'sethostname' && !kernel.hasOwnUts(step.task)) return false;
    kernel.perform(step);
  }
  return true;
}
