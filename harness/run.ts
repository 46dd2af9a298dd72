import fc from 'fast-check';
import {
  CALLERS,
  ERROR_CLAUSES,
  SPECIFICATION,
  formatCall,
  type Call,
  type Caller,
  type Clause,
  type KernelFacts,
  type KernelVersion,
} from '../spec/index.js';
import {
  IDIOMS,
  callers as callersArbitrary,
  calls as callsArbitrary,
  examplesFor,
  neighbours,
  type Example,
} from '../generators/index.js';
import { notAskedFor } from './besides.js';
import type { Case } from './case.js';
import { isScenario, runScenarioCorpus, type CorpusCase, type CorpusResult } from './corpus-run.js';
import { Coverage, reasonNotJudged, type CallerState, type ClauseResult } from './coverage.js';
import { discoverEnvironment, type Environment } from './environment.js';
import { kernelFacts } from './facts.js';
import { Hangs, unlessHung } from './hangs.js';
import { probeFeatures } from './features.js';
import { runEffects, type EffectsRun } from './effects-run.js';
import type { ExpectationReport } from './expectations-hold.js';
import type { ScenarioFinding } from './scenario-findings.js';
import { MOST_FINDINGS, distinctFindings, judgeOne, type Difference, type Finding } from './findings.js';
import type { Judgement } from './judge.js';
import type { JudgeOptions } from './judge-case.js';
import { unseenReasons, withUnseen } from './observers.js';
import { PairCounts, type PairCount } from './pairs.js';
import type { BatchResult, Performer, Runner } from './session.js';
import type { TraceHeader } from './trace.js';
import { unlessDeclared, withoutUnsupported, type Unsupported } from './unsupported.js';
import { unlessUsedUp } from './used-up.js';
import { withProbes, withSession, type OpenProbes, type Target } from './targets/target.js';

/** What a run is to do. */
export interface RunOptions extends JudgeOptions {
  /** Generated cases, besides the examples of the clauses. */
  readonly runs: number;
  /** Stop generating after so many seconds. */
  readonly seconds?: number;
  /** Scenarios, which judge effects; absent: none. */
  readonly scenarios?: number;
  readonly seed: number;
  /** Probes at once. */
  readonly jobs: number;
  /** The version that the target is held to, where it is not the one that it reports. */
  readonly kernel?: KernelVersion;
  /** Only clauses that this says yes to. */
  readonly selects?: (clause: string) => boolean;
  /** Only these callers. */
  readonly callers?: readonly string[];
  /** What the port declares that it does not have: not judged. */
  readonly unsupported?: Unsupported;
  readonly signal?: AbortSignal;
  /** Calls and scenarios that are run before anything else. */
  readonly corpus?: readonly CorpusCase[];
  /** The corpus alone: nothing else is made. */
  readonly asked?: boolean;
  readonly progress?: (cases: number) => void;
}

/** Cases that have no answer, for one reason. */
export interface Lost {
  readonly why: string;
  readonly cases: number;
  /** The first of them, with its caller, where it is a call alone: a target may not come back from it. */
  readonly first?: string;
}

/** What a run found. */
export interface RunResult {
  readonly target: string;
  readonly header: TraceHeader;
  readonly kernel: KernelFacts;
  readonly environment: readonly string[];
  readonly seed: number;
  readonly clauses: readonly ClauseResult[];
  readonly findings: readonly Finding[];
  readonly unstable: readonly Finding[];
  /** Differences that scenarios showed. */
  readonly scenarioFindings: readonly ScenarioFinding[];
  readonly unstableScenarios: readonly ScenarioFinding[];
  readonly scenarios: number;
  readonly scenarioCounts: Readonly<Record<Judgement['verdict'], number>>;
  /** Callers whose state could not be reached, with the reason. */
  readonly blockedCallers: readonly { readonly caller: string; readonly why: string }[];
  /** Cases by verdict. */
  readonly counts: Readonly<Record<Judgement['verdict'], number>>;
  /** Why cases were not run, with how many. */
  readonly lost: readonly Lost[];
  /** Why probes ended that were not told to. A run with one is no pass, though every case may have its answer. */
  readonly deaths: readonly string[];
  /** Where the run looked no further, though there may be more to find: a sentence each. */
  readonly limits: readonly string[];
  /** What became of calls with every two flags. */
  readonly pairs: readonly PairCount[];
  /** When the run began, as ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly cases: number;
  /** After how many cases and scenarios the first one differed; absent where none did. */
  readonly firstDifference?: { readonly cases?: number; readonly scenarios?: number };
  readonly seconds: number;
  readonly interrupted: boolean;
  /** Each case was asked for by itself: one that is blocked leaves the question open. */
  readonly asked?: boolean;
  /** What became of each case of the corpus. */
  readonly corpus?: readonly CorpusResult[];
  /** How the findings compare with those that the project expects; `findings` then holds only the others. */
  readonly expectations?: ExpectationReport;
}

