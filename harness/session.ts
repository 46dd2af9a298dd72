import type { Call, Caller, CallerFacts, StepResult } from '../spec/index.js';
import { InputError } from '../spec/index.js';
import type { Observation } from './case.js';
import { callerFacts } from './facts.js';
import { lostInWords, lostStepInWords } from './lost.js';
import { startProbe, type ProbeCommand, type ProbeProcess } from './probe-process.js';
import {
  parseTraceLine,
  type TraceCaller,
  type TraceHeader,
  type TraceLine,
  type TraceResult,
  type TraceStep,
} from './trace.js';
import { callLine, callerLine, type CaseRequest, type Request } from './wire.js';

/** What a target did with the calls of one caller. */
export interface BatchResult {
  /** What the caller said of itself; undefined where its state could not be reached. */
  readonly facts: CallerFacts | undefined;
  /** Why the state could not be reached. */
  readonly blocked: string | undefined;
  /** One for each call, in order. */
  readonly observations: readonly Observation[];
  /** Kinds of cgroup that could not be made, with the reason. */
  readonly missing: Readonly<Record<string, string>>;
  /** The probe's own words, for traces. */
  readonly answer: TraceCaller | undefined;
}

/** What makes calls as a caller: a probe, or a recording of one. */
export interface Runner {
  readonly run: (caller: Caller, calls: readonly Call[]) => Promise<BatchResult>;
}

/** What performs scenarios too. */
export interface Performer {
  /** @param anew - the caller is made once more, and says again what it is, though it made the batch before */
  readonly run: (caller: Caller, requests: readonly CaseRequest[], anew?: true) => Promise<BatchResult>;
}

/** How long a session waits, in milliseconds. */
export interface SessionOptions {
  /** For the next answer, while one is due. */
  readonly silenceMs?: number;
  /** For the header of a probe that was started. */
  readonly startMs?: number;
}

interface Batch {
  readonly caller: Caller;
  readonly calls: readonly Request[];
  readonly anew: boolean;
  readonly observations: Observation[];
  readonly resolve: (result: BatchResult) => void;
  /** The id of its first case. A case keeps its id when it is sent again. */
  readonly firstId: number;
  /** So many of its calls were sent to the probe that runs now, or were answered before. */
  sent: number;
  /** The probe that runs now was told the caller. */
  announced: boolean;
  answer: TraceCaller | undefined;
  /** Probes that ended in a row without an answer to one of its calls. */
  fruitless: number;
}

/** So often in a row a probe may end without an answer before the rest of a batch is given up. */
const FRUITLESS_STARTS = 4;
/** So many batches in a row may be given up before the target is. */
const FRUITLESS_BATCHES = 3;

/**
 * One probe process and the batches handed to it. A probe that dies, hangs or talks nonsense costs the case in flight; it is
 * started again for the rest, and every call handed in is answered exactly once.
 *
 * Cases are sent ahead, so after such an end nobody knows which of them was in flight. They are then sent again one at a
 * time, and the one that ends the probe once more was it. What kills the probe's conductor may still be answered, by the host, which
 * dies a moment later: so the answer of a suspect counts when the conductor has taken another line after it.
 */
export class ProbeSession implements Runner {
  /** Why probes ended that were not told to, also where what was in flight got its answer from the next one. */
  readonly deaths: string[] = [];
  private readonly batches: Batch[] = [];
  private process: ProbeProcess | undefined;
  private ended: Promise<void> = Promise.resolve();
  private header: TraceHeader | undefined;
  private opening: { resolve: (header: TraceHeader) => void; reject: (error: Error) => void } | undefined;
  private rest = '';
  private lines = 0;
  private nextId = 1;
  /** Cases below this id are sent one at a time. */
  private suspectsBelow = 0;
  /** The caller that the probe is, as far as lines have been sent. */
  private sentCaller: Caller | undefined;
  private callersDue = 0;
  private answeredCaller: TraceCaller | undefined;
  private footer = false;
  /** The head of the queue, whose last answer counts if the conductor is still there. */
  private unconfirmed: Batch | undefined;
  /** Nothing was asked since the conductor took a line: what ends the probe now is what is in flight. */
  private conductorLives = false;
  private progressed = false;
  /** What is wrong with the probe that is being ended. */
  private fault: string | undefined;
  private watchdog: NodeJS.Timeout | undefined;
  private givenUp = 0;
  /** Why nothing is run any more. */
  private over: string | undefined;

