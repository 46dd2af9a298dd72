import * as v from 'valibot';
import { parseExpression } from './expression/parse.js';
import type { Expression } from './expression/ast.js';
import { isFeature } from './features.js';
import { ARCHITECTURES, CONFIG_NAMES } from './model/facts.js';
import { ERRNO_NAMES, type Errno } from './model/errno.js';
import type { CallName } from './model/call.js';
import { InputError, type Place } from './rules/input-error.js';
import { fromSpecFile } from './rules/prepared.js';
import { parseChange, type Change } from './rules/version.js';
import { parseYaml, type YamlFile } from './rules/yaml-file.js';
import { about } from './rules/about.js';

/** One refusal, from `errors.yaml`. */
export interface Clause {
  readonly id: string;
  readonly errno: Errno;
  readonly calls: readonly CallName[];
  /** The condition as it is written. */
  readonly when: string;
  readonly condition: Expression;
  readonly requires: readonly Requirement[];
  readonly since?: Change;
  readonly until?: Change;
  readonly level: Level;
  readonly stage: string;
  /** Kernel file and function. */
  readonly source: string;
  /** Where a man page says it. */
  readonly man?: string;
  /** Where a man page says otherwise. */
  readonly erratum?: string;
  readonly why: string;
  readonly example?: { readonly caller: string; readonly call: string };
  /** Why no caller that the probe can make reaches it. */
  readonly unjudged?: string;
  /** Where the condition stands. */
  readonly place: Place;
  /** Position in the order of checking. */
  readonly rank: number;
}

/** `documented`: a man page or header says so; `linux`: what Linux does though no document says so. */
export type Level = 'documented' | 'linux';

/** A feature, configuration option or architecture that a clause needs, or needs to be absent. */
export interface Requirement {
  readonly kind: 'feature' | 'config' | 'arch';
  readonly name: string;
  readonly present: boolean;
}

/** The clause that what no other clause refuses succeeds. */
export interface AcceptClause {
  readonly id: string;
  readonly level: Level;
  readonly source: string;
  readonly erratum?: string;
  readonly why: string;
}

/** All refusals, in Linux's order of checking, and the clause about everything else. */
export interface ErrorClauses {
  readonly clauses: readonly Clause[];
  readonly stages: readonly { readonly stage: string; readonly at: string }[];
  readonly otherwise: AcceptClause;
}

const call = v.picklist(['clone', 'clone3', 'fork', 'vfork']);
const level = v.picklist(['documented', 'linux']);
const clauseSchema = v.strictObject({
  id: about(
    'The stable address of the clause.',
    v.pipe(v.string(), v.regex(/^errors\/[a-z0-9-]+$/, 'a clause id is errors/ and words of a-z, 0-9 and -')),
  ),
  errno: about('What the call fails with.', v.picklist(ERRNO_NAMES)),
  calls: about('The calls that it is about; absent: clone and clone3.', v.optional(v.array(call), ['clone', 'clone3'])),
  when: about('The condition, in the words that spec/model/vocabulary.ts lists.', v.string()),
  requires: about(
    'Features, config.NAME or arch.NAME that a kernel needs to have it; with ! before it: needs to lack.',
    v.optional(v.array(v.string()), []),
  ),
  since: about(
    'The first release that has it, and stable releases of older lines that have it too.',
    v.optional(v.string()),
  ),
  until: about('The first release that no longer has it, and stable ones.', v.optional(v.string())),
  level: about(
    'documented: a man page or UAPI header says so; linux: what Linux does though no document says so.',
    level,
  ),
  source: about('Kernel file and function; absent: where its stage is.', v.optional(v.string())),
  man: about('Where a man page says it.', v.optional(v.string())),
  erratum: about('Where a man page says otherwise.', v.optional(v.string())),
  why: about('One sentence.', v.string()),
  example: about(
    'The smallest case that it refuses.',
    v.optional(
      v.strictObject({
        caller: about('A name of callers.yaml, or attributes joined with +.', v.string()),
        call: about('As strace prints it.', v.string()),
      }),
    ),
  ),
  unjudged: about('Why no caller that the probe can make reaches it.', v.optional(v.string())),
});
/** `errors.yaml`, as it is written. */
export const errorsSchema = v.strictObject({
  stages: about(
    'The places where Linux checks, in its order.',
    v.array(
      v.strictObject({
        stage: about('A name.', v.string()),
        at: about('Kernel file and function.', v.string()),
        clauses: about('Refusals, in the order of checking.', v.array(clauseSchema)),
      }),
    ),
  ),
  otherwise: about(
    'The clause that what no other clause refuses succeeds.',
    v.strictObject({
      id: about('The stable address of the clause.', v.string()),
      level: about('As for a refusal.', level),
      source: about('Kernel file and function.', v.string()),
      erratum: about('Where a man page says otherwise.', v.exactOptional(v.string())),
      why: about('One sentence.', v.string()),
    }),
  ),
});

