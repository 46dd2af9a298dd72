import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { readSpecFile } from './spec-file.js';

/**
 * What the build read from the YAML files, so that no start reads them again: that alone would take longer than all else until the
 * first verdict. It lies beside the compiled code; where a file was changed since, or from the sources, the YAML is read.
 */
interface Prepared {
  /** Of the texts of all files: what one says may hang on another. */
  readonly hash: string;
  readonly values: ReadonlyMap<string, unknown>;
}

const FILES = ['flags', 'features', 'callers', 'errors', 'effects', 'libc'] as const;
type SpecFileName = (typeof FILES)[number];

/** Where the build puts it. */
export const PREPARED = fileURLToPath(new URL('../prepared.bin', import.meta.url));

const values = new Map<SpecFileName, unknown>();
let prepared: Prepared | undefined | 'not looked for' = 'not looked for';

/**
 * Reads `spec/NAME.yaml`.
 *
 * @param parse - gets the text and the file's name for messages; what it returns is plain data
 * @throws InputError where the file is not what it should be
 */
export function fromSpecFile<T>(name: SpecFileName, parse: (text: string, file: string) => T): T {
  if (prepared === 'not looked for') prepared = readPrepared();
  // What stands there under this name came from the same parser.
  const value = prepared?.values.has(name)
    ? (prepared.values.get(name) as T)
    : parse(readSpecFile(`${name}.yaml`), `spec/${name}.yaml`);
  values.set(name, value);
  return value;
}

/** Writes down all that was read so far; {@link PREPARED} must not have been there when it was. */
export function writePrepared(): void {
  writeFileSync(PREPARED, serialize({ hash: hashOfFiles(), values } satisfies Prepared));
}

function readPrepared(): Prepared | undefined {
  if (!existsSync(PREPARED)) return undefined;
  try {
    const found = deserialize(readFileSync(PREPARED)) as Prepared;
    return found.hash === hashOfFiles() ? found : undefined;
  } catch {
    // Written by a newer Node.js, or cut short.
    return undefined;
  }
}

function hashOfFiles(): string {
  const hash = createHash('sha256');
  for (const name of FILES) hash.update(readSpecFile(`${name}.yaml`)).update('\0');
  return hash.digest('hex');
}