  constructor(
    private readonly command: ProbeCommand,
    private readonly options: SessionOptions = {},
  ) {}

  /**
   * Starts the probe.
   *
   * @throws InputError where it cannot be started or says nothing that makes sense
   */
  async open(): Promise<TraceHeader> {
    return new Promise<TraceHeader>((resolve, reject) => {
      this.opening = { resolve, reject };
      this.start();
    });
  }

  /** The command as people would type it. */
  get name(): string {
    return [this.command.file, ...this.command.args].join(' ');
  }

  /** Of the process that runs now; undefined between two. */
  get pid(): number | undefined {
    return this.process?.pid;
  }

  /**
   * Makes calls as one caller. Batches are worked off in the order in which they are handed in.
   *
   * @param anew - the caller is made once more, and says again what it is, though it made the batch before
   */
  async run(caller: Caller, calls: readonly Request[], anew?: true): Promise<BatchResult> {
    const { over } = this;
    if (over !== undefined) {
      const observations = calls.map((): Observation => ({ kind: 'lost', why: over }));
      return { ...resultOf(undefined, observations), blocked: over };
    }
    return new Promise((resolve) => {
      const firstId = this.nextId;
      this.nextId += Math.max(1, calls.length);
      this.batches.push({
        caller,
        calls,
        anew: anew === true,
        observations: [],
        resolve,
        firstId,
        sent: 0,
        announced: false,
        answer: undefined,
        fruitless: 0,
      });
      if (this.process === undefined) this.start();
      else this.send();
    });
  }

  /** Ends the probe, which cleans up after itself, and waits for its end. */
  async close(): Promise<void> {
    this.over ??= 'the session was closed';
    clearTimeout(this.watchdog);
    this.process?.end();
    // Before its header a probe has made nothing that it would have to clean up.
    if (this.header === undefined) this.process?.kill();
    const timer = setTimeout(() => this.process?.kill(), Math.min(10_000, this.patience));
    await this.ended;
    clearTimeout(timer);
  }

  /** How long the probe may be silent now. */
  private get patience(): number {
    const { silenceMs = 30_000, startMs = 30_000 } = this.options;
    return this.header === undefined ? startMs : silenceMs;
  }

  private start(): void {
    this.rest = '';
    this.lines = 0;
    this.fault = undefined;
    this.progressed = false;
    this.sentCaller = undefined;
    this.callersDue = 0;
    this.answeredCaller = undefined;
    this.header = undefined;
    this.footer = false;
    this.unconfirmed = undefined;
    this.conductorLives = false;
    for (const batch of this.batches) {
      batch.sent = batch.observations.length;
      batch.announced = false;
    }
    const probe = startProbe(this.command, (text) => {
      this.receive(text);
    });
    this.process = probe;
    this.ended = probe.ended.then((how) => {
      clearTimeout(this.watchdog);
      this.process = undefined;
      this.recover(this.fault === undefined ? how : probe.explain(this.fault));
    });
    this.watch();
    this.send();
  }

  /** Sends all that is handed in; of suspects one thing at a time: the caller, then each case. */
  private send(): void {
    if (this.process === undefined) return;
    if (this.header === undefined && this.command.hearsAfterHeader === true) return;
    this.settle();
    const lines: string[] = [];
    if (this.unconfirmed !== undefined) return;
    for (const batch of this.batches) {
      const suspect = batch.firstId + batch.observations.length < this.suspectsBelow;
      if (suspect && (this.callersDue > 0 || batch.sent > batch.observations.length)) break;
      // What is on its way already is not begun again by another caller in between.
      if (batch.announced && batch.sent === batch.calls.length) continue;
      const anew = batch.anew && !batch.announced;
      batch.announced = true;
      const caller = anew || this.sentCaller === undefined || !sameCaller(this.sentCaller, batch.caller);
      if (caller) {
        lines.push(callerLine(batch.caller));
        this.sentCaller = batch.caller;
        this.callersDue++;
      }
      const until = suspect ? batch.sent + (caller ? 0 : 1) : batch.calls.length;
      for (const call of batch.calls.slice(batch.sent, until)) {
        lines.push(callLine(String(batch.firstId + batch.sent), call));
        batch.sent++;
      }
      if (suspect) break;
    }
    if (lines.length === 0) return;
    this.process.write(`${lines.join('\n')}\n`);
    this.watch();
  }

