import { flagValue } from '../flags.js';
import {
  CLONE_ARGS_FIELDS,
  CLONE_ARGS_SIZE_VER2,
  clone,
  clone3,
  type Call,
  type Clone3Call,
  type CloneArgs,
  type Tid,
} from '../model/call.js';
import { DESCRIPTOR, NAMED_POINTERS, TIDS } from '../model/memory.js';
import { InputError, didYouMean } from '../rules/input-error.js';
import { Scanner } from './scanner.js';
import { signalNumber } from './signals.js';

/** A call and, where the text went on, what was recorded of its result. */
export interface ParsedCall {
  readonly call: Call;
  /** `success` or an errno name, from strace's ` = …`; undefined where there is none or it is `?`. */
  readonly recorded?: string;
}

const CALLS = ['clone', 'clone3', 'fork', 'vfork'];
/** Names that strace and the man page give to clone()'s arguments, and the kernel's. */
const CLONE_FIELDS: Readonly<Record<string, 'flags' | 'stack' | 'parent_tid' | 'child_tid' | 'tls'>> = {
  flags: 'flags',
  stack: 'stack',
  child_stack: 'stack',
  newsp: 'stack',
  parent_tid: 'parent_tid',
  parent_tidptr: 'parent_tid',
  child_tid: 'child_tid',
  child_tidptr: 'child_tid',
  tls: 'tls',
};

/**
 * Reads a call as strace prints it, or as {@link formatCall} does. Numbers, `NULL`, the names of flags and signals, and the
 * names of an arena's pointers are understood; what is left out is zero.
 *
 * @param text - one call, with or without ` = result`
 * @param place - where the text comes from, for messages
 * @throws InputError with the column of the first thing that is not understood
 */
export function parseCall(text: string, place: { file: string; line: number } = { file: 'CALL', line: 1 }): ParsedCall {
  const scanner = new Scanner(text, place);
  const { word, column } = scanner.word('the name of a call');
  if (!CALLS.includes(word)) throw scanner.wrong(`unknown call ${word}`, didYouMean(word, CALLS), column);
  scanner.expect('(');
  const call = parseArguments(word, scanner);
  scanner.expect(')');
  const recorded = parseResult(scanner);
  return recorded === undefined ? { call } : { call, recorded };
}

function parseArguments(name: string, scanner: Scanner): Call {
  if (name === 'fork' || name === 'vfork') return { call: name };
  return name === 'clone' ? parseClone(scanner) : parseClone3(scanner);
}

function parseClone(scanner: Scanner): Call {
  const fields: Partial<Record<'flags' | 'stack' | 'parent_tid' | 'child_tid' | 'tls', bigint>> = {};
  while (!scanner.at(')')) {
    const key = scanner.key();
    // `clone(CLONE_VM|SIGCHLD)`: the flags need no name.
    if (key === undefined) {
      fields.flags = parseFlags(scanner);
    } else {
      const field = Object.hasOwn(CLONE_FIELDS, key.word) ? CLONE_FIELDS[key.word] : undefined;
      if (field === undefined) {
        throw scanner.wrong(
          `clone has no argument ${key.word}`,
          didYouMean(key.word, Object.keys(CLONE_FIELDS)),
          key.column,
        );
      }
      fields[field] = field === 'flags' ? parseFlags(scanner) : parsePointer(scanner, field);
    }
    if (!scanner.accept(',')) break;
  }
  const { flags = 0n, ...rest } = fields;
  return clone(flags, rest);
}

type Clone3Extras = { -readonly [K in 'tids' | 'tail' | 'readable']?: Clone3Call[K] };

function parseClone3(scanner: Scanner): Call {
  if (!scanner.accept('{')) {
    const uargs = parsePointer(scanner);
    const size = scanner.accept(',') ? parseNumber(scanner, 'the size') : 88n;
    return clone3({}, { uargs, size });
  }
  const args: Partial<Record<keyof CloneArgs, bigint>> = {};
  const extras: Clone3Extras = {};
  while (!scanner.at('}')) {
    if (scanner.bytes(extras)) {
      // strace's rendering of what lies behind the structure.
    } else if (scanner.accept('???')) {
      // strace could not read what lies behind the structure.
      extras.readable = CLONE_ARGS_SIZE_VER2;
    } else {
      const key = scanner.key();
      if (key === undefined)
        throw scanner.wrong('expected FIELD=VALUE', 'fields are those of struct clone_args in clone(2)');
      parseField(key, args, extras, scanner);
    }
    if (!scanner.accept(',')) break;
  }
  scanner.expect('}');
  // `=> {parent_tid=[7]}`: what the kernel wrote is no part of the call.
  if (scanner.accept('=>')) scanner.skipGroup();
  const size = scanner.accept(',') ? parseNumber(scanner, 'the size') : 88n;
  return clone3(args, { size, ...extras });
}

