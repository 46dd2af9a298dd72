import { EFFECTS, SPECIFICATION } from '../../spec/index.js';

/** A place where a man page says what Linux does not do. */
export interface Erratum {
  readonly id: string;
  readonly erratum: string;
  /** The kernel's own function. */
  readonly source: string;
  /** The call that shows it. */
  readonly example?: string;
}

/** Every erratum: refusals in the kernel's order, then effects. */
export function errata(): readonly Erratum[] {
  const { clauses, otherwise } = SPECIFICATION.errors;
  const refusals = clauses.map(({ example, ...clause }) =>
    example === undefined ? clause : { ...clause, shown: `${example.caller}: ${example.call}` },
  );
  return [...refusals, otherwise, ...EFFECTS].flatMap((each) => {
    const { id, erratum, source } = each;
    if (erratum === undefined) return [];
    return [{ id, erratum, source, ...('shown' in each && { example: each.shown }) }];
  });
}
