/** What became of the mutants of the model. */
export { mutationLines, mutationSchema } from './lines.js';
export { mutationText } from './text.js';
export { medianOf, totalsOf } from './totals.js';