/**
 * Reads `errors.yaml`.
 *
 * @param text - the content
 * @param file - its name, for messages
 * @throws InputError with file, line and column for an unknown field, a bad condition, version or requirement, or an id that stands twice
 */
export function parseErrorClauses(text: string, file: string): ErrorClauses {
  const yaml = parseYaml(text, file, errorsSchema);
  const seen = new Set<string>();
  const clauses: Clause[] = [];
  for (const [stageIndex, { stage, at, clauses: raw }] of yaml.value.stages.entries()) {
    for (const [clauseIndex, clause] of raw.entries()) {
      const path = ['stages', stageIndex, 'clauses', clauseIndex];
      if (seen.has(clause.id)) {
        throw new InputError(
          `${clause.id} stands twice`,
          'give one of the two another id',
          yaml.placeOf([...path, 'id']),
        );
      }
      seen.add(clause.id);
      clauses.push(readClause(clause, { stage, source: at, rank: clauses.length }, yaml, path));
    }
  }
  return {
    clauses,
    stages: yaml.value.stages.map(({ stage, at }) => ({ stage, at })),
    otherwise: yaml.value.otherwise,
  };
}

function readClause(
  raw: v.InferOutput<typeof clauseSchema>,
  context: { stage: string; source: string; rank: number },
  yaml: YamlFile<unknown>,
  path: readonly (string | number)[],
): Clause {
  const { requires, since, until, source, man, erratum, example, unjudged, ...rest } = raw;
  const change = (text: string, field: string): Change => {
    const versions = parseChange(text);
    if (versions !== undefined) return versions;
    throw new InputError(
      `${text} is no list of versions`,
      'write versions such as 5.17 5.16.11',
      yaml.placeOf([...path, field]),
    );
  };
  let condition: Expression;
  try {
    condition = parseExpression(raw.when);
  } catch (error) {
    throw error instanceof InputError ? error.at(yaml.placeOf([...path, 'when'])) : error;
  }
  return {
    ...rest,
    ...context,
    condition,
    place: yaml.placeOf([...path, 'when']),
    requires: withClone3(
      raw.calls,
      requires.map((text, index) => readRequirement(text, yaml, [...path, 'requires', index])),
    ),
    ...(since !== undefined && { since: change(since, 'since') }),
    ...(until !== undefined && { until: change(until, 'until') }),
    ...(source !== undefined && { source }),
    ...(man !== undefined && { man }),
    ...(erratum !== undefined && { erratum }),
    ...(example && { example }),
    ...(unjudged !== undefined && { unjudged }),
  };
}

/** What only clone3 can be asked needs clone3, whether the file says so or not. */
function withClone3(calls: readonly CallName[], requires: readonly Requirement[]): readonly Requirement[] {
  const only = calls.length === 1 && calls[0] === 'clone3' && !requires.some(({ name }) => name === 'clone3');
  return only ? [{ kind: 'feature', name: 'clone3', present: true }, ...requires] : requires;
}

function readRequirement(text: string, yaml: YamlFile<unknown>, path: readonly (string | number)[]): Requirement {
  const present = !text.startsWith('!');
  const name = present ? text : text.slice(1);
  const [prefix, rest] = name.split('.', 2);
  if (prefix === 'config' && CONFIG_NAMES.some((option) => option === rest))
    return { kind: 'config', name: rest ?? '', present };
  if (prefix === 'arch' && ARCHITECTURES.some((arch) => arch === rest))
    return { kind: 'arch', name: rest ?? '', present };
  if (rest === undefined && isFeature(name)) return { kind: 'feature', name, present };
  throw new InputError(
    `unknown requirement ${name}`,
    'it is a feature of spec/features.yaml, config.NAME or arch.NAME, with ! for its absence',
    yaml.placeOf(path),
  );
}

/** The clauses of `spec/errors.yaml`. */
export const ERROR_CLAUSES: ErrorClauses = fromSpecFile('errors', parseErrorClauses);
