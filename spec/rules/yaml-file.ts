import * as v from 'valibot';
import { LineCounter, isMap, isNode, isPair, isScalar, parseDocument, type Document } from 'yaml';
import { InputError, didYouMean, type Place } from './input-error.js';
import { TOO_DEEP, beyondLimits, keyThatStandsTwice } from './yaml-limits.js';

type Path = readonly (string | number)[];

/** A YAML document that is valid by its schema, and knows where each of its values stands. */
export interface YamlFile<T> {
  readonly value: T;
  /** The place of the value at a path such as `['stages', 0, 'clauses', 3, 'when']`. */
  readonly placeOf: (path: Path) => Place;
}

/**
 * Reads YAML and holds it to a schema.
 *
 * @param text - the content
 * @param file - its name, for messages
 * @throws InputError with file, line and column where the text is no YAML or not what the schema asks for
 */
export function parseYaml<S extends v.GenericSchema>(
  text: string,
  file: string,
  schema: S,
): YamlFile<v.InferOutput<S>> {
  const beyond = beyondLimits(text);
  if (beyond !== undefined) {
    const line = text.slice(0, beyond.at).split('\n').length;
    throw new InputError(beyond.what, 'files of ours are small and flat', { file, line });
  }
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const document = documentOf(text, lines, place);
  const value = valueOf(document, place);
  const placeOf = (path: Path): Place => place(offsetOf(document, path));
  const result = v.safeParse(schema, value);
  if (!result.success) {
    // A field that is missing and one that is unknown are most often one that is misspelt.
    const issue = result.issues.find(isUnknownField) ?? innermost(result.issues[0]);
    throw schemaError(issue, schema, document, placeOf, place);
  }
  return { value: result.output, placeOf };
}

/** @throws InputError where the text is no YAML */
function documentOf(text: string, lineCounter: LineCounter, place: (offset: number) => Place): Document {
  const options = { lineCounter, uniqueKeys: false, prettyErrors: false, logLevel: 'error' } as const;
  const document = notTooDeep(() => parseDocument(text, options), place);
  const [fault] = document.errors;
  if (fault !== undefined) {
    const what = fault.message.split('\n', 1)[0] ?? 'not YAML';
    throw new InputError(what, 'mend the YAML syntax there', place(fault.pos[0]));
  }
  const twice = keyThatStandsTwice(document);
  if (twice !== undefined)
    throw new InputError('Map keys must be unique', 'mend the YAML syntax there', place(twice.range?.[0] ?? 0));
  return document;
}

/** @throws InputError where names of parts (`*a`) make much of little, or mean nothing */
function valueOf(document: Document, place: (offset: number) => Place): unknown {
  try {
    return notTooDeep(() => document.toJS() as unknown, place);
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new InputError(error.message, 'write out what *name stands for', place(0));
  }
}

/** What is in each other without brackets can be deep too, and a stack has its end. */
function notTooDeep<T>(read: () => T, place: (offset: number) => Place): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(TOO_DEEP, 'files of ours are small and flat', place(0));
  }
}

/** The offset of a value; where it is missing, that of the nearest thing around it. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** Where a value may be one of several things, the complaint that got furthest into it says most. */
function innermost(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  if (issue.issues === undefined) return issue;
  return innermost(issue.issues.reduce((best, inner) => (depth(inner) > depth(best) ? inner : best)));
}

function depth({ path }: v.BaseIssue<unknown>): number {
  return path?.length ?? 0;
}

function isUnknownField({ type, expected }: v.BaseIssue<unknown>): boolean {
  return type === 'strict_object' && expected === 'never';
}

function schemaError(
  issue: v.BaseIssue<unknown>,
  schema: v.GenericSchema,
  document: Document,
  placeOf: (path: Path) => Place,
  place: (offset: number) => Place,
): InputError {
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const name = path.join('.') || 'the document';
  // A field that is not in the schema: point at its key, not at its value.
  if (isUnknownField(issue)) {
    const key = String(path.at(-1));
    const known = partsAt([schema], path.slice(0, -1)).flatMap(({ entries }) => Object.keys(entries ?? {}));
    const hint = known.length > 0 ? didYouMean(key, known) : 'remove it';
    return new InputError(`unknown field ${key}`, hint, place(keyOffset(document, path) ?? 0));
  }
  if (issue.received === 'undefined') {
    const wanted = partsAt([schema], path).map(({ expects }) => kindInWords(expects));
    const hint = `add ${String(path.at(-1))}: it is ${wanted.join(' or ') || 'needed'}`;
    return new InputError(`${name} is missing`, hint, placeOf(path));
  }
  const last = String(path.at(-1) ?? 'the document');
  if (issue.kind !== 'schema') return new InputError(`${last}: ${issue.message}`, `mend ${name}`, placeOf(path));
  const options = [...(issue.expected ?? '').matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '');
  const hint =
    options.length > 1
      ? didYouMean(issue.received.replaceAll('"', ''), options)
      : `${last} has to be ${kindInWords(issue.expected)}${isUnquoted(issue) ? ', in quotation marks' : ''}`;
  return new InputError(`${last} is ${kindInWords(issue.received).replace(/,.*/, '')}`, hint, placeOf(path));
}

const KINDS: Readonly<Record<string, string>> = {
  Object: 'a list of fields, each "name: value"',
  Array: 'a list, each item behind "- "',
  string: 'a text',
  number: 'a number',
  bigint: 'a number',
  boolean: 'true or false',
  Date: 'a date',
  null: 'empty',
};

/** Written without quotation marks 6.10 is a number, and the same as 6.1. */
function isUnquoted({ expected, received }: v.BaseIssue<unknown>): boolean {
  return expected === 'string' && /^[\d.-]+$/.test(received);
}

/** A kind of value in the words of somebody who writes YAML; a value as it is. */
function kindInWords(kind: string | null | undefined): string {
  const kinds = (kind ?? 'something else').replace(/^\((.*)\)$/, '$1').split(' | ');
  return kinds.map((each) => KINDS[each] ?? each).join(' or ');
}

/** What a schema tells of its parts: the fields of an object, the items of an array, what an optional or one of several may be. */
interface Part {
  readonly type: string;
  readonly expects: string | null;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly item?: Part;
  readonly wrapped?: Part;
  readonly options?: readonly Part[];
}

/** The schemas of the value at a path. */
function partsAt(schemas: readonly (v.GenericSchema | Part)[], [key, ...rest]: Path): readonly Part[] {
  const parts = schemas.flatMap((schema) => unwrapped(schema as Part));
  if (key === undefined) return parts;
  const inner = parts.map(({ item, entries }) => (typeof key === 'number' ? item : entries?.[key]));
  return partsAt(
    inner.filter((part) => part !== undefined),
    rest,
  );
}

function unwrapped(part: Part): readonly Part[] {
  if (part.wrapped !== undefined) return unwrapped(part.wrapped);
  return part.type === 'union' ? (part.options ?? []).flatMap(unwrapped) : [part];
}

function keyOffset(document: Document, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === path.at(-1));
  return pair !== undefined && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
}
