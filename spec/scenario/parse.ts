import { NAMED_POINTERS } from '../model/memory.js';
import { InputError, didYouMean } from '../rules/input-error.js';
import { parseCall } from '../text/parse.js';
import { Scanner } from '../text/scanner.js';
import { signalNumber } from '../text/signals.js';
import {
  DISPOSITIONS,
  NS_KINDS,
  PLAIN_OPERATIONS,
  type Operation,
  type PlainOperation,
  type Step,
  type TaskNumber,
} from './scenario.js';

const CALLS = ['clone', 'clone3', 'fork', 'vfork'];
const WAIT_OPTIONS: Readonly<Record<string, number>> = { WNOHANG: 1, __WALL: 0x4000_0000, __WCLONE: -0x8000_0000 };
const WHENCES: Readonly<Record<string, number>> = { SEEK_SET: 0, SEEK_CUR: 1, SEEK_END: 2 };
/** What the probe has room for: tasks, pages, and descriptors below those that it keeps. */
const LAST_TASK = 15;
const LAST_PAGE = 63;
const LAST_DESCRIPTOR = 59;
const INT_MAX = 0x7fff_ffff;

/**
 * Reads a step as `formatStep` prints it, such as `1: close(20)` or `0: clone(CLONE_VM|SIGCHLD) → task 1`; people may write `->`.
 *
 * @param place - where the text comes from, for messages; with a column, that of the text's first character
 * @throws InputError with the column of the first thing that is not understood
 */
export function parseStep(
  text: string,
  place: { readonly file: string; readonly line: number; readonly column?: number } = { file: 'STEP', line: 1 },
): Step {
  const { file, line, column = 1 } = place;
  const reader = new StepReader(' '.repeat(column - 1) + text, { file, line });
  const task = reader.taskNumber('the number of the task that performs the step');
  reader.expect(':');
  const { word, column: at } = reader.scanner.word('the name of an operation');
  if (CALLS.includes(word)) return { task, ...reader.clone(at) };
  const read = isOperation(word) ? OPERATIONS[word] : undefined;
  if (read === undefined && !isPlain(word)) {
    const known = [...CALLS, ...Object.keys(OPERATIONS), ...PLAIN_OPERATIONS];
    throw reader.scanner.wrong(`unknown operation ${word}`, didYouMean(word, known), at);
  }
  reader.expect('(');
  const operation: Operation = read === undefined ? { op: word as PlainOperation } : read(reader);
  reader.expect(')');
  reader.end();
  return { task, ...operation };
}

type WithArguments = Exclude<Operation['op'], 'clone' | PlainOperation>;

function isOperation(word: string): word is WithArguments {
  return Object.hasOwn(OPERATIONS, word);
}

function isPlain(word: string): word is PlainOperation {
  return PLAIN_OPERATIONS.some((name) => name === word);
}

