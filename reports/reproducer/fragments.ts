import { identifiersOf, namesOf, type Name } from './names.js';
import { endOfDeclaration, skipComment } from './scan.js';

/** What kind of thing a fragment is, which says where in a program it may stand. */
export type FragmentKind = 'define' | 'type' | 'data' | 'function' | 'assembly';

/** A piece of C that has names and can be taken out of its file: a macro, a type, a table, a function. */
export interface Fragment {
  readonly kind: FragmentKind;
  readonly names: readonly Name[];
  /** The C text, with the comment that stands right above it. */
  readonly text: string;
  /** Names that it uses, of whatever. */
  readonly uses: ReadonlySet<Name>;
  /** Each is a conjunction of preprocessor conditions under which it is there; one that is empty means always. */
  readonly conditions: readonly (readonly string[])[];
  /** Enumerators of one enum, which can be written as one again. */
  readonly group?: string;
}

/** Reads a file of the folder that a header's `#include` names. */
export type ReadHeader = (name: string) => string;

/**
 * Takes a C file and all that it includes apart, in the order in which a compiler sees it.
 *
 * @throws Error where a text is not of the few shapes that the probe's headers have
 */
export function fragmentsOf(file: string, read: ReadHeader): readonly Fragment[] {
  const found = new Map<string, Fragment>();
  takeApart(file, read, [], found, new Set());
  return [...found.values()];
}

/** @param seen - files with the conditions under which they were included already; what has none is there always */
function takeApart(
  file: string,
  read: ReadHeader,
  outer: readonly string[],
  found: Map<string, Fragment>,
  seen: Set<string>,
): void {
  const visit = [file, ...outer].join('\n');
  if (seen.has(visit) || seen.has(file)) return;
  seen.add(visit);
  const text = read(file);
  const conditions = new Conditions(outer);
  let at = 0;
  let comment: { readonly start: number; readonly end: number } | undefined;
  while (at < text.length) {
    const rest = text.slice(at, at + 2);
    if (/^\s/.test(rest)) {
      at++;
    } else if (rest === '/*') {
      const end = skipComment(text, at);
      comment = { start: at, end };
      at = end;
    } else if (rest.startsWith('#')) {
      const line = /^(?:[^\n]*\\\n)*[^\n]*/.exec(text.slice(at))?.[0] ?? '';
      const included = /^#\s*include\s*"([^"]+)"/.exec(line)?.[1];
      if (included !== undefined) takeApart(included, read, conditions.present(), found, seen);
      else if (!conditions.take(line) && !line.startsWith('#define PROBE_')) add(at, at + line.length);
      at += line.length;
      comment = undefined;
    } else {
      const end = endOfDeclaration(text, at);
      add(at, end);
      at = end;
      comment = undefined;
    }
  }

  function add(start: number, end: number): void {
    const begin = comment !== undefined && /^[ \t]*\n$/.test(text.slice(comment.end, start)) ? comment.start : start;
    const body = text.slice(start, end);
    if (/^(?:#\s*error|#\s*include|_Static_assert)/.test(body)) return;
    const key = `${file}:${start}`;
    const present = conditions.present();
    const known = found.get(key);
    const all = [...(known?.conditions ?? []), present];
    for (const [index, part] of partsOf(body, text.slice(begin, start), key).entries()) {
      const name = `${key}.${index}`;
      found.set(index === 0 ? key : name, { ...part, conditions: all });
    }
  }
}

type Part = Omit<Fragment, 'conditions'>;

/** An enum without a name whose values are all given comes apart into its enumerators, a line of variables into each. */
function partsOf(body: string, comment: string, key: string): readonly Part[] {
  const variables = /^(static \w+) (\w+(?: = [-\w]+)?(?:, \w+(?: = [-\w]+)?)+);$/.exec(body);
  if (variables !== null) {
    const [, type = '', list = ''] = variables;
    return list.split(', ').map((each, index) => whole(`${type} ${each};`, index === 0 ? comment : ''));
  }
  const enumerators = /^enum\s*\{([^]*)\}\s*;$/.exec(body)?.[1];
  if (enumerators === undefined) return [whole(body, comment)];
  const rows = enumerators.matchAll(/\s*(\w+)\s*(=\s*[^,]+)?,?([ \t]*\/\*[^]*?\*\/)?/g);
  const parts = [...rows].map(([, name = '', value, remark = '']): Part | undefined => {
    if (value === undefined) return undefined;
    return {
      kind: 'type',
      names: [name],
      text: `${name} ${value.trim()},${remark}`,
      uses: identifiersOf(value, 'type'),
      group: key,
    };
  });
  const all = parts.filter((part) => part !== undefined);
  return all.length === parts.length ? all : [whole(body, comment)];
}

function whole(body: string, comment: string): Part {
  const kind = kindOf(body);
  const text = kind === 'function' ? withPlainReturns(body) : body;
  return { kind, names: namesOf(body, kind), text: comment + text, uses: identifiersOf(body, kind) };
}

/** A compiler that is asked to be pedantic wants no `return CALL;` in a function without a result. */
function withPlainReturns(body: string): string {
  return /^(?:static |inline |__attribute__\(\(\w+\)\) )*void \w/.test(body)
    ? body.replace(/\breturn ([^;]+);/g, '{ $1; return; }')
    : body;
}

function kindOf(body: string): FragmentKind {
  if (body.startsWith('#')) return 'define';
  if (/^__asm__/.test(body)) return 'assembly';
  if (body.endsWith('}')) return 'function';
  if (/^(?:typedef|struct \w+ \{|union \w+ \{|enum\b)/.test(body) && !/\}\s*\w+[^;]*;$/.test(body)) return 'type';
  if (/^typedef/.test(body)) return 'type';
  return /^[^={]*\)\s*;$/.test(body) ? 'function' : 'data';
}

/** The conditions that are open at a place, without the guard against being included twice. */
class Conditions {
  private readonly open: { given: string[]; now: string | undefined }[] = [];

  constructor(private readonly outer: readonly string[]) {}

  present(): readonly string[] {
    return [...this.outer, ...this.open.flatMap(({ now }) => now ?? [])];
  }

  /** Takes note of a line; false where it opens, changes or closes nothing. */
  take(line: string): boolean {
    const [, word = '', rest = ''] = /^#\s*(\w+)\s*([^]*)/.exec(line) ?? [];
    const last = this.open.at(-1);
    const negated = (last?.given ?? []).map((condition) => `!(${condition})`);
    switch (word) {
      case 'if':
        this.open.push({ given: [rest], now: rest });
        return true;
      case 'ifndef':
        this.open.push({ given: [], now: undefined });
        return true;
      case 'ifdef':
        throw new Error(`${line}: write #if defined()`);
      case 'elif':
        if (last !== undefined) {
          last.now = [...negated, rest].join(' && ');
          last.given.push(rest);
        }
        return true;
      case 'else':
        if (last !== undefined) last.now = negated.join(' && ');
        return true;
      case 'endif':
        this.open.pop();
        return true;
      default:
        return false;
    }
  }
}
