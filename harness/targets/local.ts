import { buildProbe } from '../probe/build.js';
import { ProbeSession } from '../session.js';
import type { Target } from './target.js';

/**
 * The kernel that this process runs on.
 *
 * @param probeArgs - arguments for the probe; tests make it lie with `--fault`
 */
export function localTarget(probeArgs: readonly string[] = []): Target {
  return {
    name: 'local',
    launch: { prefix: [] },
    session: async () => new ProbeSession({ file: await buildProbe(), args: ['--bound-to', String(process.pid), ...probeArgs] }),
  };
}
