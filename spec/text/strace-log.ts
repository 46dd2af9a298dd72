/** A call found in a log, with the line that it ended on. */
export interface LoggedCall {
  readonly line: number;
  /** The call as one piece of text, with its result where the log has one. */
  readonly text: string;
}

/** `[pid 12]`, `12`, times of day and relative times, as strace's options put them before a call. */
const PREFIX =
  /^\s*(?:\[pid\s+(\d+)\]\s+|(\d+)\s+(?=\S))?(?:(?:\d\d:\d\d:\d\d(?:\.\d+)?|\d+\.\d+|\(\+\s*\d+\.\d+\))\s+)*/;
const NOT_A_CALL = /^(?:\+\+\+|---|strace:|#|$)/;
const RESUMED = /^<\.\.\. (\w+) resumed>,?\s*/;
const UNFINISHED = /\s*<unfinished \.\.\.>\s*$/;
const OTHER_CALL = /^(?!(?:clone|clone3|fork|vfork)\b)[a-z_][a-z0-9_]*\(/;

/**
 * Finds the calls in what strace writes: process ids and times are dropped, calls that another task interrupted are put together, and
 * signals, exits and other system calls are passed by.
 *
 * @param log - the lines, in order
 */
export function* loggedCalls(log: Iterable<string>): Generator<LoggedCall> {
  const unfinished = new Map<string, string>();
  let number = 0;
  for (const line of log) {
    number++;
    const prefix = PREFIX.exec(line);
    const pid = prefix?.[1] ?? prefix?.[2] ?? '';
    let text = line.slice(prefix?.[0].length ?? 0).trimEnd();
    const resumed = RESUMED.exec(text);
    if (resumed !== null) {
      const begun = unfinished.get(pid);
      unfinished.delete(pid);
      if (begun === undefined) continue;
      text = begun + text.slice(resumed[0].length);
    }
    if (NOT_A_CALL.test(text) || OTHER_CALL.test(text)) continue;
    if (UNFINISHED.test(text)) unfinished.set(pid, text.replace(UNFINISHED, ''));
    else yield { line: number, text };
  }
}
