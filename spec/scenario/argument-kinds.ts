import { formatFlags } from '../text/format.js';
import { signalName } from '../text/signals.js';
import { NAMED_POINTERS } from '../model/memory.js';
import type { ArgumentKind, ArgumentTypes } from './operations.js';
import type { StepReader } from './step-reader.js';
import {
  DISPOSITIONS,
  KCMP_TYPES,
  NS_KINDS,
  POLICIES,
  PTRACE_OPTIONS,
  WAIT_OPTIONS,
  WHENCES,
  type Names,
} from './words.js';

/** How one kind of argument is written and read back; an argument that is written as nothing is left out. */
interface Writing<T> {
  readonly format: (value: T) => string;
  readonly read: (reader: StepReader) => T;
}

const INT_MIN = -0x8000_0000;
const HOST_NAMES: Names = Object.fromEntries(
  Array.from({ length: 9 }, (_, index) => [`h${String(index + 1)}`, index + 1]),
);
const DIRECTORIES = { '/': 'root', '/proc': 'proc' } as const;

/** Every kind of argument. */
export const ARGUMENT_KINDS: { readonly [Kind in ArgumentKind]: Writing<ArgumentTypes[Kind]> } = {
  task: { format: formatTask, read: (reader) => reader.task('task N') },
  'task or any': {
    format: (who) => (who === 'any' ? 'any' : formatTask(who)),
    read: (reader) => (reader.scanner.accept('any') ? 'any' : reader.task('task N or any')),
  },
  status: { format: String, read: (reader) => reader.number('a status') },
  'wait options': bits(WAIT_OPTIONS, 'option'),
  signal: {
    format: (signal) => signalName(BigInt(signal)) ?? String(signal),
    read: (reader) => reader.signal(),
  },
  address: { format: formatAddress, read: (reader) => reader.address() },
  number: { format: String, read: (reader) => reader.number('a number', INT_MIN) },
  page: { format: (page) => `page ${String(page)}`, read: (reader) => reader.page() },
  fd: { format: String, read: (reader) => reader.descriptor() },
  whence: one(WHENCES, 'whence'),
  mask: { format: (mask) => `0x${mask.toString(16)}`, read: (reader) => reader.mask() },
  octal: { format: (mask) => `0${mask.toString(8)}`, read: (reader) => reader.octal() },
  disposition: { format: String, read: (reader) => reader.word(DISPOSITIONS, 'a disposition') },
  directory: {
    format: (to) => JSON.stringify(to === 'root' ? '/' : '/proc'),
    read: (reader) => reader.quoted(DIRECTORIES),
  },
  'namespace kind': { format: String, read: (reader) => reader.word(NS_KINDS, 'a kind of namespace') },
  'host name': { format: (n) => JSON.stringify(`h${String(n)}`), read: (reader) => reader.quoted(HOST_NAMES) },
  undo: {
    format: (undo) => (undo === 1 ? 'SEM_UNDO' : ''),
    read: (reader) => {
      reader.expect('SEM_UNDO');
      return 1;
    },
  },
  flags: { format: (flags) => formatFlags(flags, false), read: (reader) => reader.flags() },
  'ptrace options': bits(PTRACE_OPTIONS, 'option'),
  'kcmp type': one(KCMP_TYPES, 'type'),
  policy: bits(POLICIES, 'policy'),
};

/** Kinds that may be left out at the end, and what they are then. */
export const LEFT_OUT: { readonly [Kind in ArgumentKind]?: ArgumentTypes[Kind] } = { undo: 0 };

function formatTask(task: number): string {
  return `task ${String(task)}`;
}

function formatAddress(address: bigint): string {
  return NAMED_POINTERS.find((pointer) => pointer.address === address)?.name ?? `0x${address.toString(16)}`;
}

/** A number that has a name, or none. */
function one(names: Names, what: string): Writing<number> {
  return {
    format: (value) => Object.entries(names).find(([, number]) => number === value)?.[0] ?? String(value),
    read: (reader) => reader.oneOf(names, what),
  };
}

/** Bits that have names, joined by |. */
function bits(names: Names, what: string): Writing<number> {
  return {
    format: (value) => {
      let rest = value;
      const found = Object.entries(names).filter(([, bit]) => bit !== 0 && (value & bit) === bit);
      for (const [, bit] of found) rest &= ~bit;
      const words = found.map(([name]) => name);
      if (rest !== 0) words.push(`0x${(rest >>> 0).toString(16)}`);
      return words.length === 0 ? '0' : words.join('|');
    },
    read: (reader) => {
      let value = 0;
      do value |= reader.oneOf(names, what);
      while (reader.scanner.accept('|'));
      return value;
    },
  };
}
