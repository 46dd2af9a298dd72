/**
 * The specification broken on purpose: clauses changed in every sensible way, and the search for a call that tells such a change
 * from the real rule.
 */
export { OPERATORS, brokenSpecification, type Mutant, type Mutate, type Operator } from './mutant.js';
export { mutantsOf } from './mutants.js';
export { screen, screened, type Screened } from './screen.js';
export type { Candidate } from './candidates.js';
export { searchWitness, type Search } from './witness.js';
export { isOfOneErrno } from './concern.js';
