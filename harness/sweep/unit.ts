import {
  InputError,
  SPECIFICATION,
  clone,
  predict,
  type Call,
  type Facts,
  type KernelFacts,
} from '../../spec/index.js';
import type { Observation } from '../case.js';
import type { Environment } from '../environment.js';
import { judge, type Judgement } from '../judge.js';
import type { ProbeSession } from '../session.js';
import { unlessDeclared } from '../unsupported.js';
import { WordJudge } from './judge-words.js';
import type { Range } from './ranges.js';
import type { SweepOptions, Unit } from './run.js';
import type { Bulk, SweepSpace } from './spaces.js';
import { Tally } from './tally.js';
import { wordsOf } from './words.js';

/** Words of one request: from the first to the most, as fast as the target answers. */
const FEWEST = 1 << 10;
const MOST = 1 << 15;
/** A request that takes less than this, in milliseconds, makes the next one larger; one that takes more than that, smaller. */
const QUICK = 60;
const SLOW = 600;
/** Cases of one request. */
const BATCH = 256;
const IN_FLIGHT = 2;
/** Of the words of a unit that are not as predicted so many are made again. */
const LOOKED_AT = 1 << 10;

/** What came of a unit: it was swept up to `reached`, all of it unless somebody interrupted. */
export interface Swept {
  readonly tally: Tally;
  readonly reached: number;
}

/** Sweeps units with one probe. */
export class UnitSweeper {
  private readonly judges = new Map<string, WordJudge>();
  private chunk = FEWEST;
  private last = 0;

  constructor(
    private readonly session: ProbeSession,
    private readonly kernel: KernelFacts,
    private readonly environment: Environment,
    private readonly options: Pick<SweepOptions, 'order' | 'unsupported' | 'signal'>,
    private readonly done: (words: number) => void,
  ) {}

  /** Sweeps one unit, and looks again at what is not as predicted. */
  async sweep(unit: Unit): Promise<Swept> {
    const { space, from, to } = unit;
    const tally = new Tally();
    const forbidden = this.environment.forbidsCaller(space.caller);
    if (forbidden !== undefined) {
      this.giveUp(tally, forbidden, to - from);
      return { tally, reached: to };
    }
    const reached = await (space.bulk === undefined ? this.sweepCases(unit, tally) : this.sweepInBulk(unit, tally));
    await this.lookAgain(space, tally);
    return { tally, reached };
  }

  private giveUp(tally: Tally, why: string, words: number, verdict: 'blocked' | 'not-run' = 'blocked'): void {
    tally.words += words;
    tally.unjudged(verdict, why, words);
    this.done(words);
  }

  private get stopped(): boolean {
    return this.options.signal?.aborted === true;
  }

  /** The probe makes the words by itself, as long as none makes a child. */
  private async sweepInBulk({ space, from, to }: Unit, tally: Tally): Promise<number> {
    const { each, step, rest, children } = bulkOf(space);
    const plain = clone(17n, rest);
    const { facts, blocked, observations } = await this.session.run(space.caller, [plain]);
    if (facts === undefined) {
      this.giveUp(tally, blocked ?? 'the caller could not be made', to - from);
      return to;
    }
    const whole = { kernel: this.kernel, caller: facts };
    const observation = observations[0] ?? { kind: 'lost', why: 'no answer' };
    if (!children && observation.kind !== 'refused') {
      const judgement = this.judgeCase(whole, plain, observation);
      if (judgement.verdict === 'fail') tally.seen.push({ case: { caller: space.caller, call: plain }, judgement });
      if (observation.kind === 'lost') this.giveUp(tally, observation.why, to - from, 'not-run');
      else this.giveUp(tally, 'RLIMIT_NPROC does not hold here, and words would make children', to - from);
      return to;
    }
    const judged = this.judgeFor(space, whole);
    const inFlight: Promise<void>[] = [];
    let at = from;
    while (at < to && !this.stopped) {
      const range = { from: at, to: at + Math.min(this.chunk, to - at, each - (at % each)) };
      at = range.to;
      inFlight.push(this.request(space, range, step, judged, tally));
      if (inFlight.length >= IN_FLIGHT) await inFlight.shift();
    }
    await Promise.all(inFlight);
    return at;
  }

  private judgeFor(space: SweepSpace, facts: Facts): WordJudge {
    const { caller } = space;
    let known = this.judges.get(caller.name);
    if (known === undefined) {
      known = new WordJudge(facts, bulkOf(space).rest, this.options.order, this.environment);
      this.judges.set(caller.name, known);
    }
    return known;
  }

