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
  return { ...kernel, config: { ...kernel.config, ...(await madeNonetheless(session, kernel)) }, probed };
}

const NAMESPACES = [
  { name: 'uts_ns', flag: 'CLONE_NEWUTS' },
  { name: 'ipc_ns', flag: 'CLONE_NEWIPC' },
  { name: 'pid_ns', flag: 'CLONE_NEWPID' },
  { name: 'net_ns', flag: 'CLONE_NEWNET' },
] as const;

/** Kinds of namespace that do not show in /proc and yet are made: a port's /proc may be poorer than its calls. */
async function madeNonetheless(session: Runner, { config }: KernelFacts): Promise<Partial<KernelFacts['config']>> {
  const hidden = NAMESPACES.filter(({ name }) => !config[name]);
  if (hidden.length === 0) return {};
  const calls = hidden.map(({ flag }) => parseCall(`clone(${flag}|SIGCHLD)`).call);
  const { observations } = await session.run(SELF, calls);
  return Object.fromEntries(
    hidden.filter((_, index) => observations[index]?.kind === 'child').map(({ name }) => [name, true]),
  );
}
