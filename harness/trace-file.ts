import { InputError, parseCall, parseStep } from '../spec/index.js';
import type { Observation } from './case.js';
import type { ProbeLines } from './probe-lines.js';
import { observationOf } from './session.js';
import { parseTraceLine, type TraceCaller, type TraceHeader, type TraceResult } from './trace.js';
import type { CaseRequest } from './wire.js';

/** A trace that was read: the same batches in the same order. */
export interface Trace {
  readonly header: TraceHeader;
  readonly batches: readonly RecordedBatch[];
  /** False where the footer is missing: whoever wrote the trace did not come to its end. */
  readonly whole: boolean;
  /** The cases were chosen by hand, so that no clause was missed that they do not tell apart. */
  readonly asked: boolean;
}

/** What one caller said of itself, and what became of its cases. */
export interface RecordedBatch {
  readonly answer: TraceCaller;
  readonly requests: readonly CaseRequest[];
  readonly observations: readonly Observation[];
}

/**
 * Reads a trace.
 *
 * @param lines - what the probe was given, where the trace is the probe's own output and does not say what its cases are
 * @throws InputError with file and line where a line is cut off, is no line of a trace, or stands where it cannot
 */
export function readTrace(text: string, file: string, lines?: ProbeLines): Trace {
  let header: TraceHeader | undefined;
  const batches: { answer: TraceCaller; requests: CaseRequest[]; observations: Observation[] }[] = [];
  let footer: { readonly cases: number; readonly asked: boolean } | undefined;
  const open = new Set(lines?.requests.keys());
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
      if (batch === undefined) throw misplaced('a result before any caller');
      const request = requestOf(parsed, lines, place);
      if (request === undefined) throw misplaced('a result without its call');
      if (lines !== undefined && !open.delete(parsed.id)) throw misplaced(`a second result for ${parsed.id}`);
      batch.requests.push(request);
      batch.observations.push(observationOf(parsed));
    } else if (parsed.type === 'caller') batches.push({ answer: parsed, requests: [], observations: [] });
    else footer = parsed;
  }
  if (header === undefined)
    throw new InputError('there is no header', 'a trace is what `clonecheck exec` writes', { file, line: 1 });
  const cases = batches.reduce((sum, { requests }) => sum + requests.length, 0);
  if (footer !== undefined && footer.cases !== cases) {
    throw new InputError(
      `the footer counts ${String(footer.cases)} cases, the trace holds ${String(cases)}`,
      'the trace was cut or joined; make it again',
      { file },
    );
  }
  // A probe that was given a part of the lines ends with a footer too.
  const asked = lines?.asked ?? footer?.asked ?? false;
  return { header, batches, whole: footer !== undefined && open.size === 0, asked };
}

function requestOf(
  { id, call, scenario }: TraceResult,
  lines: ProbeLines | undefined,
  place: { readonly file: string; readonly line: number },
): CaseRequest | undefined {
  if (call !== undefined) return parseCall(call, place).call;
  if (scenario !== undefined) return { call: 'scenario', steps: scenario.map((step) => parseStep(step, place)) };
  return lines?.requests.get(id);
}
