/** A part of a minimal case, and what is without it. */
export interface Needed {
  readonly part: string;
  /** A sentence that begins with `without it`. */
  readonly why: string;
}

/** Why a candidate that came out as predicted is none. */
export const AS_PREDICTED = 'without it all comes out as predicted';

/** Why the parts of a case are there, those with one reason together: `CLONE_NEWNS, CLONE_FS: without it all comes out as predicted`. */
export function neededTexts(needed: readonly Needed[]): readonly string[] {
  return neededGroups(needed).map(({ parts, why }) => `${parts.join(', ')}: ${why}`);
}

/** Parts by the reason why they are there, each once. */
export function neededGroups(
  needed: readonly Needed[],
): readonly { readonly parts: readonly string[]; readonly why: string }[] {
  const reasons = new Map<string, Set<string>>();
  for (const { part, why } of needed) reasons.set(why, (reasons.get(why) ?? new Set()).add(part));
  return [...reasons].map(([why, parts]) => ({ parts: [...parts], why }));
}
