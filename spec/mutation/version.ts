import { absence } from '../model/specification.js';
import { changed, type Mutate } from './mutant.js';

/** A rule that came later, or is gone, holds on this kernel nonetheless. */
export const version: Mutate = (clause, { present, kernel }) => {
  if (present.some(({ id }) => id === clause.id)) return [];
  if (clause.since === undefined && clause.until === undefined) return [];
  const { since, until, requires, ...rest } = clause;
  const timeless = { ...rest, requires: requires.filter(({ kind }) => kind !== 'feature') };
  // Where another configuration or machine is missing too, the version says nothing.
  if (absence(timeless, kernel) !== undefined) return [];
  const when = until === undefined ? 'already' : since === undefined ? 'still' : 'in this release too';
  return [changed(clause, 'version', '', `the rule holds ${when}`, timeless)];
};
