import * as v from 'valibot';
import { InputError, readSpecFile } from '../../spec/index.js';
import { about } from '../../spec/rules/about.js';
import { parseYaml } from '../../spec/rules/yaml-file.js';
import type { MutantResult } from './result.js';
import type { Selection } from './rules.js';

/** Why a mutant cannot be found, where no program can say so. */
export interface Explanation {
  readonly mutant: string;
  readonly why: string;
  /** Kernel file and function, or whatever else bears it out. */
  readonly source: string;
}

/** What `mutants.yaml` holds. */
export const explanationsSchema = v.strictObject({
  explained: about(
    'Mutants that no case shows although they are not equivalent.',
    v.nullable(
      v.array(
        v.strictObject({
          mutant: about('Its id, as `mutate --format json` prints it.', v.string()),
          why: about('One sentence.', v.string()),
          source: about('Kernel file and function, or what else bears it out.', v.string()),
        }),
      ),
    ),
  ),
});

/**
 * Reads explanations.
 *
 * @throws InputError with the place where the text is not what the schema asks for, or explains a mutant twice
 */
export function parseExplanations(text: string, file: string): readonly Explanation[] {
  const { value, placeOf } = parseYaml(text, file, explanationsSchema);
  const seen = new Set<string>();
  for (const [index, { mutant }] of (value.explained ?? []).entries()) {
    if (seen.has(mutant))
      throw new InputError(
        `${mutant} is explained twice`,
        'take one of them away',
        placeOf(['explained', index, 'mutant']),
      );
    seen.add(mutant);
  }
  return value.explained ?? [];
}

/** Those of `spec/mutants.yaml`. */
export function readExplanations(): readonly Explanation[] {
  return parseExplanations(readSpecFile('mutants.yaml'), 'spec/mutants.yaml');
}

/** Puts explanations to survivors, and names those that explain nothing. */
export function withExplanations(
  mutants: readonly MutantResult[],
  explanations: readonly Explanation[],
  { clause }: Pick<Selection, 'clause'>,
): { readonly mutants: readonly MutantResult[]; readonly stale: readonly Explanation[] } {
  const byMutant = new Map(explanations.map((explanation) => [explanation.mutant, explanation]));
  // What a search shows to be equivalent needs no explanation, and another kernel may need it.
  const used = new Set(mutants.flatMap(({ id, fate }) => ('cases' in fate ? [] : [id])));
  const explained = mutants.map((result): MutantResult => {
    const explanation = byMutant.get(result.id);
    if (explanation === undefined || result.fate.kind !== 'survived') return result;
    return { ...result, fate: { kind: 'explained', why: explanation.why, source: explanation.source } };
  });
  const isMeant = ({ mutant }: Explanation): boolean => {
    const [id = '', operator] = mutant.split(' ');
    return clause(id) && mutants.some((result) => result.operator === operator);
  };
  return { mutants: explained, stale: explanations.filter((each) => isMeant(each) && !used.has(each.mutant)) };
}
