import { InputError, formatCall, parseCall, type Call, type Caller, type KernelVersion } from '../spec/index.js';
import type { Case, Observation } from './case.js';
import { discoverEnvironment } from './environment.js';
import { kernelFacts } from './facts.js';
import { probeFeatures } from './features.js';
import type { Finding } from './findings.js';
import { RunState, type Batch, type RunOptions, type RunResult } from './run.js';
import { observationOf, resultOf, type BatchResult, type Runner } from './session.js';
import type { Target } from './targets/target.js';
import { withoutUnsupported } from './unsupported.js';
import { parseTraceLine, type TraceCaller, type TraceHeader } from './trace.js';

/**
 * Makes a trace: what `run` would do, without judging. A header, then for each batch the caller's own words and a line a call, then
 * a footer with their number.
 *
 * @param write - takes whole lines
 */
export async function recordTrace(
  target: Target,
  options: RunOptions,
  write: (text: string) => void,
): Promise<{ readonly cases: number }> {
  const session = await target.session();
  let cases = 0;
  try {
    const header = await session.open();
    write(`${JSON.stringify(header)}\n`);
    const recorder: Runner = {
      run: async (caller, calls) => {
        const result = await session.run(caller, calls);
        cases += calls.length;
        write(batchLines(caller, calls, result));
        return result;
      },
    };
    const kernel = await probeFeatures(recorder, kernelFacts(header, options.kernel));
    const environment = await discoverEnvironment(recorder, header);
    const state = new RunState(kernel, environment, options);
    for (let batch = state.next(); batch !== undefined; batch = state.next()) {
      state.take(batch, await recorder.run(batch.caller, batch.calls));
    }
    // An interrupted trace has no footer, and whoever checks it sees that it is not whole.
    if (options.signal?.aborted !== true) write(`${JSON.stringify({ type: 'footer', cases })}\n`);
    return { cases };
  } finally {
    await session.close();
  }
}

