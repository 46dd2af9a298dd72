import { formatCall, type AcceptClause, type Clause, type Outcome } from '../spec/index.js';
import type { Case, Deviation } from '../harness/index.js';

/** `EINVAL`, or `EINVAL or success`. */
export function outcomes(allowed: readonly Outcome[]): string {
  return allowed.join(' or ');
}

/** What a deviation means, in a few words. */
export function deviation(kind: Deviation, expected: readonly Outcome[], observed: Outcome): string {
  if (expected.length === 1 && expected[0] === 'success') return `refused with ${observed}`;
  if ((kind === 'missing' || kind === 'accepted') && observed === 'success') return 'not refused';
  return `${observed} instead of ${outcomes(expected)}`;
}

/** Where a clause comes from: kernel function and, where there is one, the man page. */
export function sourceOf(clause: Clause | AcceptClause): string {
  const man = 'man' in clause ? `; ${clause.man}` : '';
  return `${clause.source}${man}`;
}

/** The command that runs a case again. */
export function againCommand({ caller, call }: Case): string {
  return `clonecheck replay --caller ${shellWord(caller.name)} ${shellWord(formatCall(call))}`;
}

/** A word as a shell reads it back. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `1 clause`, `2 clauses`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

/** A whole number, 0 where no time went by. */
export function casesPerSecond({ cases, seconds }: { readonly cases: number; readonly seconds: number }): number {
  return seconds > 0 ? Math.round(cases / seconds) : 0;
}
