/** A call found in a log, with the line that it ended on. */
export interface LoggedCall {
  readonly line: number;
  /** The call as one piece of text, with its result where the log has one. */
  readonly text: string;
  /** Why the log does not say what the kernel answered. */
  readonly unjudged?: string;
}

/** What a line of a log is, where no call ends on it. */
export type OtherLine =
  /** The beginning of a call, which goes on below. */
  | 'call begun'
  | 'signal'
  | 'exit'
  | 'strace'
  | 'stack trace'
  | 'other system call'
  /** The log begins in the midst of it. */
  | 'call without its beginning'
  | 'blank'
  /** What the programs themselves print, and whatever else nobody expected. */
  | 'not of strace';

/** A line of a log: the call that ends on it, or what it is instead. */
export type LogLine = { readonly call: LoggedCall } | { readonly other: OtherLine };

/**
 * `[pid 12]`, `[pid 12<sh>]`, `[pid 2]` with a comment, `12`; then times, system call numbers and instruction pointers, as
 * strace's options put them before a call.
 */
const PREFIX =
  /^\s*(?:\[pid\s+(\d+)(?:<.*?>)?(?:\s*\/\*.*?\*\/)?\]\s+|(\d+)(?:<[^>]*>)?\s+(?=\S))?(?:(?:\d\d:\d\d:\d\d(?:\.\d+)?|\d+\.\d+|\(\+\s*\d+\.\d+\)|\[\s*[0-9a-f?]+\])\s+)*/;
const RESUMED = /^<\.\.\. (\w+) resumed>\s*/;
const UNFINISHED = /\s*<unfinished \.\.\.>\s*$/;
const CALL = /^(?:clone|clone3|fork|vfork)\s*\(/;
/** What strace says for itself goes to the same terminal, into the middle of a line; the line goes on below. */
const INTERRUPTION = /strace: (?:Process \d+(?:<[^>]*>)? (?:attached|detached)|umoven\w*: .*)$/;

const OTHERS: readonly (readonly [OtherLine, RegExp])[] = [
  ['blank', /^$/],
  ['signal', /^--- .* ---$/],
  ['exit', /^\+\+\+ .* \+\+\+$/],
  ['stack trace', /^> /],
  ['strace', /^(?:strace: |\[ Process PID=|% time |-{6,} |\s*\d+\.\d+ +\d+\.\d+ )/],
  ['other system call', /^(?:\w+\(|<\.\.\. \w+ resumed>)/],
];

/** Of a line so many characters are looked at: a call is shorter, and one that is cut here is not understood. */
const LONGEST = 8_192;
/** So many calls that have begun are kept; those of tasks beyond are let go, the oldest first. */
const MOST_UNFINISHED = 65_536;

/** Why strace shows no result of a call. */
const UNJUDGED: readonly (readonly [RegExp, string])[] = [
  [/\(INJECTED\)/, 'strace injected the result; the kernel did not give it'],
  [/= \? ERESTART/, 'a signal interrupted it, and it is made again'],
  [/<detached \.\.\.>\s*$/, 'strace detached before it returned'],
  [/= \?/, 'the task ended in it'],
];

/**
 * Finds the calls in what strace writes, a line at a time: process ids and times are dropped, calls that another task or strace itself
 * interrupted are put together. Of every other line it says what it is.
 */
export class StraceLog {
  private readonly unfinished = new Map<string, { readonly line: number; readonly text: string }>();
  private number = 0;
  /** The beginning of a line that strace itself interrupted. */
  private begun = '';

  /** The call that ends on the next line of the log, or what else the line is. */
  take(rest: string): LogLine {
    this.number++;
    const line = (this.begun + rest.slice(0, LONGEST)).slice(0, LONGEST).trimEnd();
    const uninterrupted = line.replace(INTERRUPTION, '');
    this.begun = uninterrupted === line ? '' : uninterrupted;
    if (this.begun !== '') return { other: 'call begun' };
    if (uninterrupted !== line) return { other: 'strace' };
    const prefix = PREFIX.exec(line);
    const pid = prefix?.[1] ?? prefix?.[2] ?? '';
    const own = line.slice(prefix?.[0].length ?? 0);
    const text = this.resume(pid, own);
    if (text === undefined && /^<\.\.\. (?:clone3?|v?fork) resumed>/.test(own))
      return { other: 'call without its beginning' };
    if (text === undefined || !CALL.test(text)) return { other: otherLine(own) };
    if (UNFINISHED.test(text)) {
      if (this.unfinished.size >= MOST_UNFINISHED)
        for (const oldest of [...this.unfinished.keys()].slice(0, 1)) this.unfinished.delete(oldest);
      this.unfinished.set(pid, { line: this.number, text: text.replace(UNFINISHED, '') });
      return { other: 'call begun' };
    }
    // `<unfinished ...>) = ?`: the task died in the call.
    return { call: { ...whole(text.replace(/ <unfinished \.\.\.>(?=\))/, '')), line: this.number } };
  }

  /** At the end of the log: calls that it saw begin and not end. */
  end(): readonly LoggedCall[] {
    const left = [...this.unfinished.values()].sort((a, b) => a.line - b.line);
    this.unfinished.clear();
    return left.map(({ line, text }) => ({ line, text: closed(text), unjudged: 'the log ends before it returned' }));
  }

  /** The whole of a call where its second part is given; undefined where that of another system call is. */
  private resume(pid: string, text: string): string | undefined {
    const resumed = RESUMED.exec(text);
    if (resumed === null) return text;
    // As long as there is one task alone strace does not say which it is.
    const key = this.unfinished.has(pid) ? pid : '';
    const first = this.unfinished.get(key)?.text;
    if (first?.startsWith(`${resumed[1] ?? ''}(`) !== true) return undefined;
    this.unfinished.delete(key);
    return first + text.slice(resumed[0].length);
  }
}

function whole(text: string): Omit<LoggedCall, 'line'> {
  const result = text.slice(text.lastIndexOf(' = ') + 1);
  const unjudged = UNJUDGED.find(
    ([pattern]) => pattern.test(result) || (pattern.source.includes('detached') && pattern.test(text)),
  );
  const detached = text.replace(/\s*<detached \.\.\.>\s*$/, '');
  if (unjudged === undefined) return { text };
  return { text: detached === text ? text : closed(detached), unjudged: unjudged[1] };
}

/** A call that was cut off, as far as it was seen. */
function closed(text: string): string {
  const open = text.replace(/,\s*$/, '');
  const brace = (open.match(/\{/g)?.length ?? 0) > (open.match(/\}/g)?.length ?? 0) ? '}' : '';
  return `${open}${brace})`;
}

function otherLine(text: string): OtherLine {
  return OTHERS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'not of strace';
}

/** Every call of a log, those last that it does not see end. */
export function loggedCalls(log: Iterable<string>): readonly LoggedCall[] {
  const reader = new StraceLog();
  const calls = [...log].flatMap((line) => {
    const taken = reader.take(line);
    return 'call' in taken ? [taken.call] : [];
  });
  return [...calls, ...reader.end()];
}
