import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import {
  holdLibcTo,
  holdTo,
  parseExpectations,
  readTextFile,
  updateExpectations,
  type Expectation,
  type LibcExpectations,
  type LibcRun,
  type RunResult,
} from '../harness/index.js';
import { InputError, formatPlace } from '../spec/index.js';

/** `--expect` and `--update-expect`. */
export interface ExpectOptions {
  readonly expect?: string;
  readonly updateExpect?: boolean;
}

/** Options about differences that a project knows of. */
export function addExpectations(command: Command): Command {
  return command
    .option('--expect <file>', 'differences that you know of, in YAML: they do not count, and are to be there')
    .option('--update-expect', 'write that file anew for what the run finds; new entries need a reason');
}

/** An `expect.yaml` that was read, or is to be written. */
export class Expectations {
  private constructor(
    private readonly file: string,
    private readonly text: string,
    private readonly update: boolean,
    private readonly entries: readonly Expectation[],
  ) {}

  /**
   * Reads the file that `--expect` names.
   *
   * @throws InputError where it cannot be read or is wrong
   */
  static read({ expect: file, updateExpect = false }: ExpectOptions): Expectations | undefined {
    if (file === undefined) {
      if (updateExpect) throw new InputError('--update-expect: which file', 'name it with --expect');
      return undefined;
    }
    const text = read(file, updateExpect);
    return new Expectations(
      file,
      text,
      updateExpect,
      parseExpectations(text, file, updateExpect ? 'allowed' : 'refused'),
    );
  }

  /** The cases that entries name. */
  get cases(): readonly Expectation[] {
    return this.entries.filter(({ subject }) => subject !== undefined);
  }

  /** Compares a run with what is expected; says on standard error what is not so, and writes the file anew where that was asked for. */
  hold(result: RunResult): RunResult {
    const held = holdTo(result, this.entries, today());
    if (!this.update || held.expectations === undefined) {
      complain(held);
      return held;
    }
    const findings = [...held.findings, ...held.scenarioFindings];
    const { text, added, changed, removed } = updateExpectations(
      this.text,
      this.entries,
      held.expectations,
      findings,
      result.target,
    );
    if (text !== this.text) write(this.file, text);
    process.stderr.write(
      `${this.file}: ${String(added)} added, ${String(changed)} changed, ${String(removed)} removed\n`,
    );
    const updated = holdTo(result, parseExpectations(text, this.file, 'allowed'), today());
    complain(updated);
    return updated;
  }

  /** The same for a run on a libc. */
  holdLibc(run: LibcRun): LibcExpectations {
    const expectations = holdLibcTo(run, this.entries, today());
    complain({ expectations });
    return expectations;
  }
}

function complain({ expectations }: { readonly expectations?: Pick<LibcExpectations, 'broken'> }): void {
  for (const { what, hint, place } of expectations?.broken ?? [])
    process.stderr.write(`clonecheck: ${formatPlace(place)}: ${what}\nHint: ${hint}\n`);
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function read(file: string, update: boolean): string {
  if (update && !existsSync(file)) return '';
  return readTextFile(file, '--update-expect writes a first one');
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(
      `--expect: ${file} cannot be written`,
      error instanceof Error ? error.message : 'choose another',
    );
  }
}
