import type { Results } from './lines.js';

/** Results as lines of JSON: a header, one for each clause, one for each finding and for each expectation that does not hold, and a footer. */
export function* ndjson({ header, clauses, findings, expectations = [], footer }: Results): Generator<string> {
  for (const line of [header, ...clauses, ...findings, ...expectations, ...(footer === undefined ? [] : [footer])]) {
    yield `${JSON.stringify(line)}\n`;
  }
}
