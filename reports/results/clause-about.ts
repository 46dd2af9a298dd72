import { EFFECTS, LIBC, SPECIFICATION } from '../../spec/index.js';

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

/** What the specification says of a clause of the kernel or of a libc; nothing of one that it does not have. */
export function clauseAbout(id: string): ClauseAbout {
  const effect = EFFECTS.find((candidate) => candidate.id === id);
  if (effect !== undefined) {
    const { why, flag, source, man } = effect;
    return { says: why, flags: flag === undefined ? [] : [flag], source, ...(man !== undefined && { man }) };
  }
  const wrapper = LIBC.clauses.find((candidate) => candidate.id === id);
  if (wrapper !== undefined) {
    const { says, does, source, man } = wrapper;
    return { says, flags: flagsIn(does), source, ...(man !== undefined && { man }) };
  }
  const { otherwise } = SPECIFICATION.errors;
  const clause = SPECIFICATION.clause(id);
  if (clause === undefined)
    return id === otherwise.id ? { says: otherwise.why, flags: [], source: otherwise.source } : { flags: [] };
  return {
    errno: clause.errno,
    says: clause.why,
    flags: flagsIn(clause.when),
    source: clause.source,
    ...(clause.man !== undefined && { man: clause.man }),
  };
}

function flagsIn(text: string): readonly string[] {
  return [...new Set(text.match(/CLONE_[A-Z0-9_]+/g))];
}