function batchLines(caller: Caller, calls: readonly Call[], { answer, observations }: BatchResult): string {
  const lines: object[] = [answer ?? { type: 'caller', ...caller, blocked: 'the probe gave no answer' }];
  for (const [index, call] of calls.entries()) {
    lines.push({ id: String(index), call: formatCall(call), ...resultFields(observations[index]) });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function resultFields(observation: Observation | undefined): object {
  switch (observation?.kind) {
    case 'refused':
      return { errno: observation.errno };
    case 'child':
      return { pid: observation.pid };
    case 'blocked':
      return { blocked: observation.why };
    case 'steps':
      return { lost: 'a scenario' };
    case 'lost':
      return { lost: observation.why };
    case undefined:
      return { lost: 'no answer' };
  }
}

/** A trace that was read: the same batches in the same order. */
export interface Trace {
  readonly header: TraceHeader;
  readonly batches: readonly RecordedBatch[];
  /** False where the footer is missing: whoever wrote the trace did not come to its end. */
  readonly whole: boolean;
}

interface RecordedBatch extends Batch {
  readonly answer: TraceCaller;
  readonly observations: readonly Observation[];
}

/**
 * Reads a trace.
 *
 * @throws InputError with file and line where a line is cut off, is no line of a trace, or stands where it cannot
 */
export function readTrace(text: string, file: string): Trace {
  let header: TraceHeader | undefined;
  const batches: (RecordedBatch & { readonly calls: Call[]; readonly observations: Observation[] })[] = [];
  let footer: number | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const place = { file, line: index + 1 };
    const misplaced = (what: string): InputError =>
      new InputError(what, 'a trace is a header, callers with their results, and a footer', place);
    const parsed = parseTraceLine(line, place);
    if (footer !== undefined) throw misplaced('a line behind the footer');
    if ('type' in parsed && parsed.type === 'header') {
      if (header !== undefined) throw misplaced('a second header');
      header = parsed;
      continue;
    }
    if (header === undefined) throw misplaced('a line before the header');
    if (!('type' in parsed)) {
      const batch = batches.at(-1);
      if (batch === undefined || parsed.call === undefined)
        throw misplaced(batch === undefined ? 'a result before any caller' : 'a result without its call');
      batch.calls.push(parseCall(parsed.call, place).call);
      batch.observations.push(observationOf(parsed));
    } else if (parsed.type === 'caller') {
      batches.push({
        caller: { name: parsed.name, attributes: parsed.attributes },
        calls: [],
        answer: parsed,
        observations: [],
      });
    } else {
      footer = parsed.cases;
    }
  }
  if (header === undefined)
    throw new InputError('there is no header', 'a trace is what `clonecheck exec` writes', { file, line: 1 });
  const cases = batches.reduce((sum, { calls }) => sum + calls.length, 0);
  if (footer !== undefined && footer !== cases) {
    throw new InputError(
      `the footer counts ${String(footer)} cases, the trace holds ${String(cases)}`,
      'the trace was cut or joined; make it again',
      { file },
    );
  }
  return { header, batches, whole: footer !== undefined };
}

/**
 * Judges a trace, anywhere and as often as one likes. Nothing can be run again, so differences are not reduced: the smallest
 * case of each is shown.
 *
 * @throws InputError where the trace does not begin with the calls that show features and environment
 */
export async function checkTrace(
  trace: Trace,
  file: string,
  options: Omit<RunOptions, 'runs' | 'jobs'> & { readonly kernel?: KernelVersion },
): Promise<RunResult> {
  const started = performance.now();
  const { header, batches } = trace;
  let position = 0;
  const replayed: Runner = {
    run: (caller, calls) => {
      const batch = batches[position++];
      const same = batch?.caller.name === caller.name && batch.calls.length === calls.length;
      if (!same || batch.calls.some((call, index) => formatCall(call) !== formatCall(calls[index] ?? call))) {
        return Promise.reject(
          new InputError(
            'the trace does not begin with the calls that show features and environment',
            'make it again with this version of clonecheck',
            { file },
          ),
        );
      }
      return Promise.resolve(resultOf(batch.answer, batch.observations));
    },
  };
  const kernel = await probeFeatures(replayed, kernelFacts(header, options.kernel));
  const environment = withoutUnsupported(
    await discoverEnvironment(replayed, header, kernel.probed),
    options.unsupported ?? [],
  );
  const state = new RunState(kernel, environment, { ...options, runs: 0, jobs: 1 });
  for (const batch of batches.slice(position)) {
    if (options.callers?.includes(batch.caller.name) === false) continue;
    state.take(batch, resultOf(batch.answer, batch.observations));
  }
  return {
    ...state.result(),
    target: `file:${file}`,
    header,
    kernel,
    environment: environment.reasons,
    seed: options.seed,
    findings: [...state.differences.values()].flatMap(smallest),
    unstable: [],
    scenarioFindings: [],
    deaths: [],
    unstableScenarios: [],
    scenarios: 0,
    scenarioCounts: { pass: 0, fail: 0, blocked: 0, 'not-run': 0 },
    seconds: (performance.now() - started) / 1000,
    interrupted: !trace.whole,
  };
}

function smallest(
  differences: readonly {
    readonly case: Case;
    readonly judgement: Pick<Finding, 'clause' | 'kind' | 'expected' | 'observed'>;
  }[],
): readonly Finding[] {
  const size = ({ caller, call }: Case): number => caller.attributes.length * 40 + formatCall(call).length;
  const [first] = [...differences].sort((a, b) => size(a.case) - size(b.case));
  if (first === undefined) return [];
  const { clause, kind, expected, observed } = first.judgement;
  return [
    { clause, kind, expected, observed, minimal: first.case, reproducible: { k: 1, n: 1 }, runs: 0, complete: false },
  ];
}
