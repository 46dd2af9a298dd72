import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../spec/index.js';

/** The version of this program. */
export function version(): string {
  const json: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : '';
}
