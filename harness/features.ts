import { FEATURES, parseCall, type Caller, type KernelFacts } from '../spec/index.js';
import type { Runner } from './session.js';

/** The caller that the probe is when nothing is asked of it. */
export const SELF: Caller = { name: 'self', attributes: [] };

/** Tries every feature that a call can show, so that what a stable release took over is known before anything is judged. */
export async function probeFeatures(session: Runner, kernel: KernelFacts): Promise<KernelFacts> {
  const probes = FEATURES.flatMap(({ name, probe }) => (probe === undefined ? [] : [{ name, probe }]));
  const { observations } = await session.run(
    SELF,
    probes.map(({ probe }) => parseCall(probe.call).call),
  );
  const probed: Record<string, boolean> = {};
  for (const [index, { name, probe }] of probes.entries()) {
    const observation = observations[index];
    const outcome =
      observation?.kind === 'refused' ? observation.errno : observation?.kind === 'child' ? 'success' : '';
    if (probe.present.includes(outcome)) probed[name] = true;
    else if (probe.absent.includes(outcome)) probed[name] = false;
  }
  return { ...kernel, probed };
}
