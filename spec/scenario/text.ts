import { formatCall } from '../text/format.js';
import { ARGUMENT_KINDS } from './argument-kinds.js';
import { argumentsOf, type ArgumentKind } from './operations.js';
import type { Operation, Step, StepResult, Value } from './scenario.js';

/** A step as one line, much as strace prints a call: `1: close(20)`. */
export function formatStep(step: Step): string {
  return `${String(step.task)}: ${formatOperation(step)}`;
}

function formatOperation(operation: Operation): string {
  if (operation.op === 'clone') return `${formatCall(operation.call)} → task ${String(operation.child)}`;
  const values: Readonly<Record<string, unknown>> = { ...operation };
  const words = argumentsOf(operation.op).map(([name, kind]) => formatArgument(kind, values[name]));
  return `${operation.op}(${words.filter((word) => word !== '').join(', ')})`;
}

function formatArgument(kind: ArgumentKind, value: unknown): string {
  // The table gives the argument this kind, and with it its type.
  const format = ARGUMENT_KINDS[kind].format as (value: unknown) => string;
  return format(value);
}

/** A step's result in a few words. */
export function formatResult(result: StepResult): string {
  switch (result.kind) {
    case 'returned': {
      const status = result.status === undefined ? '' : `, status 0x${result.status.toString(16)}`;
      const code = result.code === undefined ? '' : `, code ${String(result.code)}`;
      const pid = result.pid === undefined ? '' : `, pid ${formatValue(result.pid)}`;
      return `${formatValue(result.value)}${status}${code}${pid}${blocked(result.blocked)}`;
    }
    case 'failed':
      return `-1 ${result.errno}${blocked(result.blocked)}`;
    case 'blocked':
      return 'never returns';
    case 'gone':
      return `gone: ${result.how}`;
    case 'absent':
      return 'no such task';
    case 'open':
      return result.asleepUntil === undefined ? 'anything' : `not before step ${String(result.asleepUntil)}`;
  }
}

function formatValue(value: Value): string {
  if (typeof value === 'number') return String(value);
  return 'not' in value ? `not ${String(value.not)}` : `<${value.symbol}>`;
}

function blocked(step: number | undefined): string {
  return step === undefined ? '' : ` (asleep until step ${String(step)})`;
}
