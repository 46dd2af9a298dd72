import * as v from 'valibot';
import type { Level } from './clauses.js';
import { FLAGS, flagValue } from './flags.js';
import { ERRNO_NAMES, type Errno } from './model/errno.js';
import { InputError, didYouMean } from './rules/input-error.js';
import { fromSpecFile } from './rules/prepared.js';
import { parseYaml, type YamlFile } from './rules/yaml-file.js';
import { signalNumber } from './text/signals.js';
import { about } from './rules/about.js';

/** Something that a libc may offer; each clause says what it needs. `is` is how people call it. */
export interface LibcFunction {
  readonly name: string;
  readonly is: string;
}

/** One thing that a libc's wrapper must do, or that is left open to it, from `libc.yaml`. */
export interface LibcClause {
  readonly id: string;
  /** Names of {@link LibcFunction}s. */
  readonly needs: readonly string[];
  readonly level: Level;
  /** What is held, in a sentence. */
  readonly says: string;
  /** Where it is written: a standard, or a libc's own file. */
  readonly source: string;
  readonly man?: string;
  /** What the case does, as C. */
  readonly does: string;
  /** What the kernel answers in place of making a task, and to which calls. */
  readonly refused?: { readonly calls: 'all' | 'clone3'; readonly errno: Errno };
  /** Documents leave it to the libc: what is observed is shown, and never judged. Nothing is expected then. */
  readonly open: boolean;
  /** Of what an open clause's program says these keys are shown, besides the calls; all where there is no such list. */
  readonly shows?: readonly string[];
  /** One of these must be so. */
  readonly expects: readonly LibcExpected[];
}

/** What a case must come to. */
export interface LibcExpected {
  /** For each key what the program says: a text, one of several, the same as another key (`@result`), or null: nothing. */
  readonly said: Readonly<Record<string, Said>>;
  readonly calls?: 'none' | ExpectedCalls;
}

export type Said = string | readonly string[] | null;

/** What the raw calls between `begin` and `end` must be; each field is about every one of them. */
export interface ExpectedCalls {
  /** So many make a task. */
  readonly made?: number;
  /** Exactly these flags, without the exit signal. */
  readonly flags?: bigint;
  /** At least these. */
  readonly with?: bigint;
  /** None of these. */
  readonly without?: bigint;
  /** The exit signal, 0 for none. */
  readonly signal?: bigint;
  /** Pointers, as keys of what was said: `@tls-at`. */
  readonly parentTid?: string;
  readonly childTid?: string;
  readonly tls?: string;
}

/** Everything in `libc.yaml`. */
export interface LibcSpecification {
  readonly functions: readonly LibcFunction[];
  readonly clauses: readonly LibcClause[];
}

const said = v.union([v.string(), v.number(), v.null(), v.array(v.union([v.string(), v.number()]))]);
const key = v.pipe(
  v.string(),
  v.regex(/^@[a-z0-9-]+$/, 'a pointer is given as the key that was said, such as @tls-at'),
);
const calls = v.strictObject({
  made: about('So many calls make a task.', v.optional(v.number())),
  flags: about('Exactly these flags, without the exit signal.', v.optional(v.string())),
  with: about('At least these.', v.optional(v.string())),
  without: about('None of these.', v.optional(v.string())),
  signal: about('The exit signal by its name; none for none.', v.optional(v.string())),
  parent_tid: about('The pointer, as the key that was said, such as @tid-at.', v.optional(key)),
  child_tid: about('The pointer, as the key that was said.', v.optional(key)),
  tls: about('The pointer, as the key that was said.', v.optional(key)),
});
const expected = v.strictObject({
  said: about(
    'For each key what the program says: a text, one of several, the same as another key (@result), or null: nothing.',
    v.optional(v.record(v.string(), said), {}),
  ),
  calls: about(
    'What the raw calls between begin and end must be; none: there are none.',
    v.optional(v.union([v.literal('none'), calls])),
  ),
});
const clauseSchema = v.strictObject({
  id: about(
    'The stable address of the clause.',
    v.pipe(v.string(), v.regex(/^libc\/[a-z0-9-]+$/, 'a clause id is libc/ and words of a-z, 0-9 and -')),
  ),
  needs: about(
    'Functions without which it is not judged.',
    v.pipe(v.array(v.string()), v.minLength(1, 'a clause needs some function')),
  ),
  level: about(
    'documented: a standard or man page says so; linux: what programs know though none says so.',
    v.picklist(['documented', 'linux']),
  ),
  says: about('What is held, in a sentence.', v.string()),
  source: about("A standard, or a libc's own file.", v.string()),
  man: about('Where a man page says it.', v.optional(v.string())),
  does: about('What the case does, as C.', v.string()),
  refused: about(
    'What the kernel answers in place of making a task.',
    v.optional(
      v.strictObject({
        calls: about('Which raw calls are refused.', v.picklist(['all', 'clone3'])),
        errno: about('With what.', v.picklist(ERRNO_NAMES)),
      }),
    ),
  ),
  open: about(
    'Documents leave it to the libc: what is observed is shown, and never judged.',
    v.optional(v.boolean(), false),
  ),
  shows: about(
    'Of what the program says these keys are shown, besides the calls; absent: all.',
    v.exactOptional(v.array(v.string())),
  ),
  expects: about('One of these must be so.', v.optional(v.array(expected), [])),
});
/** `libc.yaml`, as it is written. */
export const libcSchema = v.strictObject({
  functions: about(
    'Functions that clauses need, by their short names, with the C that says whether there is one.',
    v.record(v.string(), v.string()),
  ),
  clauses: about('Every clause.', v.array(clauseSchema)),
});

