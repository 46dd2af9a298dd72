import { conform } from './conform.js';
import type { ConformOptions } from './conform-options.js';
import { isTarget, type Target } from './target.js';

/**
 * What a matcher hands back to jest or vitest.
 *
 * @public
 */
export interface MatcherResult {
  readonly pass: boolean;
  /** What is printed where an expectation is not met. */
  readonly message: () => string;
}

/**
 * The matcher `toConform`, for any `expect.extend`: a target from `openTarget` conforms to the clauses that are asked for. One that could
 * not be judged neither conforms nor fails to: the matcher throws, under `.not` too.
 *
 * @param received - the target
 * @param options - which clauses, how many cases, as whom
 *
 * @public
 */
export async function toConform(received: unknown, options: ConformOptions = {}): Promise<MatcherResult> {
  const { verdict, report } = await conform(asTarget(received), options);
  if (verdict === 'not-judged') throw new Error(`the target could not be judged:\n\n${report}`);
  return {
    pass: verdict === 'conforms',
    message: () => (verdict === 'conforms' ? `expected the target to differ, and it conforms:\n\n${report}` : report),
  };
}

function asTarget(received: unknown): Target {
  if (isTarget(received)) return received;
  throw new TypeError("toConform looks at a target: expect(openTarget('local')).toConform()");
}
