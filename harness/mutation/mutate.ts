import type { KernelFacts, KernelVersion } from '../../spec/index.js';
import { discoverEnvironment } from '../environment.js';
import { kernelFacts } from '../facts.js';
import { probeFeatures } from '../features.js';
import { textOf } from '../findings.js';
import { recordWith, type RunOptions } from '../run.js';
import { withSession, type Target } from '../targets/target.js';
import { effectMutants } from './effects.js';
import { withExplanations, type Explanation } from './explanations.js';
import { ownDifferences } from './hunt.js';
import { NOTHING_AROUND, imaginedKernels, imaginedRunner, type Imagined } from './imagined.js';
import type { MutantResult } from './result.js';
import { ruleMutants, type Selection } from './rules.js';
import { sampleScenarios } from './scenario-world.js';
import { worldOf, type World } from './world.js';

/** What is to be broken, and how long it is looked for. */
export interface MutateOptions extends Selection {
  /** Effects are broken too. */
  readonly effects: boolean;
  /** Generated calls, besides the examples of the clauses and what lies beside them. */
  readonly cases: number;
  readonly scenarios: number;
  readonly seed: number;
  /** The version that the target is held to, where it is not the one that it reports. */
  readonly kernel?: KernelVersion;
  /** Why some mutants cannot be found. */
  readonly explanations: readonly Explanation[];
  readonly progress?: (mutants: number) => void;
}

/** What became of all mutants. */
export interface Mutation {
  readonly target: string;
  readonly kernel: KernelFacts;
  readonly seed: number;
  readonly mutants: readonly MutantResult[];
  /** Cases in which the kernel does not do what the whole model says: no mutant says anything while there are any. */
  readonly differences: readonly string[];
  /** Explanations of mutants that there are not, or that are found. */
  readonly stale: readonly Explanation[];
  readonly seconds: number;
}

/**
 * Breaks the model in every way, and looks for each break among the cases that a run makes.
 *
 * @throws InputError where the target cannot be started
 */
export async function mutate(target: Target, options: MutateOptions): Promise<Mutation> {
  const started = performance.now();
  return withSession(target, async (session, header) => {
    const tried = await probeFeatures(session, kernelFacts(header, options.kernel));
    const environment = await discoverEnvironment(session, header);
    const calls: RunOptions = { runs: options.cases, seed: options.seed, jobs: 1, order: 'strict', level: 'linux' };
    const world = worldOf(await recordWith(session, tried, environment, calls), session);
    const worlds = new Map<Imagined, Promise<World>>();
    const imagine = (each: Imagined): Promise<World> => {
      const known = worlds.get(each) ?? imaginedWorld(each, calls);
      worlds.set(each, known);
      return known;
    };
    const mutants: MutantResult[] = [];
    const take = async (results: AsyncGenerator<MutantResult>): Promise<void> => {
      for await (const result of results) {
        mutants.push(result);
        options.progress?.(mutants.length);
      }
    };
    await take(ruleMutants({ target: world, imagined: imaginedKernels(tried), imagine }, options));
    if (options.effects) {
      const sample = { count: options.scenarios, seed: options.seed };
      const performed = await sampleScenarios(session, tried, environment.forbidsCaller, sample);
      await take(effectMutants({ target: performed, ...sample }, options.clause));
    }
    return {
      target: target.name,
      kernel: tried,
      seed: options.seed,
      ...withExplanations(mutants, options.explanations, options),
      differences: ownDifferences(world).map((subject) => `case ${String(subject.number)}: ${textOf(subject)}`),
      seconds: (performance.now() - started) / 1000,
    };
  });
}

async function imaginedWorld({ name, kernel }: Imagined, calls: RunOptions): Promise<World> {
  const runner = imaginedRunner(kernel);
  return worldOf(await recordWith(runner, kernel, NOTHING_AROUND, calls), runner, name);
}
