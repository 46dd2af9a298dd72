import * as v from 'valibot';
import { applyAttribute, isAttribute, unknownAttribute } from './model/attributes.js';
import { ROOT } from './model/nominal.js';
import type { CallerFacts, KernelFacts } from './model/facts.js';
import { InputError, didYouMean } from './rules/input-error.js';
import { fromSpecFile } from './rules/prepared.js';
import { parseYaml } from './rules/yaml-file.js';
import { about } from './rules/about.js';

/** The state of the calling task before the call: a name, and what the probe makes of itself to be it. */
export interface Caller {
  readonly name: string;
  readonly attributes: readonly string[];
}

/** A caller of `callers.yaml`. */
export interface NamedCaller extends Caller {
  readonly what: string;
  /** An ordinary user cannot become it. */
  readonly needsRoot: boolean;
}

/** `callers.yaml`, as it is written. */
export const callersSchema = v.strictObject({
  callers: about(
    'Every named caller.',
    v.array(
      v.strictObject({
        name: about('By which --caller and cases name it.', v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/))),
        what: about('What it is, in a few words.', v.string()),
        attributes: about(
          'What the probe makes of itself to be it, in order; harness/probe/README.md has all of them.',
          v.array(v.string()),
        ),
        needs: about('root: an ordinary user cannot become it.', v.optional(v.literal('root'))),
      }),
    ),
  ),
});

/**
 * Reads `callers.yaml`.
 *
 * @throws InputError with the place where the text is not what the schema asks for
 */
export function parseCallers(text: string, file: string): readonly NamedCaller[] {
  const { value } = parseYaml(text, file, callersSchema);
  return value.callers.map(({ needs, ...caller }) => ({ ...caller, needsRoot: needs === 'root' }));
}

const MOST_ATTRIBUTES = 64;

/** Every named caller. */
export const CALLERS: readonly NamedCaller[] = fromSpecFile('callers', parseCallers);

/**
 * The caller that a text means: a name of `callers.yaml`, or attributes joined with `+`, such as `chroot+user`.
 *
 * @throws InputError where it is neither
 */
export function callerNamed(text: string): Caller {
  const named = CALLERS.find(({ name }) => name === text);
  if (named !== undefined) return named;
  const attributes = text.split('+');
  if (attributes.length > MOST_ATTRIBUTES)
    throw new InputError(
      `a caller of ${String(attributes.length)} attributes`,
      `the probe takes ${String(MOST_ATTRIBUTES)}`,
    );
  const unknown = attributes.find((attribute) => !isAttribute(attribute));
  if (unknown === undefined) return { name: text, attributes };
  if (/[+=]/.test(text)) throw unknownAttribute(unknown);
  throw new InputError(
    `unknown caller ${text}`,
    didYouMean(
      text,
      CALLERS.map(({ name }) => name),
    ),
  );
}

/** What a caller is where nothing on a target stands in its way: the facts that `explain` predicts from. */
export function nominalFacts(caller: Caller, kernel: KernelFacts): CallerFacts {
  return caller.attributes.reduce((facts, attribute) => applyAttribute(facts, attribute, kernel), ROOT);
}
