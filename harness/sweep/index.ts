/** Sweeps: every word of a space, made and judged. */
export { overlap, rangeOfPart, without, type Part, type Range } from './ranges.js';
export { runSweep, type SweepOptions, type SweepResult, type SweepStart, type SweptRange } from './run.js';
export { longSpaces, sweepSpaces, type SweepSpace } from './spaces.js';
