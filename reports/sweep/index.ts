/** Sweeps as lines, as files that are read back and joined, and as text. */
export { rangeLine, sweepFindings, sweepFooter, sweepHeader } from './build.js';
export { joinSweeps } from './join.js';
export type { SweepLines, SweepLine } from './lines.js';
export { readSweep } from './read.js';
export { sweepText } from './text.js';
