import { formatCall, formatStep, type Caller, type StepResult } from '../spec/index.js';
import type { Observation } from './case.js';
import type { BatchResult } from './session.js';
import type { TraceStep } from './trace.js';
import type { CaseRequest } from './wire.js';

/** The lines of one batch: what the caller said of itself, then a line for each case with the case itself. */
export function batchLines(
  caller: Caller,
  requests: readonly CaseRequest[],
  { answer, observations }: BatchResult,
): string {
  const lines: object[] = [answer ?? { type: 'caller', ...caller, blocked: 'the probe gave no answer' }];
  for (const [index, request] of requests.entries()) {
    lines.push({ id: String(index), ...subjectOf(request), ...resultFields(observations[index]) });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function subjectOf(request: CaseRequest): object {
  return request.call === 'scenario' ? { scenario: request.steps.map(formatStep) } : { call: formatCall(request) };
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
      return { steps: observation.steps.map(stepFields) };
    case 'lost':
      return { lost: observation.why };
    case 'sweep': // which no case asks for
    case undefined:
      return { lost: 'no answer' };
  }
}

/** A step's result as the probe writes it. */
function stepFields(result: StepResult): TraceStep {
  switch (result.kind) {
    case 'returned': {
      const { value, kind: _, ...rest } = result;
      const { pid, ...others } = rest;
      return { ret: Number(value), ...others, ...(pid !== undefined && { pid: Number(pid) }) };
    }
    case 'failed': {
      const { kind: _, ...rest } = result;
      return rest;
    }
    case 'gone': {
      const { how, blocked } = result;
      return { gone: how, ...(blocked !== undefined && { blocked }) };
    }
    case 'blocked':
      return { blocked: true };
    case 'absent':
    case 'open':
      return { absent: true };
  }
}
