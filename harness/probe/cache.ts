import { mkdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../spec/index.js';

/** A folder that this user can write, where compiled probes and what is made of them are kept. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const uid = process.getuid?.() ?? 0;
  for (const folder of [join(base, 'clonecheck'), join(tmpdir(), `clonecheck-${String(uid)}`)]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      const probe = join(folder, `.write-${String(process.pid)}`);
      mkdirSync(probe);
      rmSync(probe, { recursive: true });
      return folder;
    } catch {
      continue;
    }
  }
  throw new InputError('no folder for the compiled probe can be written', 'set XDG_CACHE_HOME to a folder that can');
}
