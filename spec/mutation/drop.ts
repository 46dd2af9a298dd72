import { changed, type Mutate } from './mutant.js';

/** The rule is not there. */
export const drop: Mutate = (clause) => [changed(clause, 'drop', '', 'the rule is not there', undefined)];
