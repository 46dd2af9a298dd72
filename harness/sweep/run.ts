import type { KernelFacts, KernelVersion, Order } from '../../spec/index.js';
import { discoverEnvironment, type Environment } from '../environment.js';
import { kernelFacts } from '../facts.js';
import { probeFeatures } from '../features.js';
import { distinctFindings, type Difference, type Finding } from '../findings.js';
import { limitsOf } from '../run.js';
import type { ProbeSession } from '../session.js';
import type { TraceHeader } from '../trace.js';
import { withProbes, type OpenProbes, type Target } from '../targets/target.js';
import { withoutUnsupported, type Unsupported } from '../unsupported.js';
import { pieces, rangeOfPart, without, type Part, type Range } from './ranges.js';
import type { SweepSpace } from './spaces.js';
import { UnitSweeper } from './unit.js';
import { Tally } from './tally.js';

/** What a sweep is to do. */
export interface SweepOptions {
  readonly spaces: readonly SweepSpace[];
  readonly order: Order;
  /** Probes at once. */
  readonly jobs: number;
  readonly part?: Part;
  /** The version that the target is held to, where it is not the one that it reports. */
  readonly kernel?: KernelVersion;
  /** Ranges that an earlier sweep has done. */
  readonly done?: readonly SweptRange[];
  readonly unsupported?: Unsupported;
  readonly signal?: AbortSignal;
  /** Once the target has said what it is. */
  readonly onStart?: (about: SweepStart) => void;
  readonly onRange?: (range: SweptRange) => void;
  /** Words done so far, of so many. */
  readonly progress?: (words: number, of: number) => void;
}

/** What is known when a sweep begins. */
export interface SweepStart {
  readonly target: string;
  readonly header: TraceHeader;
  readonly kernel: KernelFacts;
  readonly environment: readonly string[];
  readonly startedAt: string;
}

/** What came of a range: each of its words is as predicted, differs, did not differ again, or was not judged. */
export interface SweptRange extends Range {
  readonly sweep: string;
  readonly caller: string;
  readonly differences: number;
  readonly unstable: number;
  /** Of the words as predicted those to which more than one answer was allowed. */
  readonly open: number;
  /** Words by what came of them. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Words that could not be judged here, by the reason. */
  readonly notJudged: Readonly<Record<string, number>>;
  /** Words without an answer, by the reason. */
  readonly lost: Readonly<Record<string, number>>;
  /** Places of some words that differ. */
  readonly different: readonly number[];
  readonly seconds: number;
}

/** What a sweep found. */
export interface SweepResult extends SweepStart {
  /** Those that an earlier sweep has done come first. */
  readonly ranges: readonly SweptRange[];
  readonly findings: readonly Finding[];
  readonly unstable: readonly Finding[];
  /** Why probes ended that were not told to. */
  readonly deaths: readonly string[];
  /** Where it looked no further, though there may be more to find. */
  readonly limits: readonly string[];
  readonly seconds: number;
  readonly interrupted: boolean;
}

/** A stretch of one space that one probe sweeps. */
export interface Unit extends Range {
  readonly space: SweepSpace;
}

/** Words of a unit: some seconds of work at most. */
const BULK_UNIT = 1 << 18;
const CASE_UNIT = 1 << 11;
/** Differences kept for each fingerprint: the smallest is reduced, the others show whether it explains them. */
const KEPT = 2_000;

/**
 * Sweeps spaces: makes every word of them on the target, judges each, and reduces what differs.
 *
 * @throws InputError where the target cannot be started
 * @throws Interrupted where the signal comes before the target has answered
 */
