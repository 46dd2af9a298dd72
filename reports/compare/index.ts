/** Two runs side by side: what broke, what was mended, what is judged in one of them only. */
export { compareResults, type Change, type ClauseChange, type ClauseState, type Comparison } from './compare.js';
export { compareMarkdown } from './markdown.js';
export { comparisonStatus } from './status.js';
export { compareTerminal } from './terminal.js';
export { conclusion } from './words.js';
