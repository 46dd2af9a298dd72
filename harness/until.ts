import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until a condition holds, at most ten seconds.
 *
 * @param what - is said where it does not come to hold
 */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`in vain: ${what}`);
    await delay(5);
  }
}
