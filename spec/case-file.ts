import * as v from 'valibot';
import { callerNamed, type Caller } from './callers.js';
import { flagValue } from './flags.js';
import type { Call } from './model/call.js';
import { InputError, type Place } from './rules/input-error.js';
import { parseYaml } from './rules/yaml-file.js';
import { whyNotContained, whyNotContainedCall } from './scenario/contained.js';
import { parseStep } from './scenario/parse.js';
import type { Scenario, Step } from './scenario/scenario.js';
import { parseCall } from './text/parse.js';
import { about } from './rules/about.js';

/** A case that a file holds: a caller with a call or with a schedule of steps, and what people are told about it. */
export interface StoredCase {
  readonly subject: { readonly caller: Caller; readonly call: Call } | Scenario;
  /** The clause that it is about. */
  readonly clause?: string;
  /** Why it is kept. */
  readonly note?: string;
  readonly name?: string;
  /** Flags without one of which it would come out otherwise. */
  readonly about: readonly string[];
  readonly what?: string;
  /** What steps must return on a kernel, by their index, where the model has but a symbol. */
  readonly returns: ReadonlyMap<number, number>;
  readonly place: Place;
}

const oneCase = v.strictObject({
  caller: about('Who makes the call: a name of `clonecheck doctor`, or attributes joined with +.', v.string()),
  call: about('One call, as strace prints it.', v.optional(v.string())),
  steps: about(
    'A schedule of steps; harness/probe/SCENARIOS.md has the operations.',
    v.optional(
      v.pipe(
        v.array(v.string()),
        v.minLength(1, 'a scenario has steps'),
        v.maxLength(64, 'a scenario has at most 64 steps'),
      ),
    ),
  ),
  clause: about('The clause that it is about.', v.optional(v.string())),
  note: about('Why it is kept.', v.optional(v.string())),
  name: about(
    'What it is called.',
    v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/, 'a case is called by words of a-z, 0-9 and -'))),
  ),
  about: about(
    'Flags without one of which it would come out otherwise.',
    v.optional(v.union([v.string(), v.array(v.string())]), []),
  ),
  what: about('What it shows, in a sentence.', v.optional(v.string())),
  returns: about(
    'What steps must return on a kernel, by their index, where the model has but a symbol.',
    v.optional(v.record(v.string(), v.pipe(v.number(), v.integer())), {}),
  ),
});
/** A case file, as it is written. */
export const caseSchema = v.union([oneCase, v.array(oneCase)]);

/**
 * Reads a case file: one case, or a list of them. It is the one format of `replay`, of `corpus/` and of `spec/examples/`.
 *
 * @param text - the content, YAML
 * @param file - its name, for messages
 * @throws InputError with the place of an unknown field or caller, of a call or step that is not understood or reaches beyond its arena, of a case that
 *   has both or neither
 */
export function parseCaseFile(text: string, file: string): readonly StoredCase[] {
  const yaml = parseYaml(text, file, caseSchema);
  const list = Array.isArray(yaml.value) ? yaml.value : [yaml.value];
  const rows = text.split('\n');
  return list.map((raw, index) => {
    const at = (...path: readonly (string | number)[]): Place =>
      yaml.placeOf(Array.isArray(yaml.value) ? [index, ...path] : path);
    return readCase(raw, at, rows);
  });
}

type PlaceOf = (...path: readonly (string | number)[]) => Place;

function readCase(raw: v.InferOutput<typeof oneCase>, at: PlaceOf, rows: readonly string[]): StoredCase {
  const { caller, call, steps, about, returns, clause, note, name, what } = raw;
  const subject = readSubject({ caller, call, steps }, at, rows);
  const flags = typeof about === 'string' ? [about] : about;
  for (const flag of flags) located(() => flagValue(flag), at('about'));
  return {
    subject,
    about: flags,
    returns: new Map(Object.entries(returns).map(([step, number]) => readReturn(step, number, steps?.length ?? 0, at))),
    place: at(),
    ...(clause !== undefined && { clause }),
    ...(note !== undefined && { note }),
    ...(name !== undefined && { name }),
    ...(what !== undefined && { what }),
  };
}

/** What is run: a call or steps, and by whom. */
export function readSubject(
  raw: { readonly caller: string; readonly call?: string | undefined; readonly steps?: readonly string[] | undefined },
  at: PlaceOf,
  rows: readonly string[],
): StoredCase['subject'] {
  const { call, steps } = raw;
  const caller = located(() => callerNamed(raw.caller), at('caller'));
  if (steps !== undefined && call !== undefined)
    throw new InputError('a case has a call or steps, not both', 'make two cases of it', at('call'));
  if (steps !== undefined) {
    const read = steps.map((step, index) => parseStep(step, inside(rows, at('steps', index))));
    checkChildren(read, (index) => at('steps', index));
    for (const [index, step] of read.entries()) requireContained(whyNotContained(step), at('steps', index));
    return { caller, steps: read };
  }
  if (call === undefined)
    throw new InputError('a case has a call or steps', 'add call: clone(…), or steps: a list of them', at());
  const parsed = located(() => parseCall(call).call, at('call'));
  requireContained(whyNotContainedCall(parsed), at('call'));
  return { caller, call: parsed };
}

/** Files come from anybody: what they hold reaches nothing but the arena. */
function requireContained(why: string | undefined, place: Place): void {
  if (why !== undefined)
    throw new InputError(
      why,
      'a case may name &a to &d, &stack, readonly, unmapped, edge, NULL, and descriptors from 3 up',
      place,
    );
}

function readReturn(step: string, value: number, steps: number, at: PlaceOf): [number, number] {
  if (/^\d+$/.test(step) && Number(step) < steps) return [Number(step), value];
  throw new InputError(
    `there is no step ${step}`,
    `steps are 0 to ${String(steps - 1)}`,
    at('returns', /^\d+$/.test(step) ? Number(step) : step),
  );
}

/** What is wrong with a part of a file is said with the part's place. */
export function located<T>(read: () => T, place: Place): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InputError ? error.at(place) : error;
  }
}

/** The place of a string's first character, behind the quote. */
function inside(
  rows: readonly string[],
  { file, line = 1, column = 1 }: Place,
): { file: string; line: number; column: number } {
  const quoted = /^['"]/.test(rows[line - 1]?.slice(column - 1) ?? '');
  return { file, line, column: quoted ? column + 1 : column };
}

/** A number names one task only. */
function checkChildren(steps: readonly Step[], placeOf: (step: number) => Place): void {
  const made = new Set([0]);
  for (const [index, step] of steps.entries()) {
    if (step.op !== 'clone') continue;
    if (made.has(step.child))
      throw new InputError(
        `task ${String(step.child)} is made twice`,
        'give each task a number of its own',
        placeOf(index),
      );
    made.add(step.child);
  }
}
