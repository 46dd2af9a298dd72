/** What became of the mutants of the model. */
export { mutationLineSchema, mutationLines } from './lines.js';
export { mutationText } from './text.js';
export { medianOf, totalsOf } from './totals.js';
