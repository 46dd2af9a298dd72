import type { StepResult, Value } from './scenario.js';

/** Where an observed trace leaves what is predicted. */
export interface Mismatch {
  readonly step: number;
  readonly expected: StepResult;
  readonly observed: StepResult;
  /** For a symbol: what it was bound to, or which other symbol had the number. */
  readonly note?: string;
}

/**
 * Holds an observed trace against a predicted one. The first sight of a symbol binds it to the number seen, every later one must agree,
 * and different symbols of one kind must have different numbers.
 *
 * @returns the first step that does not agree; undefined where all do
 */
export function compareTraces(predicted: readonly StepResult[], observed: readonly StepResult[]): Mismatch | undefined {
  const bindings = new Bindings();
  for (const [step, expected] of predicted.entries()) {
    const seen = observed[step] ?? { kind: 'absent' };
    // A scenario's end lets go of what still sleeps: returning then is not returning before.
    const atEnd = expected.kind === 'blocked' && 'blocked' in seen && seen.blocked === predicted.length;
    const note = atEnd ? undefined : disagreement(expected, seen, bindings);
    if (note !== undefined) return { step, expected, observed: seen, ...(note !== '' && { note }) };
  }
  return undefined;
}

function disagreement(expected: StepResult, seen: StepResult, bindings: Bindings): string | undefined {
  if (expected.kind === 'open')
    return expected.asleepUntil === undefined || sleeps(seen, expected.asleepUntil) ? undefined : '';
  if (expected.kind !== seen.kind) return '';
  switch (expected.kind) {
    case 'returned': {
      if (seen.kind !== 'returned') return '';
      if (expected.blocked !== seen.blocked) return '';
      if (expected.status !== undefined && expected.status !== seen.status) return '';
      if (expected.code !== undefined && expected.code !== seen.code) return '';
      if (expected.pid !== undefined) {
        const wrong = bindings.check(expected.pid, typeof seen.pid === 'number' ? seen.pid : Number.NaN);
        if (wrong !== undefined) return wrong;
      }
      return bindings.check(expected.value, typeof seen.value === 'number' ? seen.value : Number.NaN);
    }
    case 'failed':
      return seen.kind === 'failed' && expected.errno === seen.errno && expected.blocked === seen.blocked
        ? undefined
        : '';
    case 'gone':
      // A task that was ended in its sleep has no status of its own to tell.
      return seen.kind === 'gone' && (expected.how === 'any' || expected.how === seen.how) ? undefined : '';
    case 'blocked':
    case 'absent':
      return undefined;
  }
}

/** The step was not over before that one. */
function sleeps(seen: StepResult, step: number): boolean {
  switch (seen.kind) {
    case 'returned':
    case 'failed':
      return seen.blocked !== undefined && seen.blocked > step;
    case 'absent':
      return false;
    case 'blocked':
    case 'gone':
    case 'open':
      return true;
  }
}

class Bindings {
  private readonly numberOf = new Map<string, number>();
  private readonly symbolOf = new Map<string, string>();

  /** What is wrong with a number where a value is expected; undefined where nothing is. */
  check(value: Value, seen: number): string | undefined {
    if (typeof value === 'number') return value === seen ? undefined : '';
    if ('not' in value) return value.not === seen ? '' : undefined;
    const { symbol } = value;
    const bound = this.numberOf.get(symbol);
    if (bound !== undefined) return bound === seen ? undefined : `${symbol} was ${String(bound)} before`;
    const key = `${scope(symbol)} ${String(seen)}`;
    const other = this.symbolOf.get(key);
    if (other !== undefined) return `${String(seen)} is ${other} already`;
    this.numberOf.set(symbol, seen);
    this.symbolOf.set(key, symbol);
    return undefined;
  }
}

/** TIDs differ within one pid namespace, namespaces within their kind. */
function scope(symbol: string): string {
  const [kind, rest = ''] = symbol.split(':', 2);
  if (kind === 'tid') return `tid@${rest.split('@')[1] ?? ''}`;
  return kind === 'ns' ? `ns:${rest}` : symbol;
}