  private receive(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    try {
      for (const line of lines) this.take(parseTraceLine(line, { file: 'probe', line: ++this.lines }));
      if (this.rest.length > 1_000_000) throw new InputError('a line without an end', '');
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.abandon(`the probe answered with ${error.what}`);
      return;
    }
    if (this.suspectsBelow > 0) this.send();
    if (lines.length > 0) this.watch();
  }

  private take(line: TraceLine): void {
    if (this.footer) throw new InputError('a line behind the footer', '');
    if (!('type' in line)) {
      this.takeResult(line);
      return;
    }
    switch (line.type) {
      case 'header':
        if (this.header !== undefined) throw new InputError('a second header', '');
        this.header = line;
        this.opening?.resolve(line);
        this.opening = undefined;
        this.send();
        break;
      case 'caller':
        this.takeCaller(line);
        break;
      case 'footer':
        this.footer = true;
        break;
    }
  }

  private takeCaller(line: TraceCaller): void {
    const [batch] = this.batches;
    if (this.callersDue === 0 || batch === undefined || !sameCaller(line, batch.caller)) {
      throw new InputError(`caller ${line.name} where ${this.callersDue === 0 ? 'none' : 'another'} was due`, '');
    }
    this.callersDue--;
    this.answeredCaller = line;
    this.conductorLives = true;
    this.unconfirmed = undefined;
    this.settle();
  }

  private takeResult(line: TraceResult): void {
    const [batch] = this.batches;
    const next = batch?.observations.length ?? 0;
    const due = batch !== undefined && next < batch.sent ? String(batch.firstId + next) : undefined;
    if (batch === undefined || line.id !== due) {
      throw new InputError(`a result for ${line.id} where ${due ?? 'none'} was due`, '');
    }
    if (this.answeredCaller === undefined || !sameCaller(this.answeredCaller, batch.caller)) {
      throw new InputError(`a result for ${line.id} before its caller`, '');
    }
    batch.answer ??= this.answeredCaller;
    batch.observations.push(observationOf(line));
    batch.fruitless = 0;
    this.givenUp = 0;
    this.progressed = true;
    this.conductorLives = false;
    if (Number(line.id) < this.suspectsBelow) this.confirm(batch);
    else this.settle();
  }

  /** Asks for the caller again, which the conductor alone can answer. */
  private confirm(batch: Batch): void {
    this.unconfirmed = batch;
    this.callersDue++;
    this.process?.write(`${callerLine(batch.caller)}\n`);
  }

  /** Hands back every batch at the head of the queue that is complete. */
  private settle(): void {
    for (;;) {
      const [batch] = this.batches;
      if (batch === undefined || batch.observations.length < batch.calls.length) return;
      if (batch === this.unconfirmed) return;
      if (batch.calls.length === 0) {
        // A batch without calls asks for the facts alone.
        if (this.answeredCaller === undefined || !sameCaller(this.answeredCaller, batch.caller)) return;
        batch.answer = this.answeredCaller;
        this.givenUp = 0;
        this.progressed = true;
      }
      this.batches.shift();
      batch.resolve(resultOf(batch.answer, batch.observations));
    }
  }

  /** A probe that says nothing for long while something is due is ended. */
  private watch(): void {
    clearTimeout(this.watchdog);
    if (this.over !== undefined || this.process === undefined) return;
    if (this.header !== undefined && this.batches.length === 0) return;
    const { patience } = this;
    this.watchdog = setTimeout(() => {
      this.abandon(`the probe gave no answer within ${String(patience / 1000)} s`);
    }, patience);
  }

  private abandon(why: string): void {
    this.fault ??= why;
    this.process?.kill();
  }

