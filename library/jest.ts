/**
 * Importing this gives jest's `expect` the matcher `toConform`. The package is one of ES modules, which jest takes where Node runs with
 * `--experimental-vm-modules`. A run takes longer than the five seconds that jest gives a test: `testTimeout` says how long.
 *
 * @example
 * ```ts
 * import { expect, test } from '@jest/globals';
 * import 'clonecheck/jest';
 * import { openTarget } from 'clonecheck';
 *
 * test('the port keeps the rules about file systems', async () => {
 *   await expect(openTarget('local')).toConform({ clauses: 'errors/fs-*', runs: 200 });
 * });
 * ```
 *
 * @packageDocumentation
 */
import { expect } from '@jest/globals';
import type { ConformOptions } from './conform-options.js';
import { toConform } from './matcher.js';

declare module 'expect' {
  // The parameters have to be those of the interface that this adds to.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    /**
     * Holds a target to clauses. One that could not be judged throws, under `.not` too.
     *
     * @param options - which clauses, how many cases, as whom
     */
    toConform(options?: ConformOptions): Promise<void>;
  }
}

expect.extend({ toConform });
