import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../spec/index.js';
import type { ReproducerText } from './reproducer.js';
import { verifyReproducer, type Verification } from './verify.js';

/** A reproducer that lies in a file, and whether it shows its finding on the target. */
export interface WrittenReproducer {
  /** Absent where there is none. */
  readonly path?: string;
  readonly status: Verification['status'] | 'unavailable';
  readonly why: string;
}

/** How a program is run on a target: words of a command that go before it, and a compiler for the target's machine. */
export interface ProgramLaunch {
  readonly prefix: readonly string[];
  readonly compiler?: string;
}

const NOT_RUN: Verification = {
  status: 'cannot judge',
  why: 'it was not run: bring it to the target and run it there',
};

/** The name of a reproducer's file: the clause and a short hash, so that each finding has its own and keeps it. */
export function reproducerName(clause: string, text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${clause.replace(/[^a-z0-9-]+/gi, '-')}-${hash}.c`;
}

/**
 * Writes a file for each finding, compiles it, and runs it on the target.
 *
 * @param findings - each with its clause and its program
 * @param launch - how a program is run on the target; undefined where nothing can be run there but the probe
 * @returns one for each finding, in order
 * @throws InputError where the folder cannot be written
 */
export async function writeReproducers(
  folder: string,
  findings: readonly { readonly clause: string; readonly text: ReproducerText }[],
  launch: ProgramLaunch | undefined,
): Promise<readonly WrittenReproducer[]> {
  const written: WrittenReproducer[] = [];
  for (const { clause, text } of findings) {
    if (typeof text !== 'string') {
      written.push({ status: 'unavailable', why: text.unavailable });
      continue;
    }
    const path = join(folder, reproducerName(clause, text));
    writeOrThrow(folder, path, text);
    const verified = launch === undefined ? NOT_RUN : await verifyReproducer(text, launch.prefix, launch.compiler);
    written.push({ path, ...verified });
  }
  return written;
}

function writeOrThrow(folder: string, path: string, text: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new InputError(
      `${folder} cannot be written`,
      error instanceof Error ? error.message : 'choose another folder for the reproducers',
    );
  }
}
