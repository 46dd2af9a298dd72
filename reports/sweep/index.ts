/** Sweeps as lines, as files that are read back and joined, and as text. */
import { jsonSchema, type JsonSchema } from '../json-schema.js';
import { sweepLineSchema } from './lines.js';

export { rangeLine, sweepFindings, sweepFooter, sweepHeader } from './build.js';
export { joinSweeps } from './join.js';
export type { SweepLines, SweepLine } from './lines.js';
export { readSweep } from './read.js';
export { sweepText } from './text.js';

/** The JSON Schema of a line of `sweep --format json`. */
export function sweepSchema(): JsonSchema {
  return jsonSchema(sweepLineSchema, 'A line of clonecheck sweep --format json');
}
