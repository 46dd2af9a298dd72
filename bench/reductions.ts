import fc from 'fast-check';
import { calls } from '../generators/index.js';
import { BROKEN_EFFECTS, LIES } from '../harness/fixtures/faults.js';
import { BrokenKernel, failuresOf, findingsAmong } from '../harness/fixtures/imagined-scenarios.js';
import { PLAIN_CALLER, faultyTarget } from '../harness/fixtures/targets.js';
import { distinctFindings, judgeCases, type Difference } from '../harness/findings.js';
import { discoverEnvironment, kernelFacts, probeFeatures, withSession, type JudgeOptions } from '../harness/index.js';
import { callerNamed } from '../spec/index.js';

/** What one reduction cost. */
export interface Cost {
  /** Candidates that were run. */
  readonly runs: number;
  readonly seconds: number;
}

const OPTIONS: JudgeOptions = { order: 'strict', level: 'linux' };
const SEED = 42;
const GENERATED = 1_200;

/**
 * Reduces the faults of the quality tests, each from the first case that shows it and not, as a run does, from the smallest.
 *
 * @throws Error where a fault is not found
 */
export async function reductions(): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  for (const [fault] of LIES) costs.push(await reduceLie(fault));
  for (const [effect] of BROKEN_EFFECTS) costs.push(await reduceEffect(`effects/${effect}`));
  return costs;
}

/** A probe that lies about calls, really made. */
async function reduceLie(fault: string): Promise<Cost> {
  return withSession(faultyTarget([fault]), async (session, header) => {
    const kernel = await probeFeatures(session, kernelFacts(header));
    const environment = await discoverEnvironment(session, header);
    const caller = callerNamed(PLAIN_CALLER);
    const made = fc.sample(calls({ caller: caller.name }), { seed: SEED, numRuns: GENERATED });
    const cases = made.map((call) => ({ caller, call }));
    const judgements = await judgeCases(cases, session, kernel, environment, OPTIONS);
    const difference = cases
      .flatMap((subject, index): readonly Difference[] => {
        const judgement = judgements[index];
        return judgement?.verdict === 'fail' ? [{ case: subject, judgement }] : [];
      })
      .at(0);
    if (difference === undefined) throw new Error(`${fault} is not found`);
    return timed(fault, () => distinctFindings([difference], session, kernel, environment, OPTIONS));
  });
}

/** A kernel without an effect, imagined: what it costs is the thinking. */
async function reduceEffect(effect: string): Promise<Cost> {
  const kernel = new BrokenKernel(new Set([effect]));
  const { failures, held } = await failuresOf(kernel, { callers: ['root'], count: GENERATED, seed: SEED });
  const [failure] = failures;
  if (failure === undefined) throw new Error(`${effect} is not found`);
  return timed(effect, () => findingsAmong(kernel, [failure], held));
}

async function timed(what: string, find: () => Promise<readonly { readonly runs: number }[]>): Promise<Cost> {
  const started = performance.now();
  const [finding] = await find();
  if (finding === undefined) throw new Error(`${what} is not found again`);
  return { runs: finding.runs, seconds: (performance.now() - started) / 1000 };
}

/** The middle one of an ordered list, or the upper of the two. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
