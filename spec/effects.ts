import * as v from 'valibot';
import type { Level } from './clauses.js';
import { CALLERS } from './callers.js';
import { InputError, didYouMean, type Place } from './rules/input-error.js';
import { fromSpecFile } from './rules/prepared.js';
import { hasChange, parseChange, type Change } from './rules/version.js';
import { parseYaml } from './rules/yaml-file.js';
import type { KernelFacts } from './model/facts.js';
import { parseStep } from './scenario/parse.js';
import type { Step } from './scenario/scenario.js';
import { about } from './rules/about.js';

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
  /** Where a man page says otherwise. */
  readonly erratum?: string;
  /** What a kernel does that does not keep it. */
  readonly broken: string;
  /** A schedule that shows it; scenarios are made of it besides those that grow by themselves. */
  readonly shows?: readonly Step[];
  /** The caller that scenarios need to show it; absent where any does. */
  readonly needs?: string;
  readonly since?: Change;
  readonly until?: Change;
}

/** `effects.yaml`, as it is written. */
export const effectsSchema = v.strictObject({
  effects: about(
    'Every observable effect.',
    v.array(
      v.strictObject({
        id: about(
          'The stable address of the clause.',
          v.pipe(
            v.string(),
            v.regex(/^effects\/[a-z0-9-]+$/, 'an effect is called effects/ and words of a-z, 0-9 and -'),
          ),
        ),
        flag: about('The flag that it is about; absent: it holds for every clone.', v.optional(v.string())),
        with: about('true: what the flag does; false: what must be so without it.', v.optional(v.boolean())),
        level: about(
          'documented: a man page or UAPI header says so; linux: what Linux does though no document says so.',
          v.picklist(['documented', 'linux']),
        ),
        source: about('Kernel file and function.', v.string()),
        man: about('Where a man page says it.', v.optional(v.string())),
        why: about('One sentence.', v.string()),
        erratum: about('Where a man page says otherwise.', v.optional(v.string())),
        broken: about(
          'What a kernel does that does not keep it: the model can be broken in just this way, to see that it is found.',
          v.string(),
        ),
        shows: about(
          'A schedule of steps that shows it, where scenarios seldom grow to it by themselves.',
          v.optional(v.array(v.string())),
        ),
        needs: about('The caller that scenarios need to show it; absent: any.', v.optional(v.string())),
        since: about('The first release that keeps it.', v.optional(v.string())),
        until: about('The first release that no longer does.', v.optional(v.string())),
      }),
    ),
  ),
});

/**
 * Reads `effects.yaml`.
 *
 * @throws InputError with the place where the text is not what the schema asks for
 */
export function parseEffects(text: string, file: string): readonly Effect[] {
  const { value, placeOf } = parseYaml(text, file, effectsSchema);
  const seen = new Set<string>();
  const change = (text: string | undefined, path: readonly (string | number)[]): Change | undefined => {
    const read = text === undefined ? undefined : parseChange(text);
    if (text === undefined || read !== undefined) return read;
    throw new InputError(`${text} is no list of versions`, 'write versions such as 5.17 5.16.11', placeOf(path));
  };
  return value.effects.map(
    ({ since: sinceText, until: untilText, flag, man, needs, erratum, shows, with: present, ...rest }, index) => {
      if (seen.has(rest.id))
        throw new InputError(
          `${rest.id} stands twice`,
          'give one of the two another id',
          placeOf(['effects', index, 'id']),
        );
      seen.add(rest.id);
      const since = change(sinceText, ['effects', index, 'since']);
      const until = change(untilText, ['effects', index, 'until']);
      return {
        ...rest,
        ...(flag !== undefined && { flag }),
        ...(present !== undefined && { with: present }),
        ...(man !== undefined && { man }),
        ...(erratum !== undefined && { erratum }),
        ...(shows !== undefined && {
          shows: shows.map((step, at) =>
            parseStep(step, { line: 1, column: 1, ...placeOf(['effects', index, 'shows', at]) }),
          ),
        }),
        ...(needs !== undefined && { needs: located(needs, placeOf(['effects', index, 'needs'])) }),
        ...(since && { since }),
        ...(until && { until }),
      };
    },
  );
}

function located(caller: string, place: Place): string {
  if (CALLERS.some(({ name }) => name === caller)) return caller;
  const names = CALLERS.map(({ name }) => name);
  throw new InputError(`there is no caller ${caller}`, didYouMean(caller, names), place);
}

/** Every effect of `spec/effects.yaml`. */
export const EFFECTS: readonly Effect[] = fromSpecFile('effects', parseEffects);

/** Says whether a kernel is held to an effect. */
export function isHeldTo(effect: Effect, kernel: KernelFacts): boolean {
  return whyNotHeldTo(effect, kernel) === undefined;
}

/** Why a kernel is not held to an effect; undefined where it is. */
export function whyNotHeldTo({ since, until }: Effect, { version }: KernelFacts): string | undefined {
  if (since !== undefined && !hasChange(version, since)) return 'this kernel is older';
  return until !== undefined && hasChange(version, until) ? 'this kernel is newer' : undefined;
}
