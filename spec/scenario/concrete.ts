import type { StepResult } from './scenario.js';

/**
 * A trace with numbers in the place of symbols, as a target would answer: what one model predicts becomes what another is held to.
 */
export function concrete(results: readonly StepResult[]): readonly StepResult[] {
  const numbers = new Map<string, number>();
  return results.map((result) => {
    if (result.kind !== 'returned' || typeof result.value === 'number') return result;
    const { symbol } = result.value;
    let number = numbers.get(symbol);
    if (number === undefined) {
      number = 5000 + numbers.size;
      numbers.set(symbol, number);
    }
    return { ...result, value: number };
  });
}
