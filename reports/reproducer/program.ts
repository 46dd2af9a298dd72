import { signalName } from '../../spec/text/signals.js';
import { constantsFor } from './c-text.js';
import { emitData, emitFunctions, emitPrototypes, emitTypes, underConditionsOfUse, usedEarly } from './emit.js';
import { fragmentsOf, type Fragment } from './fragments.js';
import { isPrototype, type Library } from './library.js';
import { identifiersOf } from './names.js';

/** A C program: what is its own, and what it takes from the library. */
export interface Program {
  /** Lines of the comment on top. */
  readonly comment: readonly string[];
  /** What the case is about, to stand as far up as it may: definitions that use the library. */
  readonly subject: string;
  /** The function `main` and what else stands at the end. */
  readonly main: string;
}

const SIGNALS = new Map(
  Array.from({ length: 31 }, (_, index): [string, number] => [signalName(BigInt(index + 1)) ?? '', index + 1]),
);

/** Puts a program together: the comment, the declarations that the subject needs, the subject, and the machinery. */
export function writeProgram(whole: Library, { comment, subject, main }: Program): string {
  const used = new Set([...identifiersOf(subject, 'function'), ...identifiersOf(main, 'function')]);
  const library = whole.without(['NULL', ...[subject, main].flatMap(definedIn)]);
  const constants = constantsFor(subject, (name) => library.has(name), SIGNALS);
  const usedBySubject = new Set([...identifiersOf(subject, 'function'), ...identifiersOf(constants, 'define')]);
  const fragments = underConditionsOfUse(library.closure(['u64', ...used, ...usedBySubject]), used);
  const prototypes = emitPrototypes(fragments, usedBySubject);
  const declared = library.closure(
    [...usedBySubject, ...identifiersOf(prototypes, 'function'), 'u64'].filter((name) => library.isDeclaration(name)),
  );
  const isFirst = (each: Fragment): boolean =>
    (each.kind === 'define' || each.kind === 'type') && declared.some(({ text }) => text === each.text);
  const first = fragments.filter(isFirst);
  const rest = fragments.filter((each) => !isFirst(each));
  const later = new Set([...usedEarly(rest)].filter((name) => !usedBySubject.has(name)));
  return [
    `/*\n${comment.map((line) => (line === '' ? ' *' : ` * ${line}`)).join('\n')}\n */`,
    SETUP,
    section('What the case is written in', `${emitTypes(first)}\n${constants}`),
    prototypes,
    section('The case', subject),
    section('The machinery, taken from the probe of clonecheck', emitTypes(rest)),
    emitPrototypes(rest, later),
    emitData(rest),
    emitFunctions(rest),
    section('The course of it', main),
    END,
  ]
    .filter((part) => part.trim() !== '')
    .map((part) => part.trim())
    .join('\n\n')
    .concat('\n');
}

/**
 * Tasks may have no thread pointer. The compiler's checks of the stack need one, and so does the dynamic linker where it looks a
 * function up at its first call.
 */
const SETUP = `#include <stddef.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((no_stack_protector)), apply_to = function)
#elif defined(__GNUC__)
#pragma GCC optimize("no-stack-protector")
#endif

/* Nothing of a C library is called but what a compiler may call by itself: that is looked up once, before any task is made. */
static void resolve_libc(void)
{
	static char a[2], b[2];
	static volatile unsigned long length = 1;

	__builtin_memcpy(a, b, length);
	__builtin_memmove(b, a, length);
	__builtin_memset(a, 0, length);
	__asm__ volatile("" : : "r"(a), "r"(b) : "memory");
}

#define memcpy own_memcpy
#define memmove own_memmove
#define memset own_memset
#define memcmp own_memcmp`;

const END = `#if defined(__clang__)
#pragma clang attribute pop
#endif`;

function section(title: string, text: string): string {
  return text.trim() === ''
    ? ''
    : `/* ---- ${title} ${'-'.repeat(Math.max(3, 100 - title.length))} */\n\n${text.trim()}`;
}

/** What a text defines. */
function definedIn(text: string): readonly string[] {
  return fragmentsOf('', () => text)
    .filter((fragment) => !isPrototype(fragment))
    .flatMap(({ names }) => names);
}
