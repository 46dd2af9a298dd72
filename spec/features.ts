import * as v from 'valibot';
import { InputError } from './rules/input-error.js';
import { fromSpecFile } from './rules/prepared.js';
import { hasChange, parseChange, type Change } from './rules/version.js';
import { parseYaml } from './rules/yaml-file.js';
import type { KernelFacts } from './model/facts.js';
import { about } from './rules/about.js';

/** Something that kernels learnt, from `features.yaml`. */
export interface Feature {
  readonly name: string;
  readonly since: Change;
  readonly what: string;
  /** A call that tells, without making a child, and the outcomes that say yes and no. */
  readonly probe?: FeatureProbe;
}

/** How a target is asked for a feature. */
export interface FeatureProbe {
  readonly call: string;
  readonly present: readonly string[];
  readonly absent: readonly string[];
  /** The same without the feature: where it is answered alike, the call does not show that it is there. */
  readonly control?: string | undefined;
}

/** `features.yaml`, as it is written. */
export const featuresSchema = v.strictObject({
  features: about(
    'Everything that kernels learnt, as far as clauses depend on it.',
    v.array(
      v.strictObject({
        name: about('By which clauses require it.', v.pipe(v.string(), v.regex(/^[a-z0-9_]+$/))),
        since: about(
          'Releases that have it, such as 5.17 5.16.11: the first of all, then stable ones of older lines.',
          v.string(),
        ),
        what: about('What it is, in a sentence.', v.string()),
        probe: about(
          'How a target is asked for it.',
          v.optional(
            v.strictObject({
              call: about('A call that tells, without making a child.', v.string()),
              present: about('Outcomes that say that the kernel has it.', v.array(v.string())),
              absent: about('Outcomes that say that it has not.', v.array(v.string())),
              control: about(
                'The same call without what is asked for: where its outcome is the same, that does not say that the kernel has it.',
                v.optional(v.string()),
              ),
            }),
          ),
        ),
      }),
    ),
  ),
});

/**
 * Reads `features.yaml`.
 *
 * @throws InputError with the place where the text is not what the schema asks for
 */
export function parseFeatures(text: string, file: string): readonly Feature[] {
  const { value, placeOf } = parseYaml(text, file, featuresSchema);
  return value.features.map(({ probe, since, ...feature }, index) => {
    const change = parseChange(since);
    if (change === undefined) {
      throw new InputError(
        `${since} is no list of versions`,
        'write versions such as 5.17 5.16.11',
        placeOf(['features', index, 'since']),
      );
    }
    return { ...feature, since: change, ...(probe && { probe }) };
  });
}

/** Every feature that a clause can require. */
export const FEATURES: readonly Feature[] = fromSpecFile('features', parseFeatures);

const BY_NAME = new Map(FEATURES.map((feature) => [feature.name, feature]));

const answers = new WeakMap<KernelFacts, Map<string, boolean>>();

/**
 * Says whether a kernel has a feature: where its version promises the feature, yes, whatever probing found, so that a
 * kernel that lacks it differs; elsewhere what probing found, so that a backport does not differ.
 */
export function hasFeature(kernel: KernelFacts, name: string): boolean {
  let known = answers.get(kernel);
  if (known === undefined) answers.set(kernel, (known = new Map<string, boolean>()));
  let answer = known.get(name);
  if (answer === undefined) known.set(name, (answer = findFeature(kernel, name)));
  return answer;
}

function findFeature(kernel: KernelFacts, name: string): boolean {
  const feature = BY_NAME.get(name);
  if (feature === undefined) throw new Error(`no feature ${name}`);
  return hasChange(kernel.version, feature.since) || kernel.probed[name] === true;
}

/** Says whether there is such a feature. */
export function isFeature(name: string): boolean {
  return BY_NAME.has(name);
}

/** The feature with a name, if there is one. */
export function featureNamed(name: string): Feature | undefined {
  return BY_NAME.get(name);
}