  /** After the probe's end: the case in flight is lost, the others go to a fresh probe. */
  private recover(why: string): void {
    if (this.opening !== undefined) {
      this.over ??= why;
      const hint = 'the target must run a static program with its standard input and output';
      this.opening.reject(new InputError(`${this.name}: ${why}`, hint));
      this.opening = undefined;
    }
    if (this.over !== undefined) {
      this.giveUpAll(why);
      return;
    }
    this.deaths.push(why);
    this.blame(why);
    this.settle();
    const [batch] = this.batches;
    if (batch === undefined) return;
    if (!this.progressed && ++batch.fruitless >= FRUITLESS_STARTS) {
      this.giveUp(batch, why);
      if (++this.givenUp >= FRUITLESS_BATCHES) {
        this.over = why;
        this.giveUpAll(why);
      }
    }
    if (this.batches.length > 0) this.start();
  }

  /** Where a single case was in flight it is lost; of several, each is tried alone, and so is one behind another that may have done it. */
  private blame(why: string): void {
    const { unconfirmed } = this;
    if (unconfirmed !== undefined) {
      this.unconfirmed = undefined;
      unconfirmed.observations.splice(-1, 1, { kind: 'lost', why });
      return;
    }
    const inFlight = this.batches.filter(({ sent, observations }) => sent > observations.length);
    const [batch] = inFlight;
    if (
      batch === undefined ||
      inFlight.length > 1 ||
      batch.sent > batch.observations.length + 1 ||
      this.callersDue > 0 ||
      !this.conductorLives
    ) {
      this.suspectsBelow = this.nextId;
      return;
    }
    batch.answer ??= this.answeredCaller;
    batch.observations.push({ kind: 'lost', why });
  }

  private giveUpAll(why: string): void {
    for (const batch of [...this.batches]) this.giveUp(batch, why);
  }

  private giveUp(batch: Batch, why: string): void {
    this.batches.splice(this.batches.indexOf(batch), 1);
    while (batch.observations.length < batch.calls.length) batch.observations.push({ kind: 'lost', why });
    const result = resultOf(batch.answer, batch.observations);
    batch.resolve(batch.answer === undefined ? { ...result, blocked: why } : result);
  }
}

function sameCaller(a: Caller, b: Caller): boolean {
  return a.name === b.name && a.attributes.join(' ') === b.attributes.join(' ');
}

/** A batch's result from the probe's words. */
export function resultOf(answer: TraceCaller | undefined, observations: readonly Observation[]): BatchResult {
  const raw = answer?.facts;
  return {
    answer,
    facts: raw === undefined ? undefined : callerFacts(raw),
    blocked: answer?.blocked,
    observations,
    missing: raw?.cgroup_missing ?? {},
  };
}

/** What a result line says. */
export function observationOf(line: TraceResult): Observation {
  const { steps } = line;
  if (steps !== undefined) {
    const at = steps.findIndex(({ lost }) => lost !== undefined);
    const lost = steps[at]?.lost;
    if (lost !== undefined) return { kind: 'lost', why: lostStepInWords(at + 1, steps.length, lost) };
    return { kind: 'steps', steps: steps.map(stepResult) };
  }
  if (line.sweep !== undefined) return { kind: 'sweep', answer: line.sweep };
  if (line.errno !== undefined) return { kind: 'refused', errno: line.errno };
  if (line.pid !== undefined) return { kind: 'child', pid: line.pid };
  const blocked = line.blocked ?? line.error;
  if (blocked !== undefined) return { kind: 'blocked', why: blocked };
  return { kind: 'lost', why: line.lost === undefined ? 'an answer without a result' : lostInWords(line.lost) };
}

function stepResult(step: TraceStep): StepResult {
  const { ret, errno, status, code, pid, blocked, gone } = step;
  if (gone !== undefined) return { kind: 'gone', how: gone, ...(typeof blocked === 'number' && { blocked }) };
  if (blocked === true) return { kind: 'blocked' };
  const since = blocked === undefined ? {} : { blocked };
  if (errno !== undefined) return { kind: 'failed', errno, ...since };
  if (ret !== undefined) {
    const child = { ...(status !== undefined && { status }), ...(code !== undefined && { code, pid: pid ?? 0 }) };
    return { kind: 'returned', value: ret, ...child, ...since };
  }
  return { kind: 'absent' };
}
