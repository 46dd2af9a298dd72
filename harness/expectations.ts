import * as v from 'valibot';
import {
  EFFECTS,
  ERRNO_NAMES,
  ERROR_CLAUSES,
  InputError,
  LIBC,
  callerNamed,
  didYouMean,
  located,
  readSubject,
  type Place,
  type StoredCase,
} from '../spec/index.js';
import { parseYaml } from '../spec/rules/yaml-file.js';
import { UNEXPLAINED } from './scenario-judge.js';
import { about } from '../spec/rules/about.js';

/** A difference that a project knows of, from its `expect.yaml`. */
export interface Expectation {
  readonly clause: string;
  /** The target that differs; `*` stands for any characters. */
  readonly target: string;
  /** The caller as which it differs; absent: any. */
  readonly caller?: string;
  /** How it differs, as in the report's `kind`. */
  readonly kind?: string;
  /** What is observed, as in the report. */
  readonly observed?: string;
  /** A case that shows it. It is run first, so that it is known to be gone where it is. */
  readonly subject?: StoredCase['subject'];
  readonly reason: string;
  readonly link?: string;
  /** The last day on which it holds, `2027-01-31`. */
  readonly expires?: string;
  readonly place: Place;
}

/** What `--update-expect` writes where a person has to say why. A file that still says so is refused. */
export const TODO = 'TODO: say why';

const entry = v.strictObject({
  clause: about('The clause that differs.', v.string()),
  target: about('The target, as --target has it; * stands for any characters.', v.string()),
  caller: about('The caller as which it differs; absent: any.', v.optional(v.string())),
  kind: about(
    "How it differs, as in the report's kind: missing, accepted, an errno, or a scenario's words.",
    v.optional(v.string()),
  ),
  observed: about('What is observed, as in the report.', v.optional(v.union([v.string(), v.number()]))),
  call: about('A call that shows it. It is run first.', v.optional(v.string())),
  steps: about('A scenario that shows it. It is run first.', v.optional(v.array(v.string()))),
  reason: about('Why the difference is known and left.', v.string()),
  link: about(
    'Where it is reported or discussed.',
    v.optional(v.pipe(v.string(), v.url('a link begins with https://'))),
  ),
  expires: about(
    'The last day on which it holds, such as 2027-01-31.',
    v.optional(v.pipe(v.string(), v.isoDate('a date is written 2027-01-31'))),
  ),
});
/** `expect.yaml`, as it is written. */
export const expectationsSchema = v.nullable(v.array(entry));
type Entry = v.InferOutput<typeof entry>;

/** What a clause accepted, errors and effects. */
const KNOWN: readonly string[] = [
  ...ERROR_CLAUSES.clauses.map(({ id }) => id),
  ERROR_CLAUSES.otherwise.id,
  ...EFFECTS.map(({ id }) => id),
  ...LIBC.clauses.map(({ id }) => id),
  UNEXPLAINED,
];

/**
 * Reads `expect.yaml`.
 *
 * @param unsaid - `allowed`: a reason may still be to do, because the file is being rewritten
 * @throws InputError with file, line and column for an unknown clause or target, an entry that stands twice, one without a reason or
 *   that does not say how the target differs
 */
export function parseExpectations(
  text: string,
  file: string,
  unsaid: 'refused' | 'allowed' = 'refused',
): readonly Expectation[] {
  const { value, placeOf } = parseYaml(text, file, expectationsSchema);
  const rows = text.split('\n');
  const seen = new Map<string, Place>();
  return (value ?? []).map((raw, index) => {
    const at = (...path: readonly (string | number)[]): Place => placeOf([index, ...path]);
    checkClause(raw, at);
    checkTarget(raw, at);
    checkReason(raw, at, unsaid);
    checkKind(raw, at);
    const identity = JSON.stringify([
      ...[raw.clause, raw.target, raw.caller, raw.kind, raw.observed, raw.call].map(String),
      raw.steps ?? [],
    ]);
    const earlier = seen.get(identity);
    if (earlier !== undefined) {
      const where = `remove one; the other is in line ${String(earlier.line ?? 0)}`;
      throw new InputError(`${raw.clause} on ${raw.target} stands twice`, where, at('clause'));
    }
    seen.set(identity, at('clause'));
    return readEntry(raw, at, rows);
  });
}

