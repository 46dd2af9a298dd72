import { FEATURES, parseCall, type Caller, type KernelFacts } from '../spec/index.js';
import type { Observation } from './case.js';
import type { Runner } from './session.js';

/** The caller that the probe is when nothing is asked of it. */
export const SELF: Caller = { name: 'self', attributes: [] };

/** Tries every feature that a call can show, so that what a stable release took over is known before anything is judged. */
export async function probeFeatures(session: Runner, kernel: KernelFacts): Promise<KernelFacts> {
  const probes = FEATURES.flatMap(({ name, probe }) => (probe === undefined ? [] : [{ name, probe }]));
  const { observations } = await session.run(
    SELF,
    [...probes.map(({ probe }) => probe.call), ...NAMESPACES.map(({ flag }) => `clone(${flag}|SIGCHLD)`)].map(
      (text) => parseCall(text).call,
    ),
  );
  const probed: Record<string, boolean> = {};
  for (const [index, { name, probe }] of probes.entries()) {
    const observation = observations[index];
    const outcome =
      observation?.kind === 'refused' ? observation.errno : observation?.kind === 'child' ? 'success' : '';
    if (probe.present.includes(outcome)) probed[name] = true;
    else if (probe.absent.includes(outcome)) probed[name] = false;
  }
  return { ...kernel, config: { ...kernel.config, ...madeNonetheless(observations.slice(probes.length)) }, probed };
}

const NAMESPACES = [
  { name: 'uts_ns', flag: 'CLONE_NEWUTS' },
  { name: 'ipc_ns', flag: 'CLONE_NEWIPC' },
  { name: 'pid_ns', flag: 'CLONE_NEWPID' },
  { name: 'net_ns', flag: 'CLONE_NEWNET' },
] as const;

/** Kinds of namespace that do not show in /proc may be made nonetheless: a port's /proc may be poorer than its calls. */
function madeNonetheless(observations: readonly Observation[]): Partial<KernelFacts['config']> {
  const made = NAMESPACES.filter((_, index) => observations[index]?.kind === 'child');
  return Object.fromEntries(made.map(({ name }) => [name, true]));
}
