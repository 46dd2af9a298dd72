import fc from 'fast-check';
import { HOSTILE_PIECES } from './pieces.js';

/** One change of a text. Places are fractions of its length, so that it can be made of any. */
type Edit = (text: string) => string;

const place = fc.integer({ min: 0, max: 0xffff }).map((number) => number / 0x1_0000);
/** Most cuts are short: what is left is then nearly valid, which is where parsers go wrong. */
const short = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 1, arbitrary: fc.integer({ min: 13, max: 2_000 }) },
);
const TOKEN = /"(?:[^"\\]|\\.)*"|[\w.-]+|\S/g;

function at(text: string, fraction: number): number {
  return Math.floor(text.length * fraction);
}

function replaced(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

const cut = fc.tuple(place, short).map(([from, length]): Edit => (text) => {
  return replaced(text, at(text, from), at(text, from) + length, '');
});

const repeat = fc.tuple(place, short, fc.integer({ min: 1, max: 40 })).map(([from, length, times]): Edit => (text) => {
  const start = at(text, from);
  return replaced(text, start, start, text.slice(start, start + length).repeat(times));
});

const flip = fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(([where, bit]): Edit => (text) => {
  const index = at(text, where);
  if (index >= text.length) return text;
  return replaced(text, index, index + 1, String.fromCharCode(text.charCodeAt(index) ^ (1 << bit)));
});

const inserted = fc.tuple(place, fc.constantFrom(...HOSTILE_PIECES)).map(([where, piece]): Edit => (text) => {
  return replaced(text, at(text, where), at(text, where), piece);
});

/** A word, number or string becomes something of another type. */
const swapped = fc.tuple(place, fc.constantFrom(...HOSTILE_PIECES)).map(([where, piece]): Edit => (text) => {
  TOKEN.lastIndex = at(text, where);
  const found = TOKEN.exec(text);
  return found === null ? text + piece : replaced(text, found.index, found.index + found[0].length, piece);
});

const lines = fc
  .tuple(place, place, fc.constantFrom('drop', 'repeat', 'exchange', 'end'))
  .map(([one, other, what]): Edit => (text) => {
    const rows = text.split('\n');
    const [a, b] = [Math.floor(rows.length * one), Math.floor(rows.length * other)];
    const [first = '', second = ''] = [rows[a], rows[b]];
    if (what === 'drop') rows.splice(a, 1);
    else if (what === 'repeat') rows.splice(b, 0, first);
    else if (what === 'end') rows.length = a;
    else [rows[a], rows[b]] = [second, first];
    return rows.join('\n');
  });

const NESTS: readonly (readonly [string, string])[] = [
  ['[', ']'],
  ['{', '}'],
  ['(', ')'],
  ['{"a":', '}'],
  ['{a: ', '}'],
  ['!', ''],
  ['- ', ''],
];

/** A part deep inside brackets. */
const nested = fc
  .tuple(place, short, fc.constantFrom(...NESTS), fc.constantFrom(1, 2, 3, 50, 500, 4_000))
  .map(([from, length, [open, close], depth]): Edit => (text) => {
    const [start, end] = [at(text, from), at(text, from) + length];
    return replaced(text, start, end, open.repeat(depth) + text.slice(start, end) + close.repeat(depth));
  });

/** A part of another example. */
const spliced = (examples: readonly string[]): fc.Arbitrary<Edit> =>
  fc.tuple(place, place, short, fc.nat(examples.length - 1)).map(([to, from, length, which]): Edit => (text) => {
    const other = examples[which] ?? '';
    return replaced(text, at(text, to), at(text, to), other.slice(at(other, from), at(other, from) + length));
  });

/**
 * Texts that were valid once: one of the examples with up to six changes. Pieces are cut, repeated, taken from another example, put in
 * brackets, replaced by what is no such thing; bits are flipped, lines lost.
 */
export function mutationsOf(examples: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.oneof(
    { weight: 3, arbitrary: cut },
    { weight: 1, arbitrary: repeat },
    { weight: 2, arbitrary: flip },
    { weight: 2, arbitrary: inserted },
    { weight: 4, arbitrary: swapped },
    { weight: 2, arbitrary: lines },
    { weight: 1, arbitrary: nested },
    { weight: 2, arbitrary: spliced(examples) },
  );
  return fc
    .tuple(fc.nat(examples.length - 1), fc.array(edit, { maxLength: 6 }))
    .map(([which, edits]) => edits.reduce((text, change) => change(text), examples[which] ?? ''));
}