  private async request(space: SweepSpace, range: Range, step: bigint, judged: WordJudge, tally: Tally): Promise<void> {
    const first = space.callAt(range.from);
    const count = range.to - range.from;
    if (first.call !== 'clone') throw new Error(`${space.name} is not of clone()`);
    const { observations } = await this.session.run(space.caller, [{ call: 'sweep', first, step, count }]);
    this.adapt(count);
    const observation = observations[0] ?? { kind: 'lost', why: 'no answer' };
    try {
      if (observation.kind !== 'sweep')
        throw new InputError('why' in observation ? observation.why : 'a sweep was answered like a call', '');
      judged.judge(space, range, wordsOf(observation.answer, count), tally);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      tally.words += count;
      tally.unjudged('not-run', error.what, count);
    }
    this.done(count);
  }

  /** Requests as long as the target needs about so long for one: short enough to be told and stopped, long enough to be no cost. */
  private adapt(count: number): void {
    const now = performance.now();
    const took = now - this.last;
    this.last = now;
    if (took < QUICK && count === this.chunk) this.chunk = Math.min(MOST, this.chunk * 2);
    else if (took > SLOW) this.chunk = Math.max(FEWEST, this.chunk / 2);
  }

  /** Case by case, with a fresh caller where the last one has had a child. */
  private async sweepCases({ space, from, to }: Unit, tally: Tally): Promise<number> {
    const inFlight: Promise<void>[] = [];
    let at = from;
    while (at < to && !this.stopped) {
      const range = { from: at, to: Math.min(to, at + BATCH) };
      at = range.to;
      inFlight.push(this.batch(space, range, tally));
      if (inFlight.length >= IN_FLIGHT) await inFlight.shift();
    }
    await Promise.all(inFlight);
    return at;
  }

  private async batch(space: SweepSpace, { from, to }: Range, tally: Tally): Promise<void> {
    const calls = Array.from({ length: to - from }, (_, index) => space.callAt(from + index));
    const { facts, blocked, observations } = await this.session.run(space.caller, calls);
    if (facts === undefined) {
      this.giveUp(tally, blocked ?? 'the caller could not be made', to - from);
      return;
    }
    for (const [index, call] of calls.entries()) {
      const observation = observations[index] ?? { kind: 'lost', why: 'no answer' };
      const judgement = this.judgeCase({ kernel: this.kernel, caller: facts }, call, observation);
      tally.words++;
      tally.came(observation.kind === 'refused' ? observation.errno : observation.kind, 1);
      if (judgement.verdict === 'fail') tally.doubts.push({ index: from + index, lost: false });
      else if (judgement.verdict === 'pass') tally.open += judgement.open ? 1 : 0;
      else tally.unjudged(judgement.verdict, judgement.why, 1);
    }
    this.done(to - from);
  }

  /** Makes words that were not as predicted once more: those with the fewest flags, if there are too many. */
  async lookAgain(space: SweepSpace, tally: Tally): Promise<void> {
    const doubts = [...tally.doubts].sort((one, other) => bitsOf(one.index) - bitsOf(other.index));
    const again = doubts.slice(0, LOOKED_AT);
    for (const { index, lost } of doubts.slice(LOOKED_AT)) {
      if (lost) tally.unjudged('not-run', 'its process ended without an answer', 1);
      else tally.differs(index);
    }
    if (again.length === 0) return;
    const calls = again.map(({ index }) => space.callAt(index));
    const { facts, blocked, observations } = await this.session.run(space.caller, calls);
    for (const [at, call] of calls.entries()) {
      const index = again[at]?.index ?? 0;
      const observation = observations[at] ?? { kind: 'lost', why: 'no answer' };
      const judgement: Judgement =
        facts === undefined
          ? { verdict: 'blocked', why: blocked ?? 'the caller could not be made' }
          : this.judgeCase({ kernel: this.kernel, caller: facts }, call, observation);
      if (judgement.verdict === 'pass') tally.unstable++;
      else if (judgement.verdict !== 'fail') tally.unjudged(judgement.verdict, judgement.why, 1);
      else {
        tally.differs(index);
        tally.seen.push({ case: { caller: space.caller, call }, judgement });
      }
    }
  }

  private judgeCase(facts: Facts, call: Call, observation: Observation): Judgement & { readonly open?: boolean } {
    const forbidden = this.environment.forbids(call);
    if (forbidden !== undefined) return { verdict: 'blocked', why: forbidden };
    const prediction = predict(facts, call, { order: this.options.order });
    const judgement = judge(prediction, observation, SPECIFICATION.errors.otherwise.id);
    const open = judgement.verdict === 'pass' && prediction.allowed.length > 1;
    return { ...unlessDeclared(judgement, this.options.unsupported ?? []), open };
  }
}

function bulkOf({ name, bulk }: SweepSpace): Bulk {
  if (bulk === undefined) throw new Error(`${name} is not swept by the probe`);
  return bulk;
}

function bitsOf(index: number): number {
  let bits = 0;
  for (let rest = index; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}