/** Calls by one caller. */
export interface Batch {
  readonly caller: Caller;
  readonly calls: readonly Call[];
  /** The call is a case of the corpus. */
  readonly corpus?: Case;
}

const BATCH = 256;
const IN_FLIGHT = 2;
/** A run of so many generated cases makes what lies beside the examples too. */
const LONG = 5_000;
/** Differences kept for each fingerprint: the smallest is reduced, the others show whether it explains them. */
const KEPT = 2_000;

/**
 * Generates, runs, judges and reduces.
 *
 * @throws InputError where the target cannot be started
 * @throws Interrupted where the signal comes before the target has answered
 */
export async function run(target: Target, options: RunOptions): Promise<RunResult> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const judged = async ({ sessions, header }: OpenProbes): Promise<RunResult> => {
    const [first] = sessions;
    const tried = await probeFeatures(first, kernelFacts(header, options.kernel));
    const discovered = await discoverEnvironment(first, header, tried.probed);
    const environment = withoutUnsupported(discovered, options.unsupported ?? []);
    const kernel = await withUnseen(first, tried);
    const state = new RunState(kernel, environment, options);
    const hangs = new Hangs();
    const held = sessions.map((session) => unlessUsedUp(unlessHung(session, hangs), kernel));
    await Promise.all(held.map((session) => work(session, state)));
    const differing = [...state.differences.values()].flat();
    const found = await distinctFindings(differing, held[0] ?? first, kernel, environment, options);
    const calls = state.result();
    const effects = await judgeEffects(held, kernel, environment, options, found);
    return {
      ...calls,
      firstDifference: {
        ...(state.firstDifference !== undefined && { cases: state.firstDifference }),
        ...(effects?.firstFailure !== undefined && { scenarios: effects.firstFailure }),
      },
      clauses: [...calls.clauses, ...(effects?.clauses ?? [])].filter(({ id }) => options.selects?.(id) ?? true),
      scenarioFindings: effects?.findings ?? [],
      unstableScenarios: effects?.unstable ?? [],
      scenarios: effects?.scenarios ?? 0,
      scenarioCounts: effects?.counts ?? { pass: 0, fail: 0, blocked: 0, 'not-run': 0 },
      corpus: [...calls.corpus, ...(effects?.corpus ?? [])],
      lost: [...calls.lost, ...[...(effects?.lost ?? [])].map(([why, cases]) => ({ why, cases }))],
      deaths: sessions.flatMap((session) => session.deaths),
      target: target.name,
      header,
      kernel,
      environment: [...environment.reasons, ...unseenReasons(kernel)],
      seed: options.seed,
      limits: [...limitsOf(found), ...(effects?.limits ?? [])],
      startedAt,
      findings: found.filter(({ reproducible: { k, n } }) => k === n),
      unstable: found.filter(({ reproducible: { k, n } }) => k < n),
      seconds: (performance.now() - started) / 1000,
      interrupted: options.signal?.aborted === true,
    };
  };
  return withProbes(target, options.jobs, judged, options.signal);
}

