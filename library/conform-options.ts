/**
 * What to hold a target to, and how long.
 *
 * @public
 */
export interface ConformOptions {
  /** Which clauses, such as `errors/*` or `effects/files-*`; `*` stands for any characters. Absent: all. */
  readonly clauses?: string | readonly string[];
  /** Generated calls, besides the examples of every clause; absent: 10,000. */
  readonly runs?: number;
  /** Scenarios, which judge effects; more are run while one is missed. Absent: 4,000; none where no effect is asked for. */
  readonly scenarios?: number;
  /** Stop generating calls after so many seconds. */
  readonly seconds?: number;
  /** A whole number: the same seed, the same cases. Absent: a new one, which the report names. */
  readonly seed?: number;
  /** Names of callers; absent: all that can be made there. */
  readonly callers?: readonly string[];
  /** Probes at once, 1 or more; absent: one for each processor, 8 at most. */
  readonly jobs?: number;
  /** `strict`: where several refusals hold, Linux's own must win; `any`: each may. */
  readonly order?: 'strict' | 'any';
  /** `linux`: everything; `documented`: only what a man page or header promises. */
  readonly level?: 'documented' | 'linux';
}
