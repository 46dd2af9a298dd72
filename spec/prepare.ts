import { rmSync } from 'node:fs';
import { PREPARED, writePrepared } from './rules/prepared.js';

/** The last step of the build: reads the YAML of the specification with the code that was just compiled, and keeps it. */
rmSync(PREPARED, { force: true });
await import('./index.js');
writePrepared();