/** Says that findings were given up at their limit. */
export function limitsOf(found: readonly Finding[]): readonly string[] {
  return found.length < MOST_FINDINGS
    ? []
    : [`after ${String(MOST_FINDINGS)} distinct differences of calls the run looked no further; there may be more`];
}

/** Effects need scenarios; they are judged where some are asked for. */
async function judgeEffects(
  sessions: readonly Performer[],
  kernel: KernelFacts,
  environment: Environment,
  { scenarios: count = 0, corpus = [], seed, level, unsupported = [], selects, signal }: RunOptions,
  known: readonly Finding[],
): Promise<(EffectsRun & { readonly corpus: readonly CorpusResult[] }) | undefined> {
  const [session] = sessions;
  const stored = corpus.filter(isScenario);
  if (session === undefined || signal?.aborted === true || (count === 0 && stored.length === 0)) return undefined;
  const { run: first, results } = await runScenarioCorpus(session, kernel, environment, stored);
  const wanted = {
    known,
    count,
    seed,
    first,
    level,
    unsupported,
    ...(selects && { selects }),
    ...(signal && { signal }),
  };
  return { ...(await runEffects(sessions, kernel, environment, wanted)), corpus: results };
}

/** Keeps a probe busy: the next batch is on its way before the last one is answered. */
async function work(session: Runner, state: RunState): Promise<void> {
  const inFlight: Promise<void>[] = [];
  for (let batch = state.next(); batch !== undefined; batch = state.next()) {
    const current = batch;
    inFlight.push(
      session.run(current.caller, current.calls).then((result) => {
        state.take(current, result);
      }),
    );
    if (inFlight.length >= IN_FLIGHT) await inFlight.shift();
  }
  await Promise.all(inFlight);
}

/** What a run has found so far, and what it does next. */
export class RunState {
  readonly differences = new Map<string, Difference[]>();
  private readonly coverage = new Coverage();
  private readonly states = new Map<string, CallerState>();
  private readonly counts = { pass: 0, fail: 0, blocked: 0, 'not-run': 0 };
  private readonly lost = new Map<string, Lost>();
  private readonly corpus: CorpusResult[] = [];
  private readonly pairs = new PairCounts();
  private readonly fixed: Iterator<Batch>;
  private readonly callers: readonly Caller[];
  private readonly deadline: number;
  private generated = 0;
  private batches = 0;
  private cases = 0;
  /** After how many cases the first one differed. */
  firstDifference: number | undefined;

  constructor(
    private readonly kernel: KernelFacts,
    private readonly environment: Environment,
    private readonly options: RunOptions,
  ) {
    const chosen = CALLERS.filter(({ name }) => options.callers?.includes(name) ?? true);
    this.callers = chosen.map(({ name, attributes }) => ({ name, attributes }));
    for (const caller of this.callers) {
      const blocked = environment.forbidsCaller(caller);
      if (blocked !== undefined) this.states.set(caller.name, { blocked });
    }
    this.fixed = this.fixedBatches();
    this.deadline = options.seconds === undefined ? Infinity : performance.now() + options.seconds * 1000;
  }

  private selects(clause: string): boolean {
    return this.options.selects?.(clause) ?? true;
  }

  /** What every run makes: the corpus, then each named caller with its examples, the idioms, and in a long run what lies beside the examples. */
  private *fixedBatches(): Generator<Batch> {
    for (const subject of this.options.corpus ?? [])
      if (!isScenario(subject)) yield { caller: subject.caller, calls: [subject.call], corpus: subject };
    for (const caller of this.callers) {
      if (this.isBlocked(caller.name)) continue;
      yield { caller, calls: [...this.examplesOf(caller).map(({ call }) => call), ...IDIOMS.map(({ call }) => call)] };
    }
    if (this.options.runs < LONG) return;
    for (const caller of this.callers) {
      if (this.isBlocked(caller.name)) continue;
      const beside = this.examplesOf(caller).flatMap((example) => neighbours(example));
      for (let from = 0; from < beside.length; from += BATCH) yield { caller, calls: beside.slice(from, from + BATCH) };
    }
  }

