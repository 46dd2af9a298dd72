import type { StepResult, Value } from './scenario.js';

/**
 * A trace with numbers in the place of symbols, as a target would answer: what one model predicts becomes what another is held to.
 */
export function concrete(results: readonly StepResult[]): readonly StepResult[] {
  const numbers = new Map<string, number>();
  const numberOf = (value: Value): number => {
    if (typeof value === 'number') return value;
    if ('not' in value) return value.not + 1;
    const number = numbers.get(value.symbol) ?? 5000 + numbers.size;
    numbers.set(value.symbol, number);
    return number;
  };
  return results.map((result) => {
    if (result.kind === 'open' && result.asleepUntil !== undefined) return { kind: 'blocked' };
    if (result.kind !== 'returned') return result;
    return { ...result, value: numberOf(result.value), ...(result.pid !== undefined && { pid: numberOf(result.pid) }) };
  });
}
