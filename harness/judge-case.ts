import type { Level, Order, Specification } from '../spec/index.js';

/** How cases are judged. */
export interface JudgeOptions {
  readonly order: Order;
  readonly level: Level;
  /** Another set of clauses than the project's: a test breaks one on purpose. */
  readonly specification?: Specification;
}
