/** The one source of every report: the lines of `run --format json`, made of a run or read from a file. */
export { resultsOf, type ReportOptions } from './build.js';
export { resultsOfLibc } from './build-libc.js';
export type { ClauseLine, ExpectationLine, FindingLine, FooterLine, HeaderLine, Results, StepLine } from './lines.js';
export { readResults } from './read.js';
export { LONGEST, beginning, visibleBlock, visibleLine } from '../../spec/text/visible.js';
export { ndjson } from './write.js';
