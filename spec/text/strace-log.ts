/** A call found in a log, with the line that it ended on. */
export interface LoggedCall {
  readonly line: number;
  /** The call as one piece of text, with its result where the log has one. */
  readonly text: string;
}

/** `[pid 12]`, `[pid 12<sh>]`, `12`; then times, system call numbers and instruction pointers, as strace's options put them before a call. */
const PREFIX =
  /^\s*(?:\[pid\s+(\d+)(?:<[^>]*>)?\]\s+|(\d+)(?:<[^>]*>)?\s+(?=\S))?(?:(?:\d\d:\d\d:\d\d(?:\.\d+)?|\d+\.\d+|\(\+\s*\d+\.\d+\)|\[\s*[0-9a-f?]+\])\s+)*/;
const RESUMED = /^<\.\.\. (\w+) resumed>\s*/;
const UNFINISHED = /\s*<unfinished \.\.\.>\s*$/;
/** Whatever else stands in a log: other system calls, signals, exits, and what the programs themselves print. */
const CALL = /^(?:clone|clone3|fork|vfork)\s*\(/;
/** What strace says for itself goes to the same terminal, into the middle of a line; the line goes on below. */
const INTERRUPTION = /strace: (?:Process \d+(?:<[^>]*>)? (?:attached|detached)|umoven\w*: .*)$/;

/**
 * Finds the calls in what strace writes, a line at a time: process ids and times are dropped, calls that another task or strace itself
 * interrupted are put together, and signals, exits, stack traces and other system calls are passed by.
 */
export class StraceLog {
  private readonly unfinished = new Map<string, string>();
  private number = 0;
  /** The beginning of a line that strace itself interrupted. */
  private begun = '';

  /** The call that ends on the next line of the log; undefined where none does. */
  take(rest: string): LoggedCall | undefined {
    this.number++;
    const line = this.begun + rest.trimEnd();
    const uninterrupted = line.replace(INTERRUPTION, '');
    this.begun = uninterrupted === line ? '' : uninterrupted;
    if (this.begun !== '') return undefined;
    const prefix = PREFIX.exec(line);
    const pid = prefix?.[1] ?? prefix?.[2] ?? '';
    const text = this.resume(pid, line.slice(prefix?.[0].length ?? 0));
    if (text === undefined || !CALL.test(text)) return undefined;
    // `<unfinished ...>) = ?`: the task died in the call.
    if (!UNFINISHED.test(text)) return { line: this.number, text: text.replace(/ <unfinished \.\.\.>(?=\))/, '') };
    this.unfinished.set(pid, text.replace(UNFINISHED, ''));
    return undefined;
  }

  /** The whole of a call where its second part is given; undefined where that of another system call is. */
  private resume(pid: string, text: string): string | undefined {
    const resumed = RESUMED.exec(text);
    if (resumed === null) return text;
    // As long as there is one task alone strace does not say which it is.
    const key = this.unfinished.has(pid) ? pid : '';
    const first = this.unfinished.get(key);
    if (first?.startsWith(`${resumed[1] ?? ''}(`) !== true) return undefined;
    this.unfinished.delete(key);
    return first + text.slice(resumed[0].length);
  }
}

/** Every call of a log. */
export function loggedCalls(log: Iterable<string>): readonly LoggedCall[] {
  const reader = new StraceLog();
  return [...log].flatMap((line) => reader.take(line) ?? []);
}
