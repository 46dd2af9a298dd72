import { FEATURES, parseCall, type Caller, type KernelFacts } from '../spec/index.js';
import type { Observation } from './case.js';
import type { Runner } from './session.js';

/** The caller that the probe is when nothing is asked of it. */
export const SELF: Caller = { name: 'self', attributes: [] };

/** Tries every feature that a call can show, so that what a stable release took over is known before anything is judged. */
export async function probeFeatures(session: Runner, kernel: KernelFacts): Promise<KernelFacts> {
  const probes = FEATURES.flatMap(({ name, probe }) => (probe === undefined ? [] : [{ name, probe }]));
  const controls = probes.flatMap(({ probe: { control } }) => control ?? []);
  const texts = [
    ...[...probes.map(({ probe }) => probe.call), ...controls],
    ...NAMESPACES.map(({ flag }) => `clone(${flag}|SIGCHLD)`),
  ];
  const { observations } = await session.run(
    SELF,
    texts.map((text) => parseCall(text).call),
  );
  const outcomeOf = (text: string): string => outcomeIn(observations[texts.indexOf(text)]);
  const probed: Record<string, boolean> = {};
  for (const { name, probe } of probes) {
    const outcome = outcomeOf(probe.call);
    const isAnyway = probe.control !== undefined && outcomeOf(probe.control) === outcome;
    if (probe.present.includes(outcome)) {
      if (!isAnyway) probed[name] = true;
    } else if (probe.absent.includes(outcome)) probed[name] = false;
  }
  const namespaces = observations.slice(texts.length - NAMESPACES.length);
  return { ...kernel, config: { ...kernel.config, ...madeNonetheless(namespaces) }, probed };
}

function outcomeIn(observation: Observation | undefined): string {
  if (observation?.kind === 'refused') return observation.errno;
  return observation?.kind === 'child' ? 'success' : '';
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
