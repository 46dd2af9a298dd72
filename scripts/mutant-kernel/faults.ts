import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import {
  InputError,
  callerNamed,
  formatCall,
  formatStep,
  packageRoot,
  parseCall,
  parseStep,
} from '../../spec/index.js';
import type { Place } from '../../spec/index.js';
import { parseYaml } from '../../spec/rules/yaml-file.js';

/** A place in the kernel's source that a fault changes. */
export interface Edit {
  /** What stands there exactly once. */
  readonly find: string;
  /** What takes its place; the word FAULT is 1 while the fault is on, else 0. */
  readonly with: string;
  /** Where in `faults.yaml` the edit is. */
  readonly place: Place;
}

/** A way in which the kernel can be broken. */
export interface Fault {
  readonly name: string;
  readonly broken: string;
  readonly file: string;
  readonly edits: readonly Edit[];
  /** The one clause that has to be found. */
  readonly clause: string;
  /** The smallest case that can show it: `root: clone(…)`, or a line for each step below the caller. */
  readonly counterexample: readonly string[];
}

const text = v.pipe(v.string(), v.nonEmpty());
const schema = v.strictObject({
  faults: v.array(
    v.strictObject({
      name: v.pipe(
        v.string(),
        v.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a name is of small letters, digits and dashes'),
      ),
      broken: text,
      file: v.pipe(v.string(), v.regex(/^[a-z0-9_/]+\.c$/, 'a file of the source, such as kernel/fork.c')),
      edits: v.pipe(v.array(v.strictObject({ find: text, with: text })), v.nonEmpty()),
      clause: text,
      counterexample: v.union([
        v.strictObject({ caller: text, call: text }),
        v.strictObject({ caller: text, steps: v.pipe(v.array(text), v.nonEmpty()) }),
      ]),
    }),
  ),
});

/**
 * Reads the faults.
 *
 * @param content - YAML
 * @param file - its name, for messages
 * @throws InputError with file, line and column where it is not what is expected
 */
export function parseFaults(content: string, file: string): readonly Fault[] {
  const { value, placeOf } = parseYaml(content, file, schema);
  const names = new Set<string>();
  return value.faults.map(({ counterexample, edits, ...fault }, index) => {
    const at = (...path: readonly (string | number)[]): Place => placeOf(['faults', index, ...path]);
    if (names.has(fault.name)) throw new InputError(`a second fault ${fault.name}`, 'rename one', at('name'));
    names.add(fault.name);
    if (!edits.some((edit) => /\bFAULT\b/.test(edit.with)))
      throw new InputError(`${fault.name} cannot be switched`, 'write FAULT where it is asked for', at('edits'));
    return {
      ...fault,
      edits: edits.map((edit, number) => ({ ...edit, place: at('edits', number, 'find') })),
      counterexample: placed(at('counterexample'), () => {
        const caller = callerNamed(counterexample.caller).name;
        return 'call' in counterexample
          ? callText(caller, formatCall(parseCall(counterexample.call).call))
          : stepsText(
              caller,
              counterexample.steps.map((step) => formatStep(parseStep(step))),
            );
      }),
    };
  });
}

/** A case that is one call, as lines. */
export function callText(caller: string, call: string): readonly string[] {
  return [`${caller}: ${call}`];
}

/** A case of several steps, as lines. */
export function stepsText(caller: string, steps: readonly string[]): readonly string[] {
  return [`${caller}:`, ...steps.map((step) => `  ${step}`)];
}

/** The folder that the faults and what belongs to them lie in. */
export function faultsFolder(): string {
  return join(packageRoot(), 'scripts', 'mutant-kernel');
}

/** The project's own faults. */
export function ownFaults(): readonly Fault[] {
  const file = join(faultsFolder(), 'faults.yaml');
  return parseFaults(readFileSync(file, 'utf8'), file);
}

function placed<T>(place: Place, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InputError ? error.at(place) : error;
  }
}
