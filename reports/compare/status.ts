import { EXIT, type ExitStatus } from '../exit-status.js';
import type { Comparison } from './compare.js';

/**
 * What `compare` ends with. A regression outweighs everything else. Where a run is not whole, or a difference came that does not repeat,
 * that nothing regressed cannot be said.
 */
export function comparisonStatus({ regressed, incomplete, clauses }: Comparison): ExitStatus {
  if (regressed) return EXIT.differs;
  const doubtful = incomplete.length > 0 || clauses.some(({ change }) => change === 'unstable');
  return doubtful ? EXIT.unjudged : EXIT.conforms;
}