  /** The examples that a caller tries. */
  private examplesOf({ name }: Caller): readonly Example[] {
    const tried = [...examplesFor(name)];
    // Where root cannot be had, an ordinary user tries what root would show.
    if (name === 'user' && this.isBlocked('root')) tried.push(...examplesFor('root'));
    return tried.filter(({ clause }) => this.selects(clause));
  }

  /** The next batch to run; undefined when there is none left. */
  next(): Batch | undefined {
    if (this.options.signal?.aborted === true) return undefined;
    const fixed = this.fixed.next();
    if (fixed.done !== true) return fixed.value;
    const left = this.options.runs - this.generated;
    if (left <= 0 || performance.now() > this.deadline) return undefined;
    const caller = this.pickCaller();
    if (caller === undefined) return undefined;
    const count = Math.min(BATCH, left);
    this.generated += count;
    this.batches++;
    return {
      caller,
      calls: fc.sample(callsArbitrary({ caller: caller.name }), { seed: this.batchSeed(), numRuns: count }),
    };
  }

  private batchSeed(): number {
    return (Math.imul(this.options.seed, 0x9e37_79b1) + Math.imul(this.batches, 0x85eb_ca6b)) | 0;
  }

  /** Plain root and plain user in every second batch, where most rules are; the others in turn, or several states at once. */
  private pickCaller(): Caller | undefined {
    const open = this.callers.filter(({ name }) => !this.isBlocked(name));
    if (open.length === 0) return undefined;
    const plain = open.filter(({ name }) => name === 'root' || name === 'user');
    if (this.batches % 2 === 0 && plain.length > 0) return plain[(this.batches / 2) % plain.length];
    if (this.options.callers === undefined && this.batches % 8 === 1) {
      const [caller] = fc.sample(callersArbitrary(), { seed: this.batchSeed(), numRuns: 1 });
      if (caller !== undefined && !this.isBlocked(caller.name)) return caller;
    }
    return open[(((this.batches - 1) / 2) % open.length) | 0] ?? open[0];
  }

  private isBlocked(caller: string): boolean {
    const state = this.states.get(caller);
    return state !== undefined && 'blocked' in state;
  }

  /** Judges what came back. */
  take({ caller, calls, corpus }: Batch, result: BatchResult): void {
    const before = this.cases;
    this.cases += calls.length;
    const forbidden = this.environment.forbidsCaller(caller);
    const { observations, missing } = result;
    const { facts, blocked } = forbidden === undefined ? result : { facts: undefined, blocked: forbidden };
    if (!this.states.has(caller.name)) {
      this.states.set(
        caller.name,
        facts === undefined ? { blocked: blocked ?? 'it gave no answer' } : { facts, missing },
      );
    }
    const whole = facts === undefined ? undefined : { kernel: this.kernel, caller: facts };
    for (const [index, call] of calls.entries()) {
      const observation = observations[index] ?? { kind: 'lost', why: 'no answer' };
      const judgement: Judgement =
        whole === undefined
          ? observation.kind === 'lost'
            ? { verdict: 'not-run', why: observation.why }
            : { verdict: 'blocked', why: blocked ?? 'the caller could not be made' }
          : this.unlessBesides(
              unlessDeclared(
                judgeOne(whole, { caller, call }, observation, this.environment, this.options),
                this.options.unsupported ?? [],
              ),
            );
      if (corpus !== undefined) this.corpus.push({ subject: corpus, judgement });
      if (this.note({ caller, call }, judgement)) this.firstDifference ??= before + index + 1;
      this.pairs.add(call, observation, judgement);
    }
    this.options.progress?.(this.cases);
  }

  /** A difference by a clause that nobody asked for says nothing about those that were. */
  private unlessBesides(judgement: Judgement): Judgement {
    return judgement.verdict === 'fail' && !this.selects(judgement.clause)
      ? { verdict: 'blocked', why: notAskedFor(judgement.clause) }
      : judgement;
  }

