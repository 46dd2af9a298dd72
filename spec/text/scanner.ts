import { InputError } from '../rules/input-error.js';

/** The longest text that is read, in characters, and the longest number: calls are made with registers of 64 bits. */
const LONGEST = 16_384;
const LONGEST_NUMBER = 64;

/** Reads a line piece by piece and knows its place, for messages. White space and comments between pieces are passed by. */
export class Scanner {
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly place: { readonly file: string; readonly line: number },
  ) {
    if (text.length > LONGEST)
      throw this.wrong(`a text of ${text.length.toLocaleString('en-US')} characters`, 'calls and steps are short', 1);
    this.skip();
  }

  /** The column of the next piece, from 1. */
  get column(): number {
    return this.position + 1;
  }

  private skip(): void {
    const match = /(?:\s|\/\*(?! bytes ).*?\*\/)*/y;
    match.lastIndex = this.position;
    match.exec(this.text);
    this.position = match.lastIndex;
  }

  /** Takes a piece of text if it is next. */
  accept(piece: string): boolean {
    if (!this.at(piece)) return false;
    this.position += piece.length;
    this.skip();
    return true;
  }

  /** Says whether a piece of text is next; a word only where it ends there. */
  at(piece: string): boolean {
    if (!this.text.startsWith(piece, this.position)) return false;
    return !/\w$/.test(piece) || piece.length === 1 || !/\w/.test(this.text.charAt(this.position + piece.length));
  }

  expect(piece: string): void {
    this.require(piece);
    this.accept(piece);
  }

  private require(piece: string): void {
    if (this.at(piece)) return;
    const rest = this.text.slice(this.position, this.position + 12);
    const found = rest === '' ? 'the line ends' : `there is ${JSON.stringify(rest)}`;
    throw this.wrong(
      `expected ${piece}, but ${found}`,
      'a call looks like clone(CLONE_VM|SIGCHLD) or clone3({flags=CLONE_VM}, 88)',
    );
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.position += found.length;
    this.skip();
    return found;
  }

  /** The next word, with its column. */
  word(what: string): { word: string; column: number } {
    const { column } = this;
    const word = this.match(/[A-Za-z_]\w*/y);
    if (word === undefined)
      throw this.wrong(`expected ${what}`, 'see clonecheck explain --help for the forms that are understood');
    return { word, column };
  }

  /** The name before `=`, if one is next. */
  key(): { word: string; column: number } | undefined {
    const { column } = this;
    const found = this.match(/[A-Za-z_]\w*\s*=(?!>)/y);
    return found === undefined ? undefined : { word: found.replace(/\s*=$/, ''), column };
  }

  /** The next number, if one is next; `1<<34` is one too. */
  number(): bigint | undefined {
    const { column } = this;
    const found = this.match(/-?(?:0[xX][0-9a-fA-F]+|\d+)(?:U?L?L?\s*<<\s*\d+)?/y);
    if (found === undefined) return undefined;
    const [base = '', shift] = found.split('<<');
    const digits = base.trim().replace(/(?<!0x[0-9a-f]*)[UL]+$/i, '');
    if (digits.length > LONGEST_NUMBER || Number(shift ?? 0) > LONGEST_NUMBER)
      throw this.wrong('a number beyond all bounds', 'numbers have 64 bits', column);
    const magnitude = BigInt(digits.replace('-', ''));
    const value = shift === undefined ? magnitude : magnitude << BigInt(shift.trim());
    return digits.startsWith('-') ? -value : value;
  }

  /** strace's bytes behind a structure: `/* bytes 88..95 *\/ "\x01"`. Keeps the first that is not zero. */
  bytes(into: { tail?: { readonly offset: number; readonly byte: number } | undefined }): boolean {
    const found = this.match(/\/\* bytes \d+\.\.\d+ \*\/\s*"(?:\\.|[^"\\])*"(?:\.\.\.)?/y);
    if (found === undefined) return false;
    const from = Number(/bytes (\d+)/.exec(found)?.[1]);
    const content = /"(.*)"/.exec(found)?.[1] ?? '';
    const bytes = [...content.matchAll(/\\x([0-9a-fA-F]{2})|\\([0-7]{1,3})|\\(.)|([^\\])/g)].map((match) =>
      match[1] !== undefined
        ? parseInt(match[1], 16)
        : match[2] !== undefined
          ? parseInt(match[2], 8)
          : (match[3] ?? match[4] ?? '\0').charCodeAt(0),
    );
    const index = bytes.findIndex((byte) => byte !== 0);
    const byte = bytes[index];
    if (byte !== undefined) into.tail = { offset: from + index, byte };
    return true;
  }

  /** Passes by `[…]` or `{…}`, with brackets in them such as those of `[3<anon_inode:[pidfd]>]`. */
  skipGroup(): void {
    const opening = this.text.charAt(this.position);
    if (opening !== '[') this.require('{');
    const closing = opening === '{' ? '}' : ']';
    let depth = 0;
    for (let index = this.position; index < this.text.length; index++) {
      const character = this.text.charAt(index);
      if (character === opening) depth++;
      else if (character === closing) depth--;
      if (depth > 0) continue;
      this.position = index + 1;
      this.skip();
      return;
    }
    throw this.wrong(
      `expected ${closing}, but the line ends`,
      `every ${opening} is closed again`,
      this.text.length + 1,
    );
  }

  /** Nothing may follow. */
  end(): void {
    if (this.position < this.text.length) {
      throw this.wrong(
        `unexpected ${JSON.stringify(this.text.slice(this.position, this.position + 12))}`,
        'one call a line',
      );
    }
  }

  /** An error at the next piece, or at a column. */
  wrong(what: string, hint: string, column = this.column): InputError {
    return new InputError(what, hint, { ...this.place, column });
  }
}