export async function runSweep(target: Target, options: SweepOptions): Promise<SweepResult> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const swept = async ({ sessions, header }: OpenProbes): Promise<SweepResult> => {
    const [first] = sessions;
    const kernel = await probeFeatures(first, kernelFacts(header, options.kernel));
    const discovered = await discoverEnvironment(first, header, kernel.probed);
    const environment = withoutUnsupported(discovered, options.unsupported ?? []);
    const about = { target: target.name, header, kernel, environment: environment.reasons, startedAt };
    options.onStart?.(about);
    const state = new SweepState(kernel, environment, options);
    await state.rememberDifferences(first);
    await Promise.all(sessions.map((session) => state.work(session)));
    const found = await distinctFindings(state.kept(), first, kernel, environment, {
      order: options.order,
      level: 'linux',
      ...(options.signal && { signal: options.signal }),
    });
    return {
      ...about,
      ranges: [...(options.done ?? []), ...state.ranges],
      findings: found.filter(({ reproducible: { k, n } }) => k === n),
      unstable: found.filter(({ reproducible: { k, n } }) => k < n),
      deaths: sessions.flatMap(({ deaths }) => deaths),
      limits: limitsOf(found),
      seconds: (performance.now() - started) / 1000,
      interrupted: options.signal?.aborted === true,
    };
  };
  return withProbes(target, options.jobs, swept, options.signal);
}

/** The units that a sweep, or its part, consists of, without those that are done. */
function unitsOf({ spaces, part = { number: 1, of: 1 }, done = [] }: SweepOptions): readonly Unit[] {
  return spaces.flatMap((space) => {
    const own = done.filter(({ sweep, caller }) => sweep === space.name && caller === space.caller.name);
    const left = without(rangeOfPart(space.words, part), own);
    const size = space.bulk === undefined ? CASE_UNIT : BULK_UNIT;
    return left.flatMap((range) => pieces(range, size)).map((range) => ({ space, ...range }));
  });
}

/** What a sweep has found so far, and what it does next. */
class SweepState {
  readonly ranges: SweptRange[] = [];
  private readonly differences = new Map<string, Difference[]>();
  private readonly units: Unit[];
  private readonly total: number;
  private words = 0;

  constructor(
    private readonly kernel: KernelFacts,
    private readonly environment: Environment,
    private readonly options: SweepOptions,
  ) {
    this.units = [...unitsOf(options)];
    this.total = this.units.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** Sweeps with one probe until nothing is left. */
  async work(session: ProbeSession): Promise<void> {
    const sweeper = new UnitSweeper(session, this.kernel, this.environment, this.options, (words) => {
      this.words += words;
      this.options.progress?.(this.words, this.total);
    });
    while (this.options.signal?.aborted !== true) {
      const unit = this.units.shift();
      if (unit === undefined) return;
      const started = performance.now();
      const { tally, reached } = await sweeper.sweep(unit);
      this.note(tally.seen);
      if (reached === unit.from) continue;
      const seconds = (performance.now() - started) / 1000;
      const range = rangeLine({ ...unit, to: reached }, tally, seconds);
      this.ranges.push(range);
      this.options.onRange?.(range);
    }
  }

  /** Makes what differed in an earlier sweep again, so that findings are made of it too. */
  async rememberDifferences(session: ProbeSession): Promise<void> {
    const sweeper = new UnitSweeper(session, this.kernel, this.environment, this.options, () => undefined);
    for (const { sweep, caller, different } of this.options.done ?? []) {
      const space = this.options.spaces.find(({ name, caller: own }) => name === sweep && own.name === caller);
      if (space === undefined || different.length === 0) continue;
      const tally = new Tally();
      tally.doubts.push(...different.map((index) => ({ index, lost: false })));
      await sweeper.lookAgain(space, tally);
      this.note(tally.seen);
    }
  }

  private note(seen: readonly Difference[]): void {
    for (const difference of seen) {
      const key = `${difference.judgement.clause} ${difference.judgement.kind}`;
      const kept = this.differences.get(key) ?? [];
      if (kept.length < KEPT) kept.push(difference);
      this.differences.set(key, kept);
    }
  }

  kept(): readonly Difference[] {
    return [...this.differences.values()].flat();
  }
}

function rangeLine({ space, from, to }: Unit, tally: Tally, seconds: number): SweptRange {
  return {
    sweep: space.name,
    caller: space.caller.name,
    from,
    to,
    differences: tally.differences,
    unstable: tally.unstable,
    open: tally.open,
    outcomes: Object.fromEntries([...tally.outcomes].filter(([, words]) => words > 0)),
    notJudged: Object.fromEntries(tally.notJudged),
    lost: Object.fromEntries(tally.lost),
    different: tally.different,
    seconds,
  };
}
