import { EFFECTS, SPECIFICATION } from '../../spec/index.js';

/** What the specification says of a clause. */
export interface ClauseAbout {
  readonly errno?: string;
  /** What it demands, in a sentence. */
  readonly says?: string;
  /** Flags that it is about. */
  readonly flags: readonly string[];
  readonly source?: string;
  readonly man?: string;
}

/** What the specification says of a clause, error or effect; nothing of one that it does not have. */
export function clauseAbout(id: string): ClauseAbout {
  const effect = EFFECTS.find((candidate) => candidate.id === id);
  if (effect !== undefined) {
    const { why, flag, source, man } = effect;
    return { says: why, flags: flag === undefined ? [] : [flag], source, ...(man !== undefined && { man }) };
  }
  const { otherwise } = SPECIFICATION.errors;
  const clause = SPECIFICATION.clause(id);
  if (clause === undefined)
    return id === otherwise.id ? { says: otherwise.why, flags: [], source: otherwise.source } : { flags: [] };
  return {
    errno: clause.errno,
    says: clause.why,
    flags: [...new Set(clause.when.match(/CLONE_[A-Z0-9_]+/g))],
    source: clause.source,
    ...(clause.man !== undefined && { man: clause.man }),
  };
}
