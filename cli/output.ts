import { writeFileSync } from 'node:fs';
import { InputError } from '../spec/index.js';

/**
 * Writes a file that an option asked for.
 *
 * @param option - its name, for the message where that cannot be done
 */
export function writeOutput(option: string, path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'choose another file';
    throw new InputError(`--${option}: ${path} cannot be written`, why);
  }
}
