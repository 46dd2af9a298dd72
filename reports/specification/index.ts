/** The specification for people to read. */
export { errata, type Erratum } from './errata.js';
export { specificationPage } from './page.js';
