import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until a condition holds.
 *
 * @param what - is said where it does not come to hold
 * @param seconds - how long at most
 */
export async function until(what: string, holds: () => boolean, seconds = 10): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`in vain: ${what}`);
    await delay(5);
  }
}
