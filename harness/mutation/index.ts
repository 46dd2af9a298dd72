/** Breaks the model on purpose, and shows that each break is found. */
export { mutate, type MutateOptions, type Mutation } from './mutate.js';
export { explanationsSchema, parseExplanations, readExplanations, type Explanation } from './explanations.js';
export type { Counterexample, Fate, FateKind, MutantResult } from './result.js';
