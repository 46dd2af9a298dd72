import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  InputError,
  callerNamed,
  formatCall,
  formatResult,
  formatStep,
  parseCaseFile,
  type Caller,
  type StoredCase,
} from '../spec/index.js';
import { kindOf, type AnyFinding } from './expectations-hold.js';
import { neededTexts } from './needed.js';
import type { RunResult } from './run.js';
import { readTextFile } from './text-file.js';

const HINT = 'a corpus is a folder of case files, *.yaml';
/** In bytes. */
const LARGEST_CASE = 1024 * 1024;

/**
 * Reads every case under a folder, files in the order of their names.
 *
 * @throws InputError where the folder cannot be read or a file is no case file
 */
export function readCorpus(folder: string): readonly StoredCase[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new InputError(`${folder} cannot be read: ${code}`, HINT);
  }
  return [...names]
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .flatMap((name) => parseCaseFile(readTextFile(join(folder, name), HINT, LARGEST_CASE), join(folder, name)));
}

/**
 * Writes each finding of a run as a case file, for `replay` and for a corpus. One that is there already is left as it is.
 *
 * @param day - the day of the run, for the note
 * @returns the files that were written
 * @throws InputError where the folder cannot be written
 */
export function saveFindings(folder: string, result: RunResult, day: string): readonly string[] {
  const met = result.expectations?.met.map(({ finding }) => finding) ?? [];
  const findings: readonly AnyFinding[] = [...result.findings, ...result.scenarioFindings, ...met];
  try {
    mkdirSync(folder, { recursive: true });
    return findings.flatMap((finding) => save(folder, finding, noteOf(finding, result, day)));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `--save: ${folder} cannot be written`,
      error instanceof Error ? error.message : 'choose another folder',
    );
  }
}

function save(folder: string, finding: AnyFinding, note: string): readonly string[] {
  const text = caseFile(finding, note);
  for (let number = 1; ; number++) {
    const path = join(folder, `${nameOf(finding)}${number === 1 ? '' : `-${String(number)}`}.yaml`);
    if (!existsSync(path)) {
      writeFileSync(path, text);
      return [path];
    }
    if (subjectsOf(readFileSync(path, 'utf8'), path) === subjectsOf(text, path)) return [];
  }
}

/** What is run by a case file, to see whether two are the same. */
function subjectsOf(text: string, file: string): string {
  const subjects = parseCaseFile(text, file).map(({ subject }) =>
    'steps' in subject
      ? [wordOf(subject.caller), ...subject.steps.map(formatStep)]
      : [wordOf(subject.caller), formatCall(subject.call)],
  );
  return JSON.stringify(subjects);
}

/** `errors-fs-with-newns-missing`. */
function nameOf(finding: AnyFinding): string {
  return `${finding.clause}-${kindOf(finding)}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** A finding as the text of a case file. */
export function caseFile(finding: AnyFinding, note: string): string {
  const what =
    'minimal' in finding
      ? { caller: wordOf(finding.minimal.caller), call: formatCall(finding.minimal.call) }
      : { caller: wordOf(finding.scenario.caller), steps: finding.scenario.steps.map(formatStep) };
  return stringify({ ...what, clause: finding.clause, note }, { lineWidth: 0 });
}

/** A caller's name where it has one, or else its attributes. */
function wordOf({ name, attributes }: Caller): string {
  try {
    if (callerNamed(name).attributes.join() === attributes.join()) return name;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  return attributes.join('+');
}

function noteOf(finding: AnyFinding, { target, header }: RunResult, day: string): string {
  const [expected, observed] =
    'minimal' in finding
      ? [finding.expected.join(' or '), finding.observed]
      : [formatResult(finding.mismatch.expected), formatResult(finding.mismatch.observed)];
  const step = 'minimal' in finding ? '' : ` at step ${String(finding.mismatch.step)}`;
  const parts = neededTexts(finding.needed).map((text) => `; needed: ${text}`);
  return `${target}, Linux ${header.release}, ${day}: expected ${expected}${step}, observed ${observed}${parts.join('')}`;
}
