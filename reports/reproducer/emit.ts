import type { Fragment } from './fragments.js';
import { isPrototype } from './library.js';
import { withoutQuotes } from './scan.js';

/** Types, macros and constants, each behind what it uses. */
export function emitTypes(fragments: readonly Fragment[]): string {
  return sections(inOrder(fragments.filter(({ kind }) => kind === 'define' || kind === 'type')));
}

/** Tables and variables. Tables of functions need the prototypes first. */
export function emitData(fragments: readonly Fragment[]): string {
  return sections(inOrder(fragments.filter(({ kind }) => kind === 'data')));
}

/** Functions, in their order. */
export function emitFunctions(fragments: readonly Fragment[]): string {
  return sections(fragments.filter(isCode));
}

/** Prototypes of these functions. */
export function emitPrototypes(fragments: readonly Fragment[], names: ReadonlySet<string>): string {
  const prototypes = fragments
    .filter((each) => each.kind === 'function' && !isPrototype(each) && each.names.some((name) => names.has(name)))
    .map((each): Fragment => ({ ...each, text: prototypeOf(each) }));
  const once = new Map<string, Fragment>();
  for (const each of prototypes) {
    const same = once.get(each.text);
    once.set(each.text, { ...each, conditions: [...(same?.conditions ?? []), ...each.conditions] });
  }
  return sections([...once.values()], '');
}

/** The functions that are used before they are there: by tables and by other functions. */
export function usedEarly(fragments: readonly Fragment[]): ReadonlySet<string> {
  const early = new Set<string>();
  for (const { kind, uses } of fragments) if (kind === 'data') for (const name of uses) early.add(name);
  const functions = fragments.filter(isCode);
  for (const [index, fragment] of functions.entries()) {
    const later = new Set(functions.slice(index + 1).flatMap(({ names }) => names));
    for (const name of fragment.uses) if (later.has(name)) early.add(name);
  }
  return early;
}

function isCode({ kind }: Fragment): boolean {
  return kind === 'function' || kind === 'assembly';
}

function prototypeOf({ text }: Fragment): string {
  const body = withoutQuotes(text.replace(/^(?:\/\*[^]*?\*\/\s*)+/, ''));
  return `${body.slice(0, body.indexOf('{')).trim().replaceAll(/\s+/g, ' ')};`;
}

/** Each behind those that it uses; else the order stays. */
function inOrder(fragments: readonly Fragment[]): readonly Fragment[] {
  const defining = new Map<string, Fragment[]>();
  for (const each of fragments) {
    for (const name of each.names) defining.set(name, [...(defining.get(name) ?? []), each]);
  }
  const done = new Set<Fragment>();
  const seen = new Set<Fragment>();
  const visit = (fragment: Fragment): void => {
    if (seen.has(fragment)) return;
    seen.add(fragment);
    for (const name of fragment.uses) for (const used of defining.get(name) ?? []) visit(used);
    done.add(fragment);
  };
  for (const each of fragments) visit(each);
  return [...done];
}

/** Fragments one after another, neighbours of one condition within one #if. */
function sections(fragments: readonly Fragment[], between = '\n'): string {
  const parts: string[] = [];
  for (let at = 0; at < fragments.length;) {
    const first = fragments[at];
    if (first === undefined) break;
    const condition = conditionOf(first);
    let end = at;
    while (end < fragments.length && conditionOf(fragments[end] ?? first) === condition) end++;
    const body = written(fragments.slice(at, end), between);
    parts.push(condition === '' ? body : `#if ${condition}\n${body}#endif\n`);
    at = end;
  }
  return parts.join(between);
}

const ARCHITECTURES = ['x86_64__', 'aarch64__', 'riscv', 'i386__', 'arm__'].map((name) => `defined(__${name})`);

/** The condition of a fragment, as short as it can be said: an architecture is not another one. */
function conditionOf({ conditions }: Fragment): string {
  const alternatives = [...new Set(conditions.map((all) => conjunction(all)))];
  if (alternatives.includes('') || alternatives.some((each) => alternatives.includes(`!(${each})`))) return '';
  if (ARCHITECTURES.every((each) => alternatives.includes(each))) return '';
  return alternatives.join(' || ');
}

function conjunction(all: readonly string[]): string {
  const parts = new Set(all.flatMap((condition) => condition.split(' && ')));
  const others = ARCHITECTURES.filter((each) => parts.has(`!(${each})`));
  const named = ARCHITECTURES.filter((each) => parts.has(each));
  const only = named.length > 0 ? named : ARCHITECTURES.filter((each) => !others.includes(each));
  if (only.length === 1) {
    for (const each of others) parts.delete(`!(${each})`);
    for (const each of only) parts.add(each);
    parts.delete('__riscv_xlen == 64');
  }
  return [...parts].join(' && ');
}

/** What is used under conditions alone, is there under conditions alone. */
export function underConditionsOfUse(fragments: readonly Fragment[], used: ReadonlySet<string>): readonly Fragment[] {
  return fragments.map((each) => {
    if (each.kind !== 'function' || conditionOf(each) !== '' || each.names.some((name) => used.has(name))) return each;
    const users = fragments.filter((other) => other !== each && each.names.some((name) => other.uses.has(name)));
    const conditions = users.flatMap((user) => user.conditions);
    return users.length > 0 && users.every((user) => conditionOf(user) !== '') ? { ...each, conditions } : each;
  });
}

/** Enumerators of one enum together; one line macros and variables without blank lines between. */
function written(fragments: readonly Fragment[], between: string): string {
  let text = '';
  let open: string | undefined;
  let lastWasLine = false;
  for (const { kind, group, text: body } of fragments) {
    if (open !== undefined && group !== open) {
      text += '};\n';
      open = undefined;
    }
    const large = group !== undefined && isBeyondInt(body);
    if (large) {
      text += `#define ${body.replace(/\s*=\s*/, ' ').replace(/,.*$/, '')}\n`;
    } else if (group !== undefined) {
      if (open === undefined) text += `${text === '' ? '' : between}enum {\n`;
      text += `\t${body}\n`;
      open = group;
    } else {
      const isLine = !body.includes('\n') && kind !== 'function';
      text += `${text === '' || (isLine && lastWasLine) ? '' : between}${body}\n`;
      lastWasLine = isLine;
    }
  }
  return open === undefined ? text : `${text}};\n`;
}

/** ISO C has no enumerators beyond int. */
function isBeyondInt(enumerator: string): boolean {
  const value = /=\s*(0x[0-9a-f]+|\d+),/i.exec(enumerator)?.[1];
  return value !== undefined && Number(value) > 0x7fff_ffff;
}
