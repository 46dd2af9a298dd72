import { InputError } from '../../spec/index.js';
import type { Fault } from './faults.js';

/** The header that declares the switch; it goes into `include/linux`. */
export const HEADER = 'include/linux/clonecheck_fault.h';

/** The files of the kernel's source that faults change. */
export function touched(faults: readonly Fault[]): readonly string[] {
  return [...new Set(faults.map(({ file }) => file))];
}

/**
 * Puts every fault into the kernel's source, each off until the command line asks for it.
 *
 * @param sources - by name, the text of each file that {@link touched} lists
 * @returns the same files, changed
 * @throws InputError where what an edit is to replace does not stand in its file exactly once
 */
export function patched(sources: ReadonlyMap<string, string>, faults: readonly Fault[]): ReadonlyMap<string, string> {
  const result = new Map(sources);
  for (const { name, file, edits } of faults) {
    for (const edit of edits) {
      const source = result.get(file);
      const [before, after, ...more] = source?.split(edit.find) ?? [];
      if (before === undefined || after === undefined || more.length > 0) {
        const often =
          source === undefined ? 'is not there' : `has ${String(more.length + (after === undefined ? 0 : 1))} of it`;
        const hint = 'this source is of another version: find a text that stands in each version once';
        throw new InputError(`fault ${name}: ${file} ${often}`, hint, edit.place);
      }
      result.set(file, before + edit.with.replace(/\bFAULT\b/g, `clonecheck_fault(${identifier(name)})`) + after);
    }
  }
  for (const file of touched(faults))
    result.set(file, `#include <linux/clonecheck_fault.h>\n${result.get(file) ?? ''}`);
  return result;
}

/** The text of {@link HEADER}. */
export function header(faults: readonly Fault[]): string {
  return [
    '#ifndef _LINUX_CLONECHECK_FAULT_H',
    '#define _LINUX_CLONECHECK_FAULT_H',
    '',
    'enum clonecheck_fault {',
    '\tCLONECHECK_FAULT_NONE,',
    ...faults.map(({ name }) => `\tCLONECHECK_FAULT_${identifier(name)},`),
    '};',
    '',
    `#define CLONECHECK_FAULT_NAMES ${faults.map(({ name }) => `"${name}"`).join(', ')}`,
    '',
    'extern enum clonecheck_fault clonecheck_fault_on;',
    '',
    '#define clonecheck_fault(name) (clonecheck_fault_on == CLONECHECK_FAULT_##name)',
    '',
    '#endif',
    '',
  ].join('\n');
}

function identifier(name: string): string {
  return name.replaceAll('-', '_');
}
