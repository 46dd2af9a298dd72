import { CLONE_ARGS_FIELDS, type Call, type Caller, type CloneCall, type Step } from '../spec/index.js';

/** A step that does harm, for tests of the harness: the model knows nothing of it. `harness/probe/SCENARIOS.md` lists them. */
export type HostileStep = { readonly task: number } & (
  | { readonly op: 'kill_host' | 'kill_conductor' | 'kill_group'; readonly signal: number }
  | { readonly op: 'spin' | 'forks_without_end' }
);

/** Several tasks that perform a schedule of steps. */
export interface ScenarioRequest {
  readonly call: 'scenario';
  readonly steps: readonly (Step | HostileStep)[];
}

/** A case: a call, or a scenario of steps that do no harm. */
export type CaseRequest = Call | { readonly call: 'scenario'; readonly steps: readonly Step[] };

/** A clone() and those with the next `count - 1` flag words, `step` apart, one after another. */
export interface SweepRequest {
  readonly call: 'sweep';
  readonly first: CloneCall;
  readonly step: bigint;
  /** At most 32768. */
  readonly count: number;
}

/** What a probe can be asked to do. */
export type Request = Call | ScenarioRequest | SweepRequest;

/** The line that makes the probe become a caller. */
export function callerLine(caller: Caller): string {
  return ['caller', caller.name, ...caller.attributes].join(' ');
}

/** The line that makes the probe perform a call; `harness/probe/README.md` describes it. */
export function callLine(id: string, call: Request): string {
  return `${id} ${callWords(call)}`;
}

function callWords(call: Request): string {
  switch (call.call) {
    case 'scenario':
      return `scenario ${call.steps.map(stepWords).join('; ')}`;
    case 'sweep':
      return `${callWords(call.first).replace('clone', 'sweep')} step=${hex(call.step)} count=${String(call.count)}`;
    case 'fork':
    case 'vfork':
      return call.call;
    case 'clone': {
      let line = `clone flags=${hex(call.flags)}`;
      if (call.stack !== 0n) line += ` stack=${hex(call.stack)}`;
      if (call.parent_tid !== 0n) line += ` parent_tid=${hex(call.parent_tid)}`;
      if (call.child_tid !== 0n) line += ` child_tid=${hex(call.child_tid)}`;
      if (call.tls !== 0n) line += ` tls=${hex(call.tls)}`;
      return line;
    }
    case 'clone3': {
      let line = `clone3 size=${String(call.size)}`;
      for (const field of CLONE_ARGS_FIELDS) {
        const value = call.args[field];
        if (value !== 0n) line += ` ${field}=${hex(value)}`;
      }
      if (call.tids.length > 0) line += ` tids=${call.tids.join(',')}`;
      if (call.tail !== undefined) line += ` tail=${String(call.tail.offset)}:${String(call.tail.byte)}`;
      if (call.readable !== undefined) line += ` readable=${String(call.readable)}`;
      if (call.uargs !== undefined) line += ` uargs=${hex(call.uargs)}`;
      return line;
    }
  }
}

/** A step as `harness/probe/SCENARIOS.md` has it. */
function stepWords(step: Step | HostileStep): string {
  const { task, op, ...fields } = step;
  if (step.op === 'clone') {
    const [name, ...rest] = callWords(step.call).split(' ');
    return [String(task), name, `child=${String(step.child)}`, ...rest].join(' ');
  }
  const words = Object.entries(fields).map(([key, value]) => `${key}=${word(value)}`);
  return [String(task), WIRE_NAMES[op] ?? op, ...words].join(' ');
}

/** Operations that the probe has under one name, with other keys. */
const WIRE_NAMES: Readonly<Record<string, string>> = { waitid_pidfd: 'waitid' };

function word(value: unknown): string {
  return typeof value === 'bigint' ? hex(value) : String(value);
}

function hex(value: bigint): string {
  return value < 10n ? value.toString() : `0x${value.toString(16)}`;
}
