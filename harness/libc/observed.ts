import { constants } from 'node:os';
import { formatFlags } from '../../spec/text/format.js';
import { signalName } from '../../spec/text/signals.js';
import type { CaseTrace, RawCall } from './trace.js';

/** Keys whose value is the number of a process or thread: it differs from run to run, so that it is shown by whose it is. */
const NUMBERS_OF_TASKS = ['result', 'getpid', 'getppid', 'thread-getpid', 'caller', 'parent-tid', 'child-tid'];
/** Keys that only tell what the others are to be compared with. */
const GIVEN = /^(caller|getpid-before|.*-(at|given))$/;

/** What a program did for a case, with numbers and addresses that mean nothing by themselves put into words. */
export interface Observed {
  /** What was said, by key; values of one key in the order in which they were said. */
  readonly said: ReadonlyMap<string, string>;
  /** The same, in words. */
  readonly words: ReadonlyMap<string, string>;
  /** Raw calls while the wrapper ran. */
  readonly calls: readonly RawCall[];
  /** All of it in a line. */
  readonly text: string;
}

/** Reads a trace. */
export function observe(trace: CaseTrace): Observed {
  const said = new Map<string, string>();
  const calls: RawCall[] = [];
  // Cases that have no `begin` are about all that they do.
  let within = !trace.events.some((event) => 'said' in event && event.said.trim() === 'begin');
  for (const event of trace.events) {
    if ('call' in event) {
      if (within) calls.push(event);
    } else if ('said' in event) {
      const [key = '', ...rest] = event.said.trim().split(' ');
      if (key === 'begin' || key === 'end') within = key === 'begin';
      else said.set(key, [said.get(key), rest.join(' ')].filter((part) => part !== undefined).join(' '));
    }
  }
  const words = new Map([...said].map(([key, value]) => [key, inWords(key, value, said)]));
  const keys = [...words.keys()].filter((key) => !GIVEN.test(key));
  return { said, words, calls, text: shown({ words, calls }, trace, keys) };
}

/** In a line: the calls, some of what was said, and how the program ended where that is amiss. */
export function shown(
  { words, calls }: Pick<Observed, 'words' | 'calls'>,
  trace: CaseTrace,
  keys: readonly string[] = [...words.keys()],
): string {
  const said = keys.flatMap((key) => {
    const value = words.get(key);
    return value === undefined ? [] : [`${key} ${value}`];
  });
  const parts = [...calls.map(formatRawCall), ...said, ...ending(trace)];
  return parts.length === 0 ? 'nothing' : parts.join('; ');
}

/** What is wrong with how the program ended, where something is. */
export function ending(trace: CaseTrace): readonly string[] {
  const killed = trace.events.flatMap((event) =>
    'kills' in event ? [event.kills === -1 ? 'tries to kill every process' : 'tries to kill a process group'] : [],
  );
  return [...new Set(killed), ...ended(trace)];
}

function ended({ died, exited }: CaseTrace): readonly string[] {
  if (died !== undefined) return [`died of ${signalText(died)}`];
  return exited === undefined || exited === 0 ? [] : [`the process ended with ${String(exited)}`];
}

function inWords(key: string, value: string, said: ReadonlyMap<string, string>): string {
  if (/(^|-)errno$/.test(key)) return /^\d+$/.test(value) ? errnoText(Number(value)) : value;
  const death = /^died (\d+)$/.exec(value);
  if (death !== null) return `died of ${signalText(Number(death[1]))}`;
  if (NUMBERS_OF_TASKS.includes(key) && /^[1-9]\d*$/.test(value)) return whose(value, said);
  const same = [...said].find(([other, theirs]) => GIVEN.test(other) && theirs === value);
  if (same !== undefined) return `as ${same[0]}`;
  return value.startsWith('0x') ? 'another address' : value;
}

function whose(value: string, said: ReadonlyMap<string, string>): string {
  if (value === said.get('result')) return "the child's";
  if (value === said.get('caller')) return "the caller's";
  if (said.has('result')) return 'another';
  // Where there is no child, getpid() is the caller's own.
  return value === said.get('getpid') ? "the caller's" : 'another';
}

function errnoText(number: number): string {
  if (number === 0) return '0';
  return Object.entries(constants.errno).find(([, value]) => value === number)?.[0] ?? String(number);
}

function signalText(number: number): string {
  return signalName(BigInt(number)) ?? `signal ${String(number)}`;
}

/** `clone(CLONE_VM|SIGCHLD)`, and how it failed where it did. */
export function formatRawCall({ call, flags, exit_signal: signal, result }: RawCall): string {
  const args = call === 'fork' || call === 'vfork' ? '' : withSignal(flags, signal);
  return `${call}(${args})${result !== null && result < 0 ? ` = -1 ${errnoText(-result)}` : ''}`;
}

function withSignal(flags: bigint, signal: bigint): string {
  const parts = [
    ...(flags === 0n ? [] : [formatFlags(flags, false)]),
    ...(signal === 0n ? [] : [signalName(signal) ?? `signal ${String(signal)}`]),
  ];
  return parts.length === 0 ? '0' : parts.join('|');
}
