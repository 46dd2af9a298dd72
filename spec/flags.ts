import * as v from 'valibot';
import { fromSpecFile } from './rules/prepared.js';
import { parseYaml } from './rules/yaml-file.js';
import { parseChange, type Change } from './rules/version.js';
import { FEATURES, isFeature } from './features.js';
import { InputError, didYouMean, nearest } from './rules/input-error.js';
import { about } from './rules/about.js';

/** A CLONE_ flag, from `flags.yaml`. */
export interface Flag {
  readonly name: string;
  readonly bit: number;
  /** `1n << bit`. */
  readonly value: bigint;
  readonly calls: readonly ('clone' | 'clone3')[];
  /** Calls that refuse the bit as such. */
  readonly refused: readonly ('clone' | 'clone3')[];
  /** The release that gave the bit this meaning; absent: before 4.4. */
  readonly since?: Change;
  /** The namespace that the flag makes. */
  readonly makes?: string;
  readonly shares?: string;
  /** The feature by which a kernel of an older version is known to have it. */
  readonly feature?: string;
  readonly does: string;
}

/** A bit that once had another name. */
export interface HistoricalFlag {
  readonly name: string;
  readonly bit: number;
  readonly value: bigint;
  /** The release without it. */
  readonly until: string;
  readonly did: string;
  /** What the bit means now. */
  readonly today: string;
}

const call = v.picklist(['clone', 'clone3']);
/** `flags.yaml`, as it is written. */
export const flagsSchema = v.strictObject({
  flags: about(
    'Every flag, by bit. Their order is the order in which they are printed.',
    v.array(
      v.strictObject({
        name: about('As in include/uapi/linux/sched.h.', v.pipe(v.string(), v.regex(/^CLONE_[A-Z0-9_]+$/))),
        bit: about(
          '0 is the lowest; the value is 1 << bit.',
          v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(63)),
        ),
        calls: about(
          'The calls that can pass it: clone (its low 32 bits, less the signal byte) and clone3.',
          v.array(call),
        ),
        refused: about('The calls that refuse the bit as such.', v.optional(v.array(call), [])),
        since: about(
          'The first Linux release that gives the bit this meaning; absent: before 4.4.',
          v.optional(v.string()),
        ),
        makes: about('The namespace that it makes.', v.optional(v.string())),
        shares: about('What parent and child share.', v.optional(v.string())),
        feature: about(
          'The feature by which a kernel of an older version is known to have it.',
          v.optional(v.string()),
        ),
        does: about('What it does, in a sentence.', v.string()),
      }),
    ),
  ),
  historical: about(
    'Bits that once had another name or meaning.',
    v.array(
      v.strictObject({
        name: about('The name that the bit had.', v.string()),
        bit: about('0 is the lowest.', v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(63))),
        until: about('The first release without it.', v.string()),
        today: about('What the bit means now.', v.string()),
        did: about('What it did.', v.string()),
      }),
    ),
  ),
});

/**
 * Reads `flags.yaml`.
 *
 * @throws InputError with the place where the text is not what the schema asks for
 */
export function parseFlags(
  text: string,
  file: string,
): { flags: readonly Flag[]; historical: readonly HistoricalFlag[] } {
  const { value, placeOf } = parseYaml(text, file, flagsSchema);
  const flags = value.flags.map(({ since, makes, shares, feature, ...flag }, index): Flag => {
    const change = since === undefined ? undefined : parseChange(since);
    if (since !== undefined && change === undefined) {
      throw new InputError(
        `${since} is no list of versions`,
        'write versions such as 5.17 5.16.11',
        placeOf(['flags', index, 'since']),
      );
    }
    if (feature !== undefined && !isFeature(feature)) {
      const known = FEATURES.map(({ name }) => name);
      throw new InputError(
        `there is no feature ${feature}`,
        didYouMean(feature, known),
        placeOf(['flags', index, 'feature']),
      );
    }
    return {
      ...flag,
      value: 1n << BigInt(flag.bit),
      ...(change && { since: change }),
      ...(makes !== undefined && { makes }),
      ...(shares !== undefined && { shares }),
      ...(feature !== undefined && { feature }),
    };
  });
  return { flags, historical: value.historical.map((flag) => ({ ...flag, value: 1n << BigInt(flag.bit) })) };
}

const loaded = fromSpecFile('flags', parseFlags);

/** Every flag that there is, by bit. */
export const FLAGS: readonly Flag[] = loaded.flags;

/** Names that bits once had. */
export const HISTORICAL_FLAGS: readonly HistoricalFlag[] = loaded.historical;

const BY_NAME = new Map(FLAGS.map((flag) => [flag.name, flag]));

/** CSIGNAL: the byte of clone()'s flags that holds the exit signal. */
export const CSIGNAL = 0xffn;

/**
 * The value of a flag.
 *
 * @param name - such as `CLONE_VM`
 * @throws InputError for a name that no flag has
 */
export function flagValue(name: string): bigint {
  const flag = BY_NAME.get(name);
  if (flag !== undefined) return flag.value;
  const old = HISTORICAL_FLAGS.find((candidate) => candidate.name === name);
  if (old !== undefined) return old.value;
  const near = nearest(name, BY_NAME.keys());
  throw new InputError(
    `unknown flag ${name}`,
    near === undefined ? '`clonecheck spec --flags` lists the flags' : `did you mean ${near}?`,
  );
}

/** What is made, then what is shared or done: the order in which people write flags. */
const PRINTED: readonly Flag[] = [
  ...FLAGS.filter(({ makes }) => makes !== undefined),
  ...FLAGS.filter(({ makes }) => makes === undefined),
];

/** Names of the flags set in a mask, namespaces first, and the bits that no flag has. */
export function flagNames(mask: bigint): { readonly names: readonly string[]; readonly rest: bigint } {
  let rest = mask;
  const names: string[] = [];
  for (const flag of PRINTED) {
    if ((rest & flag.value) === 0n) continue;
    names.push(flag.name);
    rest &= ~flag.value;
  }
  return { names, rest };
}
