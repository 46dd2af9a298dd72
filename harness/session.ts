import { execa, type ResultPromise } from 'execa';
import type { Call, Caller, CallerFacts } from '../spec/index.js';
import { InputError } from '../spec/index.js';
import type { Observation } from './case.js';
import { callerFacts } from './facts.js';
import { parseTraceLine, type TraceCaller, type TraceHeader, type TraceLine, type TraceResult } from './trace.js';
import { callLine, callerLine } from './wire.js';

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

/** How a probe is started. */
export interface ProbeCommand {
  readonly file: string;
  readonly args: readonly string[];
}

interface Batch {
  readonly caller: Caller;
  readonly calls: readonly Call[];
  readonly observations: Observation[];
  readonly resolve: (result: BatchResult) => void;
  firstId: number;
  answer: TraceCaller | undefined;
}

type Process = ResultPromise<{ buffer: false; reject: false; stdin: 'pipe'; stdout: 'pipe'; stderr: 'pipe' }>;

type PipedProcess = Process & {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
};

/** So often in a row a probe may end without an answer before the rest is given up. */
const FRUITLESS_STARTS = 3;

/**
 * One probe process and the batches handed to it. A probe that dies, hangs or talks nonsense costs the case in flight; it is
 * started again for the rest, and every call handed in is answered exactly once.
 */
