import { buildProbe, type ProbeChoice } from '../probe/build.js';
import { ProbeSession } from '../session.js';
import type { Target } from './target.js';

/**
 * The kernel that this process runs on.
 *
 * @param probeArgs - arguments for the probe; tests make it lie with `--fault`
 * @param choice - which probe, where there are several
 */
export function localTarget(probeArgs: readonly string[] = [], choice: ProbeChoice = {}): Target {
  return {
    name: 'local',
    launch: { prefix: [] },
    session: async () =>
      new ProbeSession({
        file: await buildProbe(undefined, choice),
        args: ['--bound-to', String(process.pid), ...probeArgs],
      }),
  };
}