/** What stands between an operation's parentheses. */
const OPERATIONS: Readonly<Record<WithArguments, (reader: StepReader) => Operation>> = {
  exit: (reader) => ({ op: 'exit', status: reader.number('a status') }),
  exit_group: (reader) => ({ op: 'exit_group', status: reader.number('a status') }),
  wait: (reader) => {
    const who = reader.scanner.accept('any') ? 'any' : reader.task('task N or any');
    reader.expect(',');
    return { op: 'wait', who, options: reader.waitOptions() };
  },
  kill: (reader) => ({ op: 'kill', who: reader.task('task N'), signal: (reader.expect(','), reader.signal()) }),
  tgkill: (reader) => ({ op: 'tgkill', who: reader.task('task N'), signal: (reader.expect(','), reader.signal()) }),
  read: (reader) => ({ op: 'read', at: reader.address() }),
  write: (reader) => ({
    op: 'write',
    at: reader.address(),
    value: (reader.expect(','), reader.number('a value', -INT_MAX - 1)),
  }),
  map: (reader) => ({ op: 'map', page: reader.page() }),
  unmap: (reader) => ({ op: 'unmap', page: reader.page() }),
  mapped: (reader) => ({ op: 'mapped', page: reader.page() }),
  open: (reader) => ({ op: 'open', fd: reader.descriptor() }),
  memfd: (reader) => ({ op: 'memfd', fd: reader.descriptor() }),
  close: (reader) => ({ op: 'close', fd: reader.descriptor() }),
  getfd: (reader) => ({ op: 'getfd', fd: reader.descriptor() }),
  lseek: (reader) => ({
    op: 'lseek',
    fd: reader.descriptor(),
    offset: (reader.expect(','), reader.number('an offset', -INT_MAX - 1)),
    whence: (reader.expect(','), reader.oneOf(WHENCES, 'whence')),
  }),
  pidfd_poll: (reader) => ({ op: 'pidfd_poll', at: reader.address() }),
  pidfd_getfl: (reader) => ({ op: 'pidfd_getfl', at: reader.address() }),
  pidfd_getfd: (reader) => ({ op: 'pidfd_getfd', at: reader.address() }),
  futex_wait: (reader) => ({ op: 'futex_wait', at: reader.address() }),
  chdir: (reader) => ({ op: 'chdir', to: reader.quoted({ '/': 'root', '/proc': 'proc' }) }),
  umask: (reader) => ({ op: 'umask', mask: reader.octal() }),
  sigaction: (reader) => ({
    op: 'sigaction',
    signal: reader.signal(),
    handler: (reader.expect(','), reader.word(DISPOSITIONS, 'a disposition')),
  }),
  sighandler: (reader) => ({ op: 'sighandler', signal: reader.signal() }),
  sigblock: (reader) => ({ op: 'sigblock', mask: reader.mask() }),
  sigunblock: (reader) => ({ op: 'sigunblock', mask: reader.mask() }),
  sethostname: (reader) => ({ op: 'sethostname', n: reader.quoted(HOST_NAMES) }),
  ns: (reader) => ({ op: 'ns', kind: reader.word(NS_KINDS, 'a kind of namespace') }),
  sem_set: (reader) => ({ op: 'sem_set', value: reader.number('a value') }),
  sem_op: (reader) => {
    const value = reader.number('a value', -INT_MAX - 1);
    if (!reader.scanner.accept(',')) return { op: 'sem_op', value, undo: 0 };
    reader.expect('SEM_UNDO');
    return { op: 'sem_op', value, undo: 1 };
  },
  ioprio_set: (reader) => ({ op: 'ioprio_set', value: reader.number('a priority') }),
};

const HOST_NAMES: Readonly<Record<string, number>> = Object.fromEntries(
  Array.from({ length: 9 }, (_, index) => [`h${String(index + 1)}`, index + 1]),
);

/** Reads the arguments of a step one by one. */
class StepReader {
  readonly scanner: Scanner;

  constructor(
    private readonly text: string,
    private readonly place: { readonly file: string; readonly line: number },
  ) {
    this.scanner = new Scanner(text, place);
  }

  expect(piece: string): void {
    if (this.scanner.accept(piece)) return;
    throw this.scanner.wrong(
      `expected ${piece}, but ${this.found()}`,
      'a step looks like 1: close(20) or 0: clone(CLONE_VM|SIGCHLD) → task 1',
    );
  }

  /** Nothing may follow. */
  end(): void {
    const { column } = this.scanner;
    if (column <= this.text.length) throw this.scanner.wrong(`unexpected ${this.next()}`, 'one step a line');
  }

  private next(): string {
    const { column } = this.scanner;
    return JSON.stringify(this.text.slice(column - 1, column + 11));
  }

  private found(): string {
    return this.scanner.column > this.text.length ? 'the line ends' : `there is ${this.next()}`;
  }

  /** A whole number within bounds. */
  number(what: string, least = 0, most = INT_MAX): number {
    const { column } = this.scanner;
    const number = this.scanner.number();
    if (number === undefined) {
      throw this.scanner.wrong(`expected ${what}, but ${this.found()}`, 'a number is decimal, or hexadecimal with 0x');
    }
    if (number < least || number > most) {
      const hint = `it is from ${String(least)} to ${String(most)}`;
      throw this.scanner.wrong(`${String(number)} is out of range`, hint, column);
    }
    return Number(number);
  }

  taskNumber(what: string, least = 0): TaskNumber {
    return this.number(what, least, LAST_TASK);
  }

