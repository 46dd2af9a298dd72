/**
 * Importing this gives vitest's `expect` the matcher `toConform`. A run takes longer than the five seconds that vitest gives a test:
 * `testTimeout` says how long.
 *
 * @example
 * ```ts
 * import { expect, test } from 'vitest';
 * import 'clonecheck/vitest';
 * import { openTarget } from 'clonecheck';
 *
 * test('the port keeps the rules about file systems', async () => {
 *   await expect(openTarget('local')).toConform({ clauses: 'errors/fs-*', runs: 200 });
 * });
 * ```
 *
 * @packageDocumentation
 */
import { expect } from 'vitest';
import type { ConformOptions } from './conform-options.js';
import { toConform } from './matcher.js';

declare module 'vitest' {
  // The parameter has to be that of the interface that this adds to.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unused-vars
  interface Matchers<T = any> {
    /**
     * Holds a target to clauses. One that could not be judged throws, under `.not` too.
     *
     * @param options - which clauses, how many cases, as whom
     */
    toConform(options?: ConformOptions): Promise<void>;
  }
}

expect.extend({ toConform });
