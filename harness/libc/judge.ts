import { formatFlags } from '../../spec/text/format.js';
import { signalName } from '../../spec/text/signals.js';
import type { ExpectedCalls, LibcClause, LibcExpected, Level, Said } from '../../spec/index.js';
import { ending, observe, shown, type Observed } from './observed.js';
import type { CaseTrace, RawCall } from './trace.js';

/** What a case says of a libc. */
export type LibcJudgement =
  | { readonly verdict: 'pass'; readonly observed: string }
  /** `kind` tells this difference from others of the same clause. */
  | { readonly verdict: 'fail'; readonly kind: string; readonly expected: string; readonly observed: string }
  /** Nothing is asked of a libc here: what it does is shown. */
  | { readonly verdict: 'open'; readonly why: string; readonly observed: string }
  | { readonly verdict: 'blocked' | 'not-run'; readonly why: string };

/** A case's program ended so where something around it could not be had. */
const BLOCKED = 3;

/**
 * Holds what a program did against a clause.
 *
 * @param trace - undefined where there was no answer
 * @param level - `documented`: clauses that no document asks of every libc are shown, and not judged
 */
export function judgeLibc(clause: LibcClause, trace: CaseTrace | undefined, level: Level): LibcJudgement {
  if (trace === undefined) return { verdict: 'not-run', why: 'no answer' };
  if (trace.blocked !== undefined) return { verdict: 'blocked', why: trace.blocked };
  if (trace.hung === true) return { verdict: 'not-run', why: 'the case did not come to its end within 20 s' };
  if (trace.overflowed === true) return { verdict: 'not-run', why: 'the case did more than can be recorded' };
  const observed = observe(trace);
  const needed = observed.said.get('blocked');
  if (needed !== undefined && trace.exited === BLOCKED) return { verdict: 'blocked', why: needed };
  if (clause.open) return { verdict: 'open', why: 'left open', observed: shown(observed, trace, clause.shows) };
  if (level === 'documented' && clause.level !== 'documented')
    return { verdict: 'open', why: 'asked for by no document', observed: observed.text };
  const [bad] = ending(trace);
  if (bad !== undefined) return { verdict: 'fail', kind: bad, expected: expectedText(clause), observed: observed.text };
  const kinds = clause.expects.map((expected) => mismatch(expected, observed));
  if (kinds.includes(undefined)) return { verdict: 'pass', observed: observed.text };
  const kind = kinds.at(-1) ?? 'nothing is expected';
  return { verdict: 'fail', kind, expected: expectedText(clause), observed: observed.text };
}

/** The first thing that is not so; undefined where all is. */
function mismatch({ said, calls }: LibcExpected, observed: Observed): string | undefined {
  if (calls === 'none' && observed.calls.length > 0) return 'a call is made';
  for (const [key, want] of Object.entries(said)) {
    const got = observed.said.get(key);
    const words = observed.words.get(key);
    if (!isSaid(want, got, words, observed.said)) return words === undefined ? `${key} is missing` : `${key} ${words}`;
  }
  return calls === undefined || calls === 'none' ? undefined : callsMismatch(calls, observed);
}

function isSaid(
  want: Said,
  got: string | undefined,
  words: string | undefined,
  said: ReadonlyMap<string, string>,
): boolean {
  if (want === null || got === undefined) return want === null && got === undefined;
  if (typeof want !== 'string') return want.some((each) => isSaid(each, got, words, said));
  // A number that should be a task's is one above 0.
  if (want.startsWith('@')) return got === said.get(want.slice(1)) && !got.startsWith('-') && got !== '0';
  return want === got || want === words;
}

function callsMismatch(want: ExpectedCalls, { calls, said }: Observed): string | undefined {
  const made = calls.filter(({ result }) => result !== null && result > 0).length;
  if (want.made !== undefined && made !== want.made) return `${made === 0 ? 'no' : String(made)} tasks made`;
  if (calls.length === 0) return 'no call is made';
  for (const call of calls) {
    const wrong = callMismatch(want, call, said);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function callMismatch(want: ExpectedCalls, call: RawCall, said: ReadonlyMap<string, string>): string | undefined {
  const least = (want.flags ?? 0n) | (want.with ?? 0n);
  const lacking = least & ~call.flags;
  if (lacking !== 0n) return `${call.call}() lacks ${formatFlags(lacking, false)}`;
  const extra = call.flags & ((want.flags === undefined ? 0n : ~want.flags) | (want.without ?? 0n));
  if (extra !== 0n) return `${call.call}() has ${formatFlags(extra, false)}`;
  if (want.signal !== undefined && call.exit_signal !== want.signal)
    return `${call.call}() has the exit signal ${signalName(call.exit_signal) ?? String(call.exit_signal)}`;
  const pointers = [
    ['parent_tid', want.parentTid, call.parent_tid],
    ['child_tid', want.childTid, call.child_tid],
    ['tls', want.tls, call.tls],
  ] as const;
  const misplaced = pointers.find(
    ([, key, at]) => key !== undefined && said.get(key.slice(1)) !== `0x${at.toString(16)}`,
  );
  return misplaced === undefined ? undefined : `${misplaced[0]} is not what was given`;
}

/** What a clause expects, in a line. */
export function expectedText({ expects }: Pick<LibcClause, 'expects'>): string {
  return expects
    .map(({ said, calls }) =>
      [...Object.entries(said).map(([key, want]) => wantedText(key, want)), ...callsText(calls)].join('; '),
    )
    .join(', or ');
}

function wantedText(key: string, want: Said): string {
  if (want === null) return `no ${key}`;
  if (typeof want !== 'string') return `${key} ${want.join(' or ')}`;
  if (!want.startsWith('@')) return `${key} ${want}`;
  const whose = { '@result': "the child's", '@caller': "the caller's", '@getpid': "the caller's" }[want];
  return `${key} ${whose ?? `as ${want.slice(1)}`}`;
}

function callsText(calls: LibcExpected['calls']): readonly string[] {
  if (calls === undefined) return [];
  if (calls === 'none') return ['no call'];
  const { made, flags, with: some, without, signal, parentTid, childTid, tls } = calls;
  return [
    ...(made === undefined ? [] : [`${String(made)} task made`]),
    ...(flags === undefined ? [] : [`flags ${formatFlags(flags, false)}`]),
    ...(some === undefined ? [] : [`with ${formatFlags(some, false)}`]),
    ...(without === undefined ? [] : [`without ${formatFlags(without, false)}`]),
    ...(signal === undefined ? [] : [signal === 0n ? 'no exit signal' : `exit signal ${signalName(signal) ?? ''}`]),
    ...[parentTid, childTid, tls].flatMap((key) => (key === undefined ? [] : [`a pointer as ${key.slice(1)}`])),
  ];
}
