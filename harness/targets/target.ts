import type { ProbeSession } from '../session.js';
import type { TraceHeader } from '../trace.js';

/** A kernel under test, and how a probe is brought to run on it. */
export interface Target {
  /** As given with `--target`. */
  readonly name: string;
  /** A new probe on the target, not yet opened. */
  readonly session: () => Promise<ProbeSession>;
}

/** Opens a probe, does something with it, and closes it whatever happened. */
export async function withSession<T>(
  target: Target,
  use: (session: ProbeSession, header: TraceHeader) => Promise<T>,
): Promise<T> {
  const session = await target.session();
  try {
    return await use(session, await session.open());
  } finally {
    await session.close();
  }
}
