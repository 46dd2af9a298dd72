import { availableParallelism, release } from 'node:os';
import { Option } from 'commander';
import {
  CLAUSE_IDS as KERNEL_IDS,
  clauseGlob,
  readTextFile,
  readTextStream,
  type RunOptions,
} from '../harness/index.js';
import {
  EFFECTS,
  InputError,
  LIBC,
  NEWEST_KERNEL,
  callerNamed,
  didYouMean,
  parseKernelVersion,
  type KernelVersion,
  type Level,
  type Order,
} from '../spec/index.js';
import { nearest } from '../spec/rules/input-error.js';

/** Clauses that can be asked for, of kernels and of libcs. */
const CLAUSE_IDS: readonly string[] = [
  ...KERNEL_IDS,
  ...EFFECTS.map(({ id }) => id),
  ...LIBC.clauses.map(({ id }) => id),
];

/** A whole number from `least` up. */
export function countOption(name: string, least = 0): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least) {
      throw new InputError(`--${name}: ${text} is no count`, `a count is a whole number from ${String(least)} up`);
    }
    return number;
  };
}

/** Seconds, with or without a fraction. */
export function secondsOption(name: string): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || number <= 0)
      throw new InputError(`--${name}: ${text} is no time`, 'a time is a number of seconds above 0');
    return number;
  };
}

/** Takes one of a few words, and says which. */
export interface ChoiceParser<T extends string> {
  (text: string): T;
  readonly choices: readonly T[];
}

/** One of a few words. */
export function choiceOption<T extends string>(name: string, choices: readonly T[]): ChoiceParser<T> {
  const parse = (text: string): T => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) throw new InputError(`--${name}: ${text} is no choice`, didYouMean(text, choices));
    return choice;
  };
  return Object.assign(parse, { choices });
}

/** `6.12` or `5.10.223`. */
export function kernelOption(text: string): KernelVersion {
  const version = parseKernelVersion(text);
  if (version === undefined) throw new InputError(`--kernel: ${text} is no version`, 'a version is 6.12 or 5.10.223');
  return version;
}

/** The running kernel's version; the newest known where it has none. */
export function runningKernel(): KernelVersion {
  return parseKernelVersion(release()) ?? NEWEST_KERNEL;
}

/** Names of callers, separated by commas. */
export function callersOption(text: string): readonly string[] {
  return text.split(',').map((name) => callerNamed(name.trim()).name);
}

/** `errors/fs-*`: which clauses are meant. */
export function globOption(text: string): (clause: string) => boolean {
  const matches = clauseGlob(text);
  if (!CLAUSE_IDS.some(matches)) {
    throw new InputError(`--only: no clause is called ${text}`, clauseHint(text));
  }
  return matches;
}

/** What to say to someone who named a clause that there is not. */
export function clauseHint(text: string): string {
  const near = nearest(/^(errors|effects|libc)\//.test(text) ? text : `errors/${text}`, CLAUSE_IDS);
  return near === undefined ? '`clonecheck spec` lists the clauses' : `did you mean ${near}?`;
}

/** The content of a file, or of standard input for `-`. */
export async function readInput(path: string): Promise<string> {
  if (path === '-') return readTextStream(process.stdin, 'standard input');
  return readTextFile(path, 'name a file, or - for standard input');
}

/** `--jobs`: how many probes run at once. */
export function jobsOption(): Option {
  return new Option('--jobs <n>', 'probes at once')
    .argParser(countOption('jobs', 1))
    .default(Math.max(1, Math.min(8, availableParallelism())), 'one a processor, at most 8');
}

/** Options that every command that runs cases has. */
export interface CommonOptions {
  readonly order: Order;
  readonly level: Level;
  readonly kernel?: KernelVersion;
  readonly caller?: readonly string[];
  readonly only?: (clause: string) => boolean;
}

/** The part of {@link RunOptions} that comes from {@link CommonOptions}. */
export function judging({
  order,
  level,
  kernel,
  caller,
  only,
}: CommonOptions): Pick<RunOptions, 'order' | 'level' | 'kernel' | 'callers' | 'selects'> {
  return {
    order,
    level,
    ...(kernel && { kernel }),
    ...(caller && { callers: caller }),
    ...(only && { selects: only }),
  };
}