function readEntry(
  raw: Entry,
  at: (...path: readonly (string | number)[]) => Place,
  rows: readonly string[],
): Expectation {
  const { clause, target, caller, kind, observed, call, steps, reason, link, expires } = raw;
  if (caller !== undefined) located(() => callerNamed(caller), at('caller'));
  const shown = call !== undefined || steps !== undefined;
  const subject = shown ? readSubject({ caller: caller ?? 'root', call, steps }, at, rows) : undefined;
  return {
    clause,
    target,
    reason,
    place: at('clause'),
    ...(caller !== undefined && { caller }),
    ...(kind !== undefined && { kind }),
    ...(observed !== undefined && { observed: String(observed) }),
    ...(subject !== undefined && { subject }),
    ...(link !== undefined && { link }),
    ...(expires !== undefined && { expires }),
  };
}

type PlaceOf = (...path: readonly (string | number)[]) => Place;

function checkClause({ clause }: Entry, at: PlaceOf): void {
  if (KNOWN.includes(clause)) return;
  const hint = clause.includes('*')
    ? 'name one clause exactly: a pattern would hide what is new'
    : didYouMean(clause, KNOWN).replace(/^it is one of .*/, '`clonecheck spec` lists the clauses');
  throw new InputError(`there is no clause ${clause}`, hint, at('clause'));
}

function checkTarget({ target }: Entry, at: PlaceOf): void {
  if (target === 'local' || /^(\*|(exec|file|vm|ssh|libc):.)/.test(target)) return;
  const hint = 'it is local, exec:COMMAND, file:TRACE … as --target has it; * stands for any characters';
  throw new InputError(`there is no target ${target}`, hint, at('target'));
}

function checkReason({ clause, reason }: Entry, at: PlaceOf, unsaid: 'refused' | 'allowed'): void {
  if (unsaid === 'allowed' || !/^\s*(TODO\b.*)?$/s.test(reason)) return;
  const hint = 'write why this difference is known and left, or mend the target';
  throw new InputError(`${clause} is expected to differ without a reason`, hint, at('reason'));
}

/** A difference is told by how it differs; where a clause has many faces, by a case too. */
function checkKind({ clause, kind, observed, call, steps }: Entry, at: PlaceOf): void {
  if (clause.startsWith('libc/')) {
    if (kind === undefined)
      throw new InputError(`how ${clause} differs is missing`, 'add kind: as the report has it', at());
    if ((call ?? steps) !== undefined)
      throw new InputError(
        `${clause} has its case`,
        'leave out call: and steps:',
        at(call === undefined ? 'steps' : 'call'),
      );
    return;
  }
  const known = ['missing', 'accepted', ...ERRNO_NAMES];
  if (clause.startsWith('errors/')) {
    if (kind === undefined && observed === undefined)
      throw new InputError(`how ${clause} differs is missing`, 'add kind: missing, or observed: EPERM', at());
    if (kind !== undefined && !known.includes(kind) && !/^E[A-Z0-9]+$/.test(kind))
      throw new InputError(`there is no kind ${kind}`, 'it is missing, accepted or an errno such as EPERM', at('kind'));
    if (observed !== undefined && observed !== 'success' && !/^E[A-Z0-9]+$/.test(String(observed)))
      throw new InputError(
        `nothing is observed as ${observed}`,
        'it is success or an errno such as EPERM',
        at('observed'),
      );
    if (steps !== undefined)
      throw new InputError(`${clause} is about a call`, 'write call: in the place of steps:', at('steps'));
    if (clause === ERROR_CLAUSES.otherwise.id && call === undefined)
      throw new InputError(
        `${clause} needs the call that is refused`,
        'add call: clone(…); other calls that are refused are other differences',
        at(),
      );
    return;
  }
  if (call !== undefined)
    throw new InputError(`${clause} is about an effect`, 'write steps: in the place of call:', at('call'));
  if (clause === UNEXPLAINED && kind === undefined)
    throw new InputError(`how ${clause} differs is missing`, 'add kind: as the report has it', at());
}
