import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseCaseFile } from './case-file.js';
import { InputError } from './rules/input-error.js';
import { packageRoot } from './rules/spec-file.js';
import type { Scenario } from './scenario/scenario.js';

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

/**
 * Reads an example: a case file (`spec/case-file.ts`) of one scenario that has a name and says what it shows.
 *
 * @param text - the content
 * @param file - its name, for messages
 * @throws InputError with the place of an unknown field or flag, or of a step that is not understood
 */
export function parseExample(text: string, file: string): Example {
  const [stored, ...others] = parseCaseFile(text, file);
  if (stored === undefined || others.length > 0)
    throw new InputError('an example is one case', 'give each a file of its own', { file, line: 1 });
  const { name, what, about, returns, subject, place } = stored;
  if (!('steps' in subject)) throw new InputError('an example has steps', 'write the call as a step', place);
  if (name === undefined) throw new InputError('name is missing', 'add name: it is that of the file', place);
  if (what === undefined) throw new InputError('what is missing', 'add what: it says what the example shows', place);
  if (subject.caller.name !== 'root' && subject.caller.name !== 'user')
    throw new InputError(
      `an example is for root or user, not ${subject.caller.name}`,
      'it is one of root, user',
      place,
    );
  return { name, about, what, scenario: subject, returns };
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
