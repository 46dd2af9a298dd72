import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../spec/index.js';
import { programOf } from '../program.js';
import { madeFiles } from './files.js';

// `npm run documents`: writes what is made of definitions.
for (const { path, text } of madeFiles(programOf(() => undefined))) {
  const target = join(packageRoot(), path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  process.stdout.write(`${path}\n`);
}
