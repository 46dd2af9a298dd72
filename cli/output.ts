import { appendFileSync, writeFileSync } from 'node:fs';
import { InputError } from '../spec/index.js';

/**
 * Writes a file that an option asked for.
 *
 * @param option - its name, for the message where that cannot be done
 */
export function writeOutput(option: string, path: string, text: string): void {
  attempt(option, path, () => {
    writeFileSync(path, text);
  });
}

/** Writes behind what the file holds already. */
export function appendOutput(option: string, path: string, text: string): void {
  attempt(option, path, () => {
    appendFileSync(path, text);
  });
}

function attempt(option: string, path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const why = error instanceof Error ? error.message : 'choose another file';
    throw new InputError(`--${option}: ${path} cannot be written`, why);
  }
}
