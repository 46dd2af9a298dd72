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
  const refusals = clauses.map(({ id, erratum, source, example }) => {
    const shown = example === undefined ? {} : { example: `${example.caller}: ${example.call}` };
    return { id, erratum, source, ...shown };
  });
  const others = [otherwise, ...EFFECTS].map(({ id, erratum, source }) => ({ id, erratum, source }));
  return [...refusals, ...others].flatMap(({ erratum, ...each }) =>
    erratum === undefined ? [] : [{ ...each, erratum }],
  );
}