type Raw = v.InferOutput<typeof clauseSchema>;
type Path = readonly (string | number)[];

/**
 * Reads `libc.yaml`.
 *
 * @throws InputError with file, line and column for an unknown field, function or flag, an id that stands twice, a clause that is open and
 *   expects something, or is neither
 */
export function parseLibc(text: string, file: string): LibcSpecification {
  const yaml = parseYaml(text, file, libcSchema);
  const functions = Object.entries(yaml.value.functions).map(([name, is]) => ({ name, is }));
  const seen = new Set<string>();
  const clauses = yaml.value.clauses.map((raw, index) => {
    const at: Path = ['clauses', index];
    if (seen.has(raw.id))
      throw new InputError(`${raw.id} stands twice`, 'give one of the two another id', yaml.placeOf([...at, 'id']));
    seen.add(raw.id);
    for (const [place, name] of raw.needs.entries()) {
      if (functions.some((known) => known.name === name)) continue;
      const known = functions.map((each) => each.name);
      throw new InputError(
        `there is no function ${name}`,
        didYouMean(name, known),
        yaml.placeOf([...at, 'needs', place]),
      );
    }
    if (raw.open !== (raw.expects.length === 0))
      throw new InputError(
        raw.open ? `${raw.id} is open and expects something` : `what ${raw.id} expects is missing`,
        'a clause has either open: true or expects:',
        yaml.placeOf([...at, raw.open ? 'expects' : 'id']),
      );
    return readClause(raw, yaml, at);
  });
  return { functions, clauses };
}

function readClause({ man, refused, expects, ...rest }: Raw, yaml: YamlFile<unknown>, at: Path): LibcClause {
  return {
    ...rest,
    ...(man !== undefined && { man }),
    ...(refused !== undefined && { refused }),
    expects: expects.map((each, index) => ({
      said: Object.fromEntries(Object.entries(each.said).map(([name, value]) => [name, textOf(value)])),
      ...(each.calls !== undefined && {
        calls: each.calls === 'none' ? each.calls : readCalls(each.calls, yaml, [...at, 'expects', index, 'calls']),
      }),
    })),
  };
}

function textOf(value: v.InferOutput<typeof said>): Said {
  if (Array.isArray(value)) return value.map(String);
  return value === null ? null : String(value);
}

function readCalls(raw: v.InferOutput<typeof calls>, yaml: YamlFile<unknown>, at: Path): ExpectedCalls {
  const { made, signal, parent_tid, child_tid, tls } = raw;
  const flags = (name: 'flags' | 'with' | 'without'): bigint | undefined => {
    const text = raw[name];
    return text === undefined ? undefined : readFlags(text, yaml, [...at, name]);
  };
  const [exactly, some, none] = [flags('flags'), flags('with'), flags('without')];
  return {
    ...(made !== undefined && { made }),
    ...(exactly !== undefined && { flags: exactly }),
    ...(some !== undefined && { with: some }),
    ...(none !== undefined && { without: none }),
    ...(signal !== undefined && { signal: readSignal(signal, yaml, [...at, 'signal']) }),
    ...(parent_tid !== undefined && { parentTid: parent_tid }),
    ...(child_tid !== undefined && { childTid: child_tid }),
    ...(tls !== undefined && { tls }),
  };
}

/** `SIGCHLD`, or none. */
function readSignal(text: string, yaml: YamlFile<unknown>, at: Path): bigint {
  const number = text === 'none' ? 0n : signalNumber(text);
  if (number !== undefined) return number;
  throw new InputError(`there is no signal ${text}`, 'it is none or a name such as SIGCHLD', yaml.placeOf(at));
}

/** `CLONE_VM|CLONE_FS`, or 0. */
function readFlags(text: string, yaml: YamlFile<unknown>, at: Path): bigint {
  if (text === '0') return 0n;
  const names = FLAGS.map(({ name }) => name);
  return text.split('|').reduce((all, word) => {
    const name = word.trim();
    if (!names.includes(name))
      throw new InputError(`there is no flag ${name}`, didYouMean(name, names), yaml.placeOf(at));
    return all | flagValue(name);
  }, 0n);
}

/** The clauses of `spec/libc.yaml`. */
export const LIBC: LibcSpecification = fromSpecFile('libc', parseLibc);
