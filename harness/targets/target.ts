import type { Architecture } from '../../spec/index.js';
import type { ProbeSession } from '../session.js';
import type { TraceHeader } from '../trace.js';

/** A kernel under test, and how a probe is brought to run on it. */
export interface Target {
  /** As given with `--target`. */
  readonly name: string;
  /** A new probe on the target, not yet opened. */
  readonly session: () => Promise<ProbeSession>;
  /** How another program is run there; absent where it would have to be brought there first. */
  readonly launch?: Launch;
}

/** How a program that lies on this machine is run on a target. */
export interface Launch {
  /** Words of a command that go before the program's path; none on this machine itself. */
  readonly prefix: readonly string[];
  /** The machine that the program is compiled for; absent: this one. */
  readonly arch?: Architecture;
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
