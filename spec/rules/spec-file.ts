import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds `package.json`: the same from the sources and from `dist`. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json is missing above the specification');
    folder = parent;
  }
  return folder;
}

/** The text of a file of the specification, such as `errors.yaml`. */
export function readSpecFile(name: string): string {
  return readFileSync(join(packageRoot(), 'spec', name), 'utf8');
}
