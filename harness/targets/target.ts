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

/** A signal came before the target had answered: nothing was judged. */
export class Interrupted extends Error {
  constructor(target: string) {
    super(`interrupted before ${target} had answered: nothing was judged`);
  }
}

/** Probes that have been opened; there is at least one. */
export interface OpenProbes {
  readonly sessions: readonly [ProbeSession, ...ProbeSession[]];
  /** Of the first one. */
  readonly header: TraceHeader;
}

/**
 * Opens so many probes at once, does something with them, and closes them whatever happened.
 *
 * @param jobs - how many, from 1 up
 * @throws InputError where the target cannot be started
 * @throws Interrupted where the signal comes before each of them has answered
 */
export async function withProbes<T>(
  target: Target,
  jobs: number,
  use: (probes: OpenProbes) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const sessions: ProbeSession[] = [];
  try {
    return await use(await opened(target, jobs, sessions, signal));
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
}

async function opened(
  target: Target,
  jobs: number,
  sessions: ProbeSession[],
  signal: AbortSignal | undefined,
): Promise<OpenProbes> {
  const ended = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => {
      reject(new Interrupted(target.name));
    };
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { signal: ended.signal });
  });
  const open = async (): Promise<TraceHeader> => {
    const session = await target.session();
    if (signal?.aborted === true) throw new Interrupted(target.name);
    sessions.push(session);
    return session.open();
  };
  try {
    const answers = Promise.all(Array.from({ length: jobs }, open));
    const [header] = await Promise.race([answers, aborted]);
    const [first, ...others] = sessions;
    if (first === undefined || header === undefined) throw new Error('at least one probe is needed');
    return { sessions: [first, ...others], header };
  } catch (error) {
    // Ctrl-C reaches a compiler too, or whatever brings the probe to its target; what they say of it is no news.
    throw signal?.aborted === true ? new Interrupted(target.name) : error;
  } finally {
    ended.abort();
  }
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
