import {
  NEWEST_KERNEL,
  formatKernelVersion,
  nominalFacts,
  nominalKernel,
  predict,
  type Architecture,
  type Call,
  type Caller,
  type ConfigName,
  type Facts,
  type KernelFacts,
  type KernelVersion,
} from '../../spec/index.js';
import type { Observation } from '../case.js';
import type { Environment } from '../environment.js';
import type { Runner } from '../session.js';

/** A kernel that does what the whole model says, where the one at hand cannot show it. */
export interface Imagined {
  readonly name: string;
  readonly kernel: KernelFacts;
}

const OPTIONS: readonly ConfigName[] = ['user_ns', 'uts_ns', 'ipc_ns', 'pid_ns', 'net_ns', 'time_ns', 'mmu'];

/**
 * Kernels to imagine, the likeliest first: between them they have every clause.
 *
 * @param running - the one at hand, for what its callers cannot show
 */
export function imaginedKernels(running: KernelFacts): readonly Imagined[] {
  const name = (version: KernelVersion, rest = ''): string => `Linux ${formatKernelVersion(version)}${rest}`;
  const without = (option: ConfigName): Imagined => {
    const kernel = nominalKernel(NEWEST_KERNEL);
    const config = { ...kernel.config, [option]: false };
    return { name: name(NEWEST_KERNEL, ` without CONFIG_${option.toUpperCase()}`), kernel: { ...kernel, config } };
  };
  const on = (version: KernelVersion, arch: Architecture): KernelFacts => ({ ...nominalKernel(version), arch });
  return [
    { name: `${name(running.version)}, any caller`, kernel: running },
    { name: name(NEWEST_KERNEL), kernel: nominalKernel(NEWEST_KERNEL) },
    { name: name([5, 10, 0]), kernel: nominalKernel([5, 10, 0]) },
    { name: name([4, 4, 0]), kernel: nominalKernel([4, 4, 0]) },
    ...OPTIONS.map(without),
    { name: name([4, 4, 0], ' on aarch64'), kernel: on([4, 4, 0], 'aarch64') },
    { name: name(NEWEST_KERNEL, ' on i386'), kernel: on(NEWEST_KERNEL, 'i386') },
  ];
}

/** Nothing around an imagined kernel answers in its place. */
export const NOTHING_AROUND: Environment = {
  forbids: () => undefined,
  lacks: () => undefined,
  forbidsCaller: () => undefined,
  reasons: [],
};

/** What a caller is on an imagined kernel. */
export function imaginedFacts(kernel: KernelFacts, caller: Caller): Facts {
  return { kernel, caller: nominalFacts(caller, kernel) };
}

/** Answers calls as the whole model says. */
export function imaginedRunner(kernel: KernelFacts): Runner {
  return {
    run: async (caller: Caller, calls: readonly Call[]) => {
      const facts = imaginedFacts(kernel, caller);
      const observations = calls.map((call): Observation => {
        const { outcome } = predict(facts, call);
        return outcome === 'success' ? { kind: 'child', pid: null } : { kind: 'refused', errno: outcome };
      });
      return Promise.resolve({ facts: facts.caller, blocked: undefined, observations, missing: {}, answer: undefined });
    },
  };
}