  /** `task 3`. */
  task(what: string, least = 0): TaskNumber {
    if (!this.scanner.accept('task'))
      throw this.scanner.wrong(`expected ${what}, but ${this.found()}`, 'a task is named as in kill(task 1, SIGUSR1)');
    return this.taskNumber('the number of a task', least);
  }

  page(): number {
    this.expect('page');
    return this.number('the number of a page', 0, LAST_PAGE);
  }

  descriptor(): number {
    return this.number('a descriptor', 0, LAST_DESCRIPTOR);
  }

  /** One of several words. */
  word<T extends string>(words: readonly T[], what: string): T {
    const { word, column } = this.scanner.word(what);
    const found = words.find((candidate) => candidate === word);
    if (found === undefined) throw this.scanner.wrong(`${word} is not ${what}`, didYouMean(word, words), column);
    return found;
  }

  /** A number by its name, or as it is. */
  oneOf(names: Readonly<Record<string, number>>, what: string): number {
    const { column } = this.scanner;
    const number = this.scanner.number();
    if (number !== undefined) return Number(BigInt.asIntN(32, number));
    const { word } = this.scanner.word(what);
    const value = Object.hasOwn(names, word) ? names[word] : undefined;
    if (value === undefined)
      throw this.scanner.wrong(`unknown ${what} ${word}`, didYouMean(word, Object.keys(names)), column);
    return value;
  }

  waitOptions(): number {
    let options = 0;
    do options |= this.oneOf(WAIT_OPTIONS, 'option');
    while (this.scanner.accept('|'));
    return options;
  }

  signal(): number {
    const { column } = this.scanner;
    const number = this.scanner.number();
    if (number !== undefined) return Number(BigInt.asIntN(32, number));
    const { word } = this.scanner.word('a signal');
    const signal = signalNumber(word);
    if (signal === undefined)
      throw this.scanner.wrong(`unknown signal ${word}`, 'a signal is a name such as SIGUSR1, or a number', column);
    return Number(signal);
  }

  address(): bigint {
    for (const { name, address } of NAMED_POINTERS) if (this.scanner.accept(name)) return address;
    const number = this.scanner.number();
    if (number !== undefined) return BigInt.asUintN(64, number);
    const names = NAMED_POINTERS.map(({ name }) => name).join(', ');
    throw this.scanner.wrong(`expected an address, but ${this.found()}`, `an address is a number or one of ${names}`);
  }

  mask(): bigint {
    const number = this.scanner.number();
    if (number !== undefined) return BigInt.asUintN(64, number);
    throw this.scanner.wrong(`expected a mask, but ${this.found()}`, 'bit 0 is signal 1: 0x200 for SIGUSR1');
  }

  /** `022` is octal as in C, unlike all other numbers of a step. */
  octal(): number {
    const { column } = this.scanner;
    const number = this.scanner.number();
    const digits = this.text.slice(column - 1, this.scanner.column - 1).trim();
    if (number === undefined || !/^0[0-7]*$/.test(digits))
      throw this.scanner.wrong('expected an octal mask', 'it begins with 0, such as 022', column);
    return parseInt(digits, 8);
  }

  /** A string that stands for a value. */
  quoted<T>(values: Readonly<Record<string, T>>): T {
    for (const [text, value] of Object.entries(values)) if (this.scanner.accept(JSON.stringify(text))) return value;
    const known = Object.keys(values).map((text) => JSON.stringify(text));
    throw this.scanner.wrong(`expected a string, but ${this.found()}`, `it is one of ${known.join(', ')}`);
  }

  /** A call, and the number of the task that it makes. */
  clone(column: number): Operation {
    const arrow = /→|->/g;
    arrow.lastIndex = column - 1;
    const at = arrow.exec(this.text)?.index ?? this.text.length;
    const { call } = parseCall(' '.repeat(column - 1) + this.text.slice(column - 1, at), this.place);
    const rest = new StepReader(' '.repeat(at) + this.text.slice(at), this.place);
    if (!rest.scanner.accept('→') && !rest.scanner.accept('->'))
      throw new InputError('expected → task N', 'number the task that the call makes: fork() → task 1', {
        ...this.place,
        column: this.text.length + 1,
      });
    const child = rest.task('task N', 1);
    rest.end();
    return { op: 'clone', child, call };
  }
}
