import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { callerNamed } from './callers.js';
import { flagValue } from './flags.js';
import { InputError, type Place } from './rules/input-error.js';
import { packageRoot } from './rules/spec-file.js';
import { parseYaml } from './rules/yaml-file.js';
import { parseStep } from './scenario/parse.js';
import type { Scenario, Step } from './scenario/scenario.js';

/** A worked example: a scenario that shows what a flag, or a set of them, is for. */
export interface Example {
  readonly name: string;
  /** The flags that it is about: without one of them it would come out otherwise. */
  readonly about: readonly string[];
  /** What it shows, in one sentence. */
  readonly what: string;
  readonly scenario: Scenario;
  /** What steps must return on a kernel, by their index, where the model has but a symbol. */
  readonly returns: ReadonlyMap<number, number>;
}

const schema = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/, 'an example is called by words of a-z, 0-9 and -')),
  about: v.optional(v.union([v.string(), v.array(v.string())]), []),
  what: v.string(),
  caller: v.picklist(['root', 'user']),
  steps: v.pipe(v.array(v.string()), v.minLength(1, 'an example has steps')),
  returns: v.optional(v.record(v.string(), v.pipe(v.number(), v.integer())), {}),
});

/**
 * Reads an example.
 *
 * @param text - the content
 * @param file - its name, for messages
 * @throws InputError with the place of an unknown field or flag, or of a step that is not understood
 */
export function parseExample(text: string, file: string): Example {
  const { value, placeOf } = parseYaml(text, file, schema);
  const { name, what, caller, steps: lines } = value;
  const about = typeof value.about === 'string' ? [value.about] : value.about;
  for (const flag of about) located(() => flagValue(flag), placeOf(['about']));
  const rows = text.split('\n');
  const steps = lines.map((line, index) => parseStep(line, inside(rows, placeOf(['steps', index]))));
  checkChildren(steps, (index) => placeOf(['steps', index]));
  const returns = Object.entries(value.returns).map(([step, number]): [number, number] => {
    if (/^\d+$/.test(step) && Number(step) < steps.length) return [Number(step), number];
    throw new InputError(
      `there is no step ${step}`,
      `steps are 0 to ${String(steps.length - 1)}`,
      placeOf(['returns', /^\d+$/.test(step) ? Number(step) : step]),
    );
  });
  return { name, about, what, scenario: { caller: callerNamed(caller), steps }, returns: new Map(returns) };
}

function located(read: () => unknown, place: Place): void {
  try {
    read();
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

/** The examples of `spec/examples`, by name. */
export function readExamples(): readonly Example[] {
  const folder = join(packageRoot(), 'spec', 'examples');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const file = `spec/examples/${name}`;
      const example = parseExample(readFileSync(join(folder, name), 'utf8'), file);
      if (`${example.name}.yaml` === name) return example;
      throw new InputError(`${example.name} stands in ${name}`, 'an example is called as its file', { file, line: 1 });
    });
}
