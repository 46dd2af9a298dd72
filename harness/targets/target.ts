import type { ProbeSession } from '../session.js';

/** A kernel under test, and how a probe is brought to run on it. */
export interface Target {
  /** As given with `--target`. */
  readonly name: string;
  /** A new probe on the target, not yet opened. */
  readonly session: () => Promise<ProbeSession>;
}