export class ProbeSession implements Runner {
  private readonly batches: Batch[] = [];
  private process: PipedProcess | undefined;
  private header: TraceHeader | undefined;
  private headerWaiters: ((header: TraceHeader) => void)[] = [];
  private headerFailures: ((error: Error) => void)[] = [];
  private rest = '';
  private stderr = '';
  private lines = 0;
  private nextId = 1;
  /** The caller that the probe is, as far as lines have been sent. */
  private sentCaller: Caller | undefined;
  private answeredCaller: TraceCaller | undefined;
  private fruitless = 0;
  private progressed = false;
  private fault: string | undefined;
  private watchdog: NodeJS.Timeout | undefined;
  private closing = false;
  private ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly command: ProbeCommand,
    private readonly options: { readonly silenceMs?: number } = {},
  ) {}

  /**
   * Starts the probe.
   *
   * @throws InputError where it cannot be started or says nothing that makes sense
   */
  async open(): Promise<TraceHeader> {
    const header = new Promise<TraceHeader>((resolve, reject) => {
      this.headerWaiters.push(resolve);
      this.headerFailures.push(reject);
    });
    this.start();
    return header;
  }

  /** The command as people would type it. */
  get name(): string {
    return [this.command.file, ...this.command.args].join(' ');
  }

  /** Makes calls as one caller. Batches are worked off in the order in which they are handed in. */
  async run(caller: Caller, calls: readonly Call[]): Promise<BatchResult> {
    return new Promise((resolve) => {
      const batch: Batch = { caller, calls, observations: [], resolve, firstId: 0, answer: undefined };
      this.batches.push(batch);
      if (this.fruitless >= FRUITLESS_STARTS) this.giveUp();
      else this.send(batch);
    });
  }

  /** Ends the probe, which cleans up after itself, and waits for its end. */
  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.watchdog);
    this.process?.stdin.end();
    const timer = setTimeout(() => this.process?.kill('SIGKILL'), 10_000);
    await this.ended;
    clearTimeout(timer);
  }

  private start(): void {
    this.rest = '';
    this.stderr = '';
    this.lines = 0;
    this.fault = undefined;
    this.progressed = false;
    this.sentCaller = undefined;
    this.answeredCaller = undefined;
    this.header = undefined;
    const subprocess = execa(this.command.file, this.command.args, {
      buffer: false,
      reject: false,
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    }) as unknown as PipedProcess;
    this.process = subprocess;
    subprocess.stdout.setEncoding('latin1');
    subprocess.stdout.on('data', (text: string) => {
      this.receive(text);
    });
    subprocess.stderr.setEncoding('utf8');
    subprocess.stderr.on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-2_000);
    });
    // A probe that is gone cannot be written to; its end tells.
    subprocess.stdin.on('error', () => undefined);
    this.ended = this.awaitEnd(subprocess);
    this.watch();
  }

  private async awaitEnd(subprocess: PipedProcess): Promise<void> {
    const { exitCode, signal, failed, shortMessage } = await subprocess;
    clearTimeout(this.watchdog);
    if (this.process !== subprocess) return;
    this.process = undefined;
    const said = this.stderr.trim().split('\n').at(-1) ?? '';
    const end =
      signal !== undefined
        ? `died of ${signal}`
        : exitCode !== undefined
          ? `exited with ${String(exitCode)}`
          : failed
            ? (shortMessage ?? 'failed')
            : 'ended';
    this.recover(this.fault ?? `the probe ${end}${said === '' ? '' : `: ${said}`}`);
  }

  private send(batch: Batch): void {
    const { process } = this;
    if (process === undefined) return;
    const lines: string[] = [];
    if (this.sentCaller === undefined || !sameCaller(this.sentCaller, batch.caller)) {
      lines.push(callerLine(batch.caller));
      this.sentCaller = batch.caller;
    }
    batch.firstId = this.nextId;
    for (let index = batch.observations.length; index < batch.calls.length; index++) {
      const call = batch.calls[index];
      if (call !== undefined) lines.push(callLine(String(batch.firstId + index), call));
    }
    this.nextId = batch.firstId + batch.calls.length;
    lines.push('');
    process.stdin.write(lines.join('\n'));
    this.watch();
    this.settle();
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
    this.watch();
  }

  private take(line: TraceLine): void {
    if (!('type' in line)) {
      this.takeResult(line);
      return;
    }
    switch (line.type) {
      case 'header':
        this.header = line;
        for (const resolve of this.headerWaiters) resolve(line);
        this.headerWaiters = [];
        this.headerFailures = [];
        break;
      case 'caller':
        this.answeredCaller = line;
        this.settle();
        break;
      case 'footer':
        break;
    }
  }

  private takeResult(line: TraceResult): void {
    const batch = this.batches[0];
    const expected = batch === undefined ? undefined : String(batch.firstId + batch.observations.length);
    if (batch === undefined || line.id !== expected) {
      throw new InputError(`a result for ${line.id} where ${expected ?? 'none'} was due`, '');
    }
    batch.answer ??= this.answeredCaller;
    batch.observations.push(observationOf(line));
    this.progressed = true;
    this.fruitless = 0;
    this.settle();
  }

  /** Hands back every batch at the head of the queue that is complete. */
  private settle(): void {
    for (;;) {
      const batch = this.batches[0];
      if (batch === undefined || batch.observations.length < batch.calls.length) return;
      if (batch.calls.length === 0) {
        // A batch without calls asks for the facts alone.
        if (this.answeredCaller === undefined || !sameCaller(this.answeredCaller, batch.caller)) return;
        batch.answer = this.answeredCaller;
      }
      this.batches.shift();
      batch.resolve(batchResult(batch));
    }
  }

  /** A probe that says nothing for long while something is due is ended. */
  private watch(): void {
    clearTimeout(this.watchdog);
    if (this.closing || this.process === undefined) return;
    if (this.header !== undefined && this.batches.length === 0) return;
    const silence = this.options.silenceMs ?? 30_000;
    this.watchdog = setTimeout(() => {
      this.abandon(`the probe gave no answer within ${String(silence / 1000)} s`);
    }, silence);
  }

  private abandon(why: string): void {
    this.fault ??= why;
    this.process?.stdout.removeAllListeners('data');
    this.process?.kill('SIGKILL');
  }

  /** After the probe's end: the case in flight is lost, the others go to a fresh probe. */
  private recover(why: string): void {
    if (this.header === undefined) {
      this.fruitless = FRUITLESS_STARTS;
      const error = new InputError(
        `${this.name}: ${why}`,
        'the target must run a static program with its standard input and output',
      );
      for (const reject of this.headerFailures) reject(error);
      this.headerFailures = [];
      this.headerWaiters = [];
    }
    const batch = this.batches[0];
    if (batch !== undefined && batch.observations.length < batch.calls.length) {
      batch.answer ??=
        this.answeredCaller !== undefined && sameCaller(this.answeredCaller, batch.caller)
          ? this.answeredCaller
          : undefined;
      batch.observations.push({ kind: 'lost', why });
    }
    if (!this.progressed) this.fruitless++;
    if (this.closing || this.fruitless >= FRUITLESS_STARTS) {
      this.giveUp(why);
      return;
    }
    if (this.batches.length === 0) return;
    const waiting = [...this.batches];
    this.start();
    for (const each of waiting) this.send(each);
  }

  private giveUp(why = 'the probe cannot be kept running'): void {
    for (const batch of this.batches.splice(0)) {
      while (batch.observations.length < batch.calls.length) batch.observations.push({ kind: 'lost', why });
      batch.resolve(batchResult(batch));
    }
  }
}

function sameCaller(a: Caller, b: Caller): boolean {
  return a.name === b.name && a.attributes.join(' ') === b.attributes.join(' ');
}

function batchResult({ answer, observations }: Batch): BatchResult {
  return resultOf(answer, observations);
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
  if (line.errno !== undefined) return { kind: 'refused', errno: line.errno };
  if (line.pid !== undefined) return { kind: 'child', pid: line.pid };
  const blocked = line.blocked ?? line.error;
  if (blocked !== undefined) return { kind: 'blocked', why: blocked };
  return { kind: 'lost', why: line.lost ?? 'an answer without a result' };
}
