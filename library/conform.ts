import { availableParallelism } from 'node:os';
import { CLAUSE_IDS, clauseGlob, run } from '../harness/index.js';
import { EXIT, exitStatus, findingText, resultsOf, terminal } from '../reports/index.js';
import { EFFECTS, InputError } from '../spec/index.js';
import type { ConformOptions } from './conform-options.js';
import { callerOf } from './facts.js';
import { behindOf, type Target } from './target.js';

/**
 * How one clause came out.
 *
 * @public
 */
export interface ClauseVerdict {
  readonly id: string;
  /** `pass` alone says that it was judged and held. */
  readonly verdict: 'pass' | 'fail' | 'blocked' | 'not-run';
  /** Why it was not judged. */
  readonly why?: string;
}

/**
 * What a target came to.
 *
 * @public
 */
export interface Conformance {
  /** `not-judged` where too little ran, or what differed could not be followed up; it is no pass. */
  readonly verdict: 'conforms' | 'differs' | 'not-judged';
  /** Each clause that was asked for. */
  readonly clauses: readonly ClauseVerdict[];
  /** Each distinct difference, reduced, in the lines that people read. */
  readonly differences: readonly { readonly clause: string; readonly text: string }[];
  /** The report that `clonecheck run` prints. */
  readonly report: string;
}

const RUNS = 10_000;
const SCENARIOS = 4_000;

/**
 * Generates cases, makes them on a target, judges each and reduces what differs: what `clonecheck run` does.
 *
 * @param target - from {@link openTarget}
 * @param options - which clauses, how many cases, as whom
 * @throws {@link InputError} where the target cannot be started, or no clause or caller is called so
 *
 * @example
 * ```ts
 * import { conform, openTarget } from 'clonecheck';
 *
 * const { verdict, differences } = await conform(openTarget('local'), { clauses: 'errors/fs-*', runs: 200 });
 * for (const { text } of differences) console.log(text);
 * console.log(verdict);
 * // conforms
 * ```
 *
 * @public
 */
export async function conform(target: Target, options: ConformOptions = {}): Promise<Conformance> {
  const { reached, claimed, unsupported } = behindOf(target);
  const { runs = RUNS, scenarios = SCENARIOS, callers, order = 'strict', level = 'linux', seconds } = options;
  const selects = selection(options.clauses ?? '*');
  const effects = EFFECTS.some(({ id }) => selects(id));
  const result = await run(reached, {
    runs,
    scenarios: effects ? scenarios : 0,
    seed: options.seed ?? Math.floor(Math.random() * 0x7fff_ffff),
    jobs: options.jobs ?? Math.max(1, Math.min(8, availableParallelism())),
    order,
    level,
    selects,
    unsupported,
    ...(claimed && { kernel: claimed }),
    ...(callers && { callers: callers.map((caller) => callerOf(caller).name) }),
    ...(seconds !== undefined && { seconds }),
  });
  const results = resultsOf(result, { order, minJudged: 1 });
  const status = exitStatus(result, 1);
  return {
    verdict: status === EXIT.conforms ? 'conforms' : status === EXIT.differs ? 'differs' : 'not-judged',
    clauses: result.clauses.map(({ id, verdict, why }) => ({ id, verdict, ...(why !== undefined && { why }) })),
    differences: results.findings
      .filter(({ unstable }) => !unstable)
      .map((finding) => ({ clause: finding.clause, text: findingText(finding).join('\n') })),
    report: terminal(results, false),
  };
}

/** Which clauses are asked for. */
function selection(patterns: string | readonly string[]): (clause: string) => boolean {
  const globs = [patterns].flat().map((pattern) => ({ pattern, matches: clauseGlob(pattern) }));
  const known = [...CLAUSE_IDS, ...EFFECTS.map(({ id }) => id)];
  const none = globs.find(({ matches }) => !known.some(matches));
  if (none !== undefined) throw new InputError(`no clause is called ${none.pattern}`, '`clonecheck spec` lists them');
  return (clause) => globs.some(({ matches }) => matches(clause));
}
