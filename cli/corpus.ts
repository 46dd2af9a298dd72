import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { readCorpus, saveFindings, type RunResult } from '../harness/index.js';
import type { StoredCase } from '../spec/index.js';

/** `--corpus`, `--no-corpus` and `--save`. */
export interface CorpusOptions {
  /** False where none is wanted. */
  readonly corpus?: string | boolean;
  readonly save?: string;
}

/** The folder that is taken where none is named. */
const FOLDER = 'corpus';

/** Options about cases that are kept. */
export function addCorpus(command: Command): Command {
  return command
    .option('--corpus <folder>', 'case files to run first (default: corpus/ of the working directory, where it is)')
    .option('--no-corpus', 'run none')
    .option('--save <folder>', 'write each finding there as a case file');
}

/**
 * The cases to run first.
 *
 * @param selects - only cases about clauses that this says yes to, and those that are about none
 * @param callers - only as these
 * @throws InputError where a folder that was named cannot be read, or a file is no case file
 */
export function corpusOf(
  { corpus }: CorpusOptions,
  selects: ((clause: string) => boolean) | undefined,
  callers: readonly string[] | undefined,
): readonly StoredCase[] {
  if (corpus === false) return [];
  const folder = typeof corpus === 'string' ? corpus : FOLDER;
  if (typeof corpus !== 'string' && !existsSync(folder)) return [];
  return readCorpus(folder)
    .filter(({ clause }) => clause === undefined || selects?.(clause) !== false)
    .filter(({ subject: { caller } }) => callers?.includes(caller.name) !== false);
}

/** Writes the findings where that was asked for, and says so on standard error. */
export function saveIn({ save }: CorpusOptions, result: RunResult): void {
  if (save === undefined) return;
  for (const path of saveFindings(save, result, new Date().toISOString().slice(0, 10)))
    process.stderr.write(`saved ${path}\n`);
}
