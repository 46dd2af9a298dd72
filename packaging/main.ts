import { join } from 'node:path';
import { packageRoot } from '../spec/index.js';
import { buildPrograms } from './probes.js';
import { rollTypes } from './surface.js';

/**
 * What `npm pack` does first: types rolled into one file, and probes for every architecture. A package that lacks one would need a compiler;
 * that is no package.
 *
 * `--report` writes the report of the library's surface anew; `--types` builds no probes; a folder is taken for the package's instead of this
 * one.
 */
const words = process.argv.slice(2);
const root = words.find((word) => !word.startsWith('--')) ?? packageRoot();
const update = words.includes('--report');
const complaints = [
  ...rollTypes(join(root, 'dist', 'library', 'clonecheck.d.ts'), update),
  ...(update || words.includes('--types') ? [] : await buildPrograms(join(root, 'harness', 'probe'))),
];
for (const complaint of complaints) process.stderr.write(`the package: ${complaint}\n`);
if (complaints.length > 0) process.exitCode = 1;