  /** Keeps a judgement; says whether it is a difference. */
  private note(subject: Case, judgement: Judgement): boolean {
    this.counts[judgement.verdict]++;
    this.coverage.add(subject.caller.name, judgement);
    if (judgement.verdict === 'not-run') this.lose(judgement.why, subject);
    if (judgement.verdict !== 'fail') return false;
    const key = `${judgement.clause} ${judgement.kind}`;
    const kept = this.differences.get(key) ?? [];
    if (kept.length < KEPT) kept.push({ case: subject, judgement });
    this.differences.set(key, kept);
    return true;
  }

  private lose(why: string, { caller, call }: Case): void {
    const { cases, first } = this.lost.get(why) ?? { cases: 0, first: `${caller.name}: ${formatCall(call)}` };
    this.lost.set(why, { why, cases: cases + 1, ...(first !== undefined && { first }) });
  }

  /** Why clauses cannot be judged here, by id. */
  whyNotJudged(): ReadonlyMap<string, string> {
    const { clauses } = (this.options.specification ?? SPECIFICATION).errors;
    return new Map(
      clauses.flatMap((clause) => {
        const reason = reasonNotJudged(clause, this.kernel, this.states, this.environment);
        return reason === undefined ? [] : [[clause.id, reason.why] as const];
      }),
    );
  }

  result(): Pick<RunResult, 'clauses' | 'blockedCallers' | 'counts' | 'lost' | 'cases' | 'pairs'> & {
    readonly corpus: readonly CorpusResult[];
  } {
    const { otherwise, clauses } = (this.options.specification ?? SPECIFICATION).errors;
    const reason = (clause: Clause): ReturnType<typeof reasonNotJudged> =>
      reasonNotJudged(clause, this.kernel, this.states, this.environment);
    const asked = [...CALLERS, ...(this.options.corpus ?? []).map(({ caller }) => caller)].map(({ name }) => name);
    return {
      clauses: [
        ...clauses.map((clause) => this.coverage.result(clause.id, reason(clause))),
        this.coverage.result(otherwise.id, undefined),
      ].filter(({ id }) => this.selects(id)),
      blockedCallers: [...new Set(asked)].flatMap((caller) => {
        const state = this.states.get(caller);
        return state !== undefined && 'blocked' in state ? [{ caller, why: state.blocked }] : [];
      }),
      corpus: this.corpus,
      counts: this.counts,
      lost: [...this.lost.values()],
      cases: this.cases,
      pairs: this.pairs.counts(),
    };
  }
}

/** Everything that a run made, with what it made it from: to be judged again by another model. */
export interface RecordedRun {
  readonly kernel: KernelFacts;
  readonly environment: Environment;
  readonly batches: readonly (Batch & { readonly result: BatchResult })[];
  /** Clauses that this target and caller cannot show, with the reason. */
  readonly whyNotJudged: ReadonlyMap<string, string>;
}

/** Does what {@link run} does with one probe, and keeps it instead of judging it. */
export async function recordRun(target: Target, options: RunOptions): Promise<RecordedRun> {
  return withSession(target, async (session, header) => {
    const kernel = await probeFeatures(session, kernelFacts(header, options.kernel));
    return recordWith(session, kernel, await discoverEnvironment(session, header), options);
  });
}

/** Makes the calls of a run, in its order, and keeps the answers. */
export async function recordWith(
  runner: Runner,
  kernel: KernelFacts,
  environment: Environment,
  options: RunOptions,
): Promise<RecordedRun> {
  const state = new RunState(kernel, environment, options);
  const batches: (Batch & { readonly result: BatchResult })[] = [];
  for (let batch = state.next(); batch !== undefined; batch = state.next()) {
    const result = await runner.run(batch.caller, batch.calls);
    state.take(batch, result);
    batches.push({ ...batch, result });
  }
  return { kernel, environment, batches, whyNotJudged: state.whyNotJudged() };
}

/** Ids of all clauses that a run can report on. */
export const CLAUSE_IDS: readonly string[] = [...ERROR_CLAUSES.clauses.map(({ id }) => id), ERROR_CLAUSES.otherwise.id];
