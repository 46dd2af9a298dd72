import * as v from 'valibot';
import type { Level } from './clauses.js';
import { InputError } from './rules/input-error.js';
import { readSpecFile } from './rules/spec-file.js';
import { hasChange, parseChange, type Change } from './rules/version.js';
import { parseYaml } from './rules/yaml-file.js';
import type { KernelFacts } from './model/facts.js';

/** One observable effect, from `effects.yaml`. */
export interface Effect {
  readonly id: string;
  /** The flag that it is about; absent where it holds for every clone. */
  readonly flag?: string;
  /** What the flag does, or what must be so without it. */
  readonly with?: boolean;
  readonly level: Level;
  readonly source: string;
  readonly man?: string;
  readonly why: string;
  /** What a kernel does that does not keep it. */
  readonly broken: string;
  readonly since?: Change;
}

const schema = v.strictObject({
  effects: v.array(
    v.strictObject({
      id: v.pipe(
        v.string(),
        v.regex(/^effects\/[a-z0-9-]+$/, 'an effect is called effects/ and words of a-z, 0-9 and -'),
      ),
      flag: v.optional(v.string()),
      with: v.optional(v.boolean()),
      level: v.picklist(['documented', 'linux']),
      source: v.string(),
      man: v.optional(v.string()),
      why: v.string(),
      broken: v.string(),
      since: v.optional(v.string()),
    }),
  ),
});

/**
 * Reads `effects.yaml`.
 *
 * @throws InputError with the place where the text is not what the schema asks for
 */
export function parseEffects(text: string, file: string): readonly Effect[] {
  const { value, placeOf } = parseYaml(text, file, schema);
  const seen = new Set<string>();
  return value.effects.map(({ since, flag, man, with: present, ...rest }, index) => {
    if (seen.has(rest.id))
      throw new InputError(
        `${rest.id} stands twice`,
        'give one of the two another id',
        placeOf(['effects', index, 'id']),
      );
    seen.add(rest.id);
    const change = since === undefined ? undefined : parseChange(since);
    if (since !== undefined && change === undefined) {
      throw new InputError(
        `${since} is no list of versions`,
        'write versions such as 5.17 5.16.11',
        placeOf(['effects', index, 'since']),
      );
    }
    return {
      ...rest,
      ...(flag !== undefined && { flag }),
      ...(present !== undefined && { with: present }),
      ...(man !== undefined && { man }),
      ...(change && { since: change }),
    };
  });
}

/** Every effect of `spec/effects.yaml`. */
export const EFFECTS: readonly Effect[] = parseEffects(readSpecFile('effects.yaml'), 'spec/effects.yaml');

/** Says whether a kernel is held to an effect. */
export function isHeldTo(effect: Effect, kernel: KernelFacts): boolean {
  return effect.since === undefined || hasChange(kernel.version, effect.since);
}
