import type { FragmentKind } from './fragments.js';
import { withoutQuotes } from './scan.js';

/** A name of C: `sys_open`, or with its keyword that of a tag, `struct text`. */
export type Name = string;

const TAG = /\b(struct|union|enum)\s+(\w+)/g;
const WORDS_OF_C = new Set(
  'auto break case char const continue default do double else enum extern float for goto if inline int long register return short signed sizeof static struct switch typedef union unsigned void volatile while defined'.split(
    ' ',
  ),
);

/** Every name that a text uses, its own ones included. Members are none, as far as the text tells them apart. */
export function identifiersOf(text: string, kind: FragmentKind): ReadonlySet<Name> {
  const plain = withoutQuotes(text);
  const names = new Set<Name>();
  for (const [, keyword = '', tag = ''] of plain.matchAll(TAG)) names.add(`${keyword} ${tag}`);
  const members = plain.replace(TAG, ' ').replace(/(?:\.|->)\s*[A-Za-z_]\w*/g, ' ');
  const structure = kind === 'type' ? /\{[^]*\}/g : /\{[^]*?\n\}/g;
  const ordinary = isStructure(kind, plain) ? members.replace(structure, withoutFields) : members;
  const own = kind === 'function' ? localNames(plain) : WORDS_OF_C;
  for (const [name] of ordinary.matchAll(/[A-Za-z_]\w*/g)) if (!WORDS_OF_C.has(name) && !own.has(name)) names.add(name);
  // What assembly calls stands in quotes.
  for (const [, name = ''] of text.matchAll(/"\s*(?:call|bl|j|tail)\s+(\w+)/g)) names.add(name);
  return names;
}

const DECLARATION =
  /\b(?:(?:struct|enum)\s+\w+|[us](?:8|16|32|64)|int|long|short|char|void)\s+([^;(){}=]*(?:=[^;]*)?);/g;
const PARAMETER = /\b(?:(?:struct|enum)\s+\w+|[us](?:8|16|32|64)|int|long|short|char|void)\s+\**\s*(\w+)\s*(?=[,)])/g;

/** Variables and parameters of a function, which hide what is called like them. */
function localNames(text: string): ReadonlySet<Name> {
  const names = new Set<Name>();
  for (const [, name = ''] of text.matchAll(PARAMETER)) names.add(name);
  for (const [, list = ''] of text.matchAll(DECLARATION)) {
    for (const part of list.replace(/\{[^]*\}|\([^]*\)/g, ' ').split(','))
      for (const name of matches(/^[\s*]*(\w+)/, part)) names.add(name);
  }
  return names;
}

function isStructure(kind: FragmentKind, text: string): boolean {
  return (
    (kind === 'type' || kind === 'data') && /^(?:static |const )*(?:struct|union)/.test(text) && !/^[^{]*=/.test(text)
  );
}

/** In a structure, what stands before a semicolon, a comma, a bracket or a colon is a field, or the size of an array. */
function withoutFields(text: string): string {
  return text.replace(/[A-Za-z_]\w*(?=\s*[;,[:])|\(\s*\*\s*\w+\s*\)/g, ' ');
}

/** The names that a fragment defines. */
export function namesOf(text: string, kind: FragmentKind): readonly Name[] {
  const plain = withoutQuotes(text);
  switch (kind) {
    case 'define':
      return matches(/^#\s*define\s+(\w+)/, plain);
    case 'assembly':
      return [...text.matchAll(/\.globl\s+(\w+)/g)].flatMap(([, name]) => name ?? []);
    case 'function':
      return matches(/(\w+)\s*\(/, withoutAttributes(plain));
    case 'type':
    case 'data':
      return [...tagOf(plain), ...enumerators(plain), ...declared(plain, kind)];
  }
}

function matches(pattern: RegExp, text: string): readonly Name[] {
  return pattern.exec(text)?.slice(1) ?? [];
}

export function withoutAttributes(text: string): string {
  return text.replace(/__attribute__\s*\(\([^]*?\)\)/g, ' ');
}

/** A tag that is defined, and not only used. */
function tagOf(text: string): readonly Name[] {
  const found = /\b(struct|union|enum)\s+(\w+)\s*\{/.exec(text);
  return found === null ? [] : [`${found[1] ?? ''} ${found[2] ?? ''}`];
}

function enumerators(text: string): readonly Name[] {
  const body = /^enum\s*\w*\s*\{([^]*)\}/.exec(text)?.[1];
  return body === undefined ? [] : body.split(',').flatMap((part) => matches(/^\s*(\w+)/, part));
}

/** Variables and types: the last word of each declarator. */
function declared(text: string, kind: FragmentKind): readonly Name[] {
  if (kind === 'type' && !text.startsWith('typedef')) return [];
  let flat = text.replace(/;$/, '');
  for (let before = ''; before !== flat;) {
    before = flat;
    flat = flat.replace(/\{[^{}]*\}|\[[^[\]]*\]|\([^()]*\)/g, ' ');
  }
  return flat.split(',').flatMap((part) => matches(/(\w+)\s*(?:=[^]*)?$/, part.replace(/=[^]*/, '')));
}
