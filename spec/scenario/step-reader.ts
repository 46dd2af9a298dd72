import { FLAGS } from '../flags.js';
import { NAMED_POINTERS } from '../model/memory.js';
import { InputError, didYouMean } from '../rules/input-error.js';
import { parseCall } from '../text/parse.js';
import { Scanner } from '../text/scanner.js';
import { signalNumber } from '../text/signals.js';
import type { CloneOperation } from './scenario.js';
import type { Names, TaskNumber } from './words.js';

/** What the probe has room for: tasks, pages, and descriptors below those that it keeps. */
const LAST_TASK = 15;
const LAST_PAGE = 63;
const LAST_DESCRIPTOR = 59;
const INT_MAX = 0x7fff_ffff;

/** Reads the arguments of a step one by one. */
export class StepReader {
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
  oneOf(names: Names, what: string): number {
    const { column } = this.scanner;
    const number = this.scanner.number();
    if (number !== undefined) return Number(BigInt.asIntN(32, number));
    const { word } = this.scanner.word(what);
    const value = Object.hasOwn(names, word) ? names[word] : undefined;
    if (value === undefined)
      throw this.scanner.wrong(`unknown ${what} ${word}`, didYouMean(word, Object.keys(names)), column);
    return value;
  }

  /** Flags of unshare(2). */
  flags(): bigint {
    let flags = 0n;
    do {
      const number = this.scanner.number();
      if (number !== undefined) {
        flags |= number;
        continue;
      }
      const { word, column } = this.scanner.word('a flag');
      const flag = FLAGS.find(({ name }) => name === word);
      const names = FLAGS.map(({ name }) => name);
      if (flag === undefined) throw this.scanner.wrong(`unknown flag ${word}`, didYouMean(word, names), column);
      flags |= flag.value;
    } while (this.scanner.accept('|'));
    return flags;
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
  clone(column: number): CloneOperation {
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
