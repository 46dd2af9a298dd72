import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
} from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { packageRoot, type Architecture } from '../../spec/index.js';
import { cacheFolder } from './cache.js';

/** Programs that run on a target: the probe, and what is process 1 of a virtual machine. */
export type Program = 'probe' | 'init';

/** Where the sources of the programs lie. */
export function sourceFolder(): string {
  return join(packageRoot(), 'harness', 'probe');
}

/** Where, below the sources, the programs lie that came with the package; a clone of the repository has none. */
export const BUILT_FOLDER = 'built';
/** The list of them, beside them. */
export const BUILT_LIST = 'built.json';

const BUILT = v.object({
  /** The hash of the sources and flags that the programs were built from. */
  source: v.string(),
  programs: v.record(v.string(), v.object({ sha256: v.string(), compiler: v.string() })),
});

/** What `built.json` says of the programs beside it. */
export type Built = v.InferOutput<typeof BUILT>;

/** The SHA-256 of sources and flags, in hexadecimal. */
export function sourceHash(flags: readonly string[], folder = sourceFolder()): string {
  const hash = createHash('sha256').update(flags.join(' '));
  for (const name of readdirSync(folder).sort())
    if (/\.[ch]$/.test(name)) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

/**
 * The path of a program that came with the package, ready to be run; undefined where there is none, or where the sources beside it are
 * others than it was built from.
 */
export function prebuilt(
  program: Program,
  arch: Architecture,
  flags: readonly string[],
  folder = sourceFolder(),
): string | undefined {
  const name = `${program}-${arch}`;
  const path = join(folder, BUILT_FOLDER, name);
  const list = join(folder, BUILT_FOLDER, BUILT_LIST);
  if (!existsSync(list) || !existsSync(path)) return undefined;
  const { source, programs } = v.parse(BUILT, JSON.parse(readFileSync(list, 'utf8')));
  const sha256 = programs[name]?.sha256;
  if (sha256 === undefined || source !== sourceHash(flags, folder)) return undefined;
  return runnable(path) ? path : copied(path, `${name}-${sha256.slice(0, 16)}`);
}

/** Packages are unpacked without the right to execute, or where nothing may be executed. */
function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function copied(path: string, name: string): string {
  const copy = join(cacheFolder(), name);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${String(process.pid)}`;
  copyFileSync(path, unfinished);
  chmodSync(unfinished, 0o755);
  renameSync(unfinished, copy);
  return copy;
}
