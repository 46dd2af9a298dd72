/**
 * fast-check arbitraries of flags, calls and callers that go where rules begin and end. Values are plain data; the same seed
 * gives the same values.
 */
export { callers } from './callers.js';
export { calls, type CallOptions } from './calls.js';
export { flagSets } from './flags.js';
export { IDIOMS, type Idiom } from './idioms.js';
export { examples, examplesFor, merge, withoutFlag, type Example } from './rules.js';
export { neighbours } from './neighbours.js';
export { scenarios } from './scenarios.js';
export { everyFlagSet } from './every-flag-set.js';
