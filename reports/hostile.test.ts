import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { XmlDocument } from 'libxml2-wasm';
import { annotations } from './annotations.js';
import { HOSTILE, hostileRun } from './fixtures/hostile.js';
import { resultsWith } from './fixtures/results.js';
import { FORMATS, render } from './render.js';
import { ndjson, readResults, type Results } from './results/index.js';

/** Control characters but the end of a line and a tab, bidirectional and other format characters, halves of pairs. */
const UNSEEN = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}]/u;
/** What only comes from outside. */
const MARKUP = /<(?:script|img|b|svg|iframe|CANARY)\b[^>]*(?:alert|onerror|CANARY)|<CANARY/i;

/** Lines that a CI system takes for a command. */
const COMMAND = /^\s*::|##\[/m;

function expectHarmless(results: Results): void {
  for (const format of FORMATS) {
    const text = render([results], format);
    const shown = format === 'json' ? decoded(text) : text;
    expect([format, UNSEEN.exec(shown)?.[0]]).toEqual([format, undefined]);
    expect([format, COMMAND.exec(shown)?.[0]]).toEqual([format, undefined]);
    if (format === 'html') expect(MARKUP.exec(text)?.[0]).toBeUndefined();
    if (format === 'markdown') expect(MARKUP.exec(outsideCode(text))?.[0]).toBeUndefined();
    if (format === 'markdown') for (const row of rowsOf(text)) expect([6, 7]).toContain(row.match(/\|/g)?.length);
    if (format === 'junit') XmlDocument.fromString(text).dispose();
    expect(Buffer.byteLength(text)).toBeLessThan(2_000_000);
  }
  for (const line of annotations(results)) expect(line).not.toMatch(/[\n\r]/);
}

/** The strings of lines of JSON. */
function decoded(text: string): string {
  const strings: string[] = [];
  for (const line of text.trimEnd().split('\n'))
    JSON.parse(line, (_, value: unknown) => {
      if (typeof value === 'string') strings.push(value);
      return value;
    });
  return strings.join('\n');
}

/** Rows of tables, without the bars that are escaped. */
function rowsOf(text: string): readonly string[] {
  return text
    .replace(/^(`{3,})[^`\n]*\n[^]*?^\1$/gm, '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.replaceAll('\\|', ''));
}

function outsideCode(text: string): string {
  return text.replace(/^(`{3,})[^`\n]*\n[^]*?^\1$/gm, '').replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
}

const whole = (text: string): Results => resultsWith(hostileRun(text), { reproducer: () => text });
/** As a file that somebody else wrote. */
const readBack = (results: Results): Results => readResults([...ndjson(results)].join(''), 'hostile');

describe('nothing hostile gets into any report, the terminal one included', () => {
  test.each(HOSTILE)('%j', (text) => {
    expectHarmless(whole(text));
    expectHarmless(readBack(whole(text)));
  });

  test('any text, and pieces of what is hostile in any order', () => {
    const piece = fc.oneof(
      fc.constantFrom(...HOSTILE, '<CANARY>', '`', '``', '\n', '|'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        expectHarmless(whole(pieces.join('')));
      }),
      { numRuns: 60 },
    );
  });

  test('pairs of surrogates wherever a report cuts a text', () => {
    for (const start of ['', 'x']) expectHarmless(whole(start + '\u{20000}'.repeat(5_000)));
  });

  test('a line of 10 MB', () => {
    expectHarmless(whole(`${String.fromCharCode(0x1b)}[2J<CANARY>`.repeat(1_000_000)));
  });

  test('what a file says that was written by hand, without being made fit to be shown', () => {
    const raw = String.fromCharCode(0x1b) + '[2J<CANARY onerror=alert(1)>\u202e\n::error::x';
    const lines = [...ndjson(resultsWith())].map((line) => JSON.parse(line) as object);
    const spoilt = lines.map((line) =>
      JSON.stringify(line, (key, value: unknown) =>
        typeof value === 'string' &&
        ['why', 'says', 'observed', 'summary', 'note', 'release', 'text', 'source'].includes(key)
          ? raw
          : value,
      ),
    );
    expectHarmless(readResults(`${spoilt.join('\n')}\n`, 'spoilt'));
  });

  test('and a line of 10 MB in a file is refused by its place', () => {
    const text = `${[...ndjson(resultsWith())].join('')}{"type":"clause","id":"${'x'.repeat(10_000_000)}"}\n`;
    expect(() => readResults(text, 'long.ndjson')).toThrow(/^long\.ndjson:\d+: a line of 10,\d{3},\d{3} characters$/);
  });
});