function parseField(
  { word, column }: { word: string; column: number },
  args: Partial<Record<keyof CloneArgs, bigint>>,
  extras: Clone3Extras,
  scanner: Scanner,
): void {
  const field = CLONE_ARGS_FIELDS.find((candidate) => candidate === word);
  switch (word) {
    case 'tids':
      extras.tids = parseTids(scanner);
      return;
    case 'tail': {
      scanner.expect('[');
      const offset = parseCount(scanner, 'an offset');
      scanner.expect(']');
      scanner.expect('=');
      extras.tail = { offset, byte: parseCount(scanner, 'a byte') };
      return;
    }
    case 'readable':
      extras.readable = parseCount(scanner, 'a number of bytes');
      return;
    case 'set_tid':
      if (scanner.at('[')) {
        extras.tids = parseTids(scanner);
        args.set_tid = TIDS;
        args.set_tid_size ??= BigInt(extras.tids.length);
        return;
      }
      break;
    default:
      break;
  }
  if (field === undefined) {
    throw scanner.wrong(`struct clone_args has no field ${word}`, didYouMean(word, CLONE_ARGS_FIELDS), column);
  }
  args[field] = field === 'flags' || field === 'exit_signal' ? parseFlags(scanner) : parsePointer(scanner, field);
}

function parseTids(scanner: Scanner): readonly Tid[] {
  scanner.expect('[');
  const tids: Tid[] = [];
  while (!scanner.at(']')) {
    tids.push(
      scanner.accept('self')
        ? 'self'
        : scanner.accept('free')
          ? 'free'
          : Number(BigInt.asIntN(32, parseNumber(scanner, 'a TID'))),
    );
    if (!scanner.accept(',')) break;
  }
  scanner.expect(']');
  return tids;
}

/** `CLONE_VM|CLONE_FS|SIGCHLD|0x40`, in any order. */
function parseFlags(scanner: Scanner): bigint {
  let flags = 0n;
  do {
    const { column } = scanner;
    const number = scanner.number();
    if (number !== undefined) {
      flags |= BigInt.asUintN(64, number);
      continue;
    }
    const { word } = scanner.word('a flag');
    const signal = signalNumber(word);
    if (signal !== undefined) {
      flags |= signal;
      continue;
    }
    try {
      flags |= flagValue(word);
    } catch (error) {
      throw error instanceof InputError ? scanner.wrong(error.what, error.hint, column) : error;
    }
  } while (scanner.accept('|') || scanner.accept('or'));
  return flags;
}

/** An address: a number, NULL, a pointer by its name, or what strace shows instead of one. */
function parsePointer(scanner: Scanner, field?: string): bigint {
  if (scanner.accept('NULL')) return 0n;
  for (const { name, address } of NAMED_POINTERS) if (scanner.accept(name)) return address;
  // `parent_tid=[1234]`, `tls={entry_number=6, …}`: the kernel wrote or read there, so the pointer was good.
  if (scanner.at('[') || scanner.at('{')) {
    scanner.skipGroup();
    return field === 'tls' ? DESCRIPTOR : GOOD_POINTER;
  }
  const number = scanner.number();
  if (number === undefined)
    throw scanner.wrong(
      'expected an address',
      'an address is a number, NULL, &a to &d, &stack, readonly, unmapped or edge',
    );
  // `0x7f…`: an address cut short; whatever it was, it was one.
  if (scanner.accept('…') || scanner.accept('...')) return GOOD_POINTER;
  return BigInt.asUintN(64, number);
}

/** Stands for an address that was good and is not known. */
const GOOD_POINTER = NAMED_POINTERS[0]?.address ?? 0n;

function parseNumber(scanner: Scanner, what: string): bigint {
  const number = scanner.number();
  if (number === undefined) throw scanner.wrong(`expected ${what}`, 'a number is decimal, or hexadecimal with 0x');
  return BigInt.asUintN(64, number);
}

/** A number of bytes, which no structure exceeds. */
function parseCount(scanner: Scanner, what: string): number {
  const { column } = scanner;
  const number = parseNumber(scanner, what);
  if (number > 0xffff_ffffn) throw scanner.wrong(`${String(number)} is out of range`, 'it has 32 bits', column);
  return Number(number);
}

/** ` = 1234`, ` = -1 EINVAL (Invalid argument)`, ` = ? ERESTARTNOINTR (…)`, ` = ?`. */
function parseResult(scanner: Scanner): string | undefined {
  if (!scanner.accept('=')) {
    scanner.end();
    return undefined;
  }
  if (scanner.accept('?')) return undefined;
  const { column } = scanner;
  const number = scanner.number();
  if (number === undefined)
    throw scanner.wrong('expected a result', 'a result is a TID, or -1 and an errno name', column);
  if (number >= 0n) return 'success';
  return scanner.at('E') ? scanner.word('an errno name').word : undefined;
}
