import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as v from 'valibot';
import { InputError } from '../../spec/index.js';
import { findingSchema } from '../results/lines.js';
import { sweepFooter, type SweepEnd } from './build.js';
import { joinSweeps, readSweep, sweepText, type SweepLines } from './index.js';
import { schemaNamed } from '../schemas/index.js';
import type { RangeLine, SweepHeaderLine } from './lines.js';

const HEADER: SweepHeaderLine = {
  type: 'header',
  command: 'sweep',
  version: '1.0',
  target: 'local',
  kernel: '6.12.0',
  release: '6.12.0',
  arch: 'x86_64',
  order: 'strict',
  startedAt: '2026-01-02T03:04:05Z',
  environment: [],
  part: '1/1',
  spaces: [
    { sweep: 'a', caller: 'root', what: 'some', words: 100 },
    { sweep: 'a', caller: 'user', what: 'some', words: 50 },
  ],
};
const END: SweepEnd = { seconds: 2, interrupted: false, deaths: [], limits: [] };

const range = (from: number, to: number, rest: Partial<RangeLine> = {}): RangeLine => ({
  ...{ type: 'range', sweep: 'a', caller: 'root', from, to, differences: 0, unstable: 0, open: 0, seconds: 1 },
  ...{ outcomes: { EINVAL: to - from }, notJudged: {}, lost: {}, different: [] },
  ...rest,
});
const user = range(0, 50, { caller: 'user' });
const FINDING = v.parse(findingSchema, {
  ...{ type: 'finding', clause: 'errors/fs-with-newns', kind: 'missing', unstable: false, expected: ['EINVAL'] },
  ...{ observed: 'success', summary: 'not refused', case: { caller: 'root', attributes: [], call: 'clone(CLONE_FS)' } },
  ...{ text: ['root: clone(CLONE_FS)'], reproducible: { k: 5, n: 5 }, size: 1 },
});

function lines(ranges: readonly RangeLine[], rest: Partial<SweepLines> = {}, end: Partial<SweepEnd> = {}): SweepLines {
  const without = { header: HEADER, ranges, findings: [], ...rest };
  return { ...without, footer: sweepFooter(without, { ...END, ...end }) };
}
const textOf = ({ header, ranges, findings, footer }: SweepLines): string =>
  [header, ...ranges, ...findings, ...(footer === undefined ? [] : [footer])]
    .map((line) => JSON.stringify(line))
    .join('\n');

describe('the footer', () => {
  const whole = [range(0, 60), range(60, 100), user];
  test.each<[string, SweepLines, number, RegExp]>([
    ['conforms where every word is as predicted', lines(whole), 0, /\nCONFORMS\n$/],
    [
      'conforms where some words could not be judged here',
      lines([range(0, 100, { notJudged: { x: 100 } }), user]),
      0,
      /! 100 words not judged: x\n/,
    ],
    [
      'differs where there is a finding',
      lines([range(0, 100, { differences: 4 }), user], { findings: [FINDING] }),
      1,
      /✗ errors.*\n[^]*DIFFERS/,
    ],
    [
      'differs, though interrupted',
      lines([range(0, 10)], { findings: [FINDING] }, { interrupted: true }),
      1,
      /DIFFERS/,
    ],
    ['is interrupted', lines([range(0, 10)], {}, { interrupted: true }), 130, /INTERRUPTED: 140 words left/],
    [
      'says too little where words differ and nobody knows why',
      lines([range(0, 100, { differences: 1 }), user]),
      3,
      /could not be followed up/,
    ],
    [
      'says too little where a difference did not repeat',
      lines([range(0, 100, { unstable: 1 }), user]),
      3,
      /did not repeat/,
    ],
    [
      'says too little where a finding did not repeat',
      lines(whole, { findings: [{ ...FINDING, unstable: true }] }),
      3,
      /did not repeat/,
    ],
    [
      'says too little where words have no answer',
      lines([range(0, 100, { lost: { timeout: 1 } }), user]),
      3,
      /not every word got an answer/,
    ],
    [
      'says too little where a probe died',
      lines(whole, {}, { deaths: ['of SIGSEGV'] }),
      3,
      /ended unasked: of SIGSEGV/,
    ],
    [
      'says too little where words are missing',
      lines([range(0, 60), range(70, 100), user]),
      3,
      /10 words missing, the first of a as root at 60/,
    ],
    [
      'says too little where nothing was judged',
      lines([range(0, 100, { notJudged: { x: 100 } }), range(0, 50, { caller: 'user', notJudged: { x: 50 } })]),
      3,
      /no word was judged/,
    ],
  ])('%s', (_, sweep, status, text) => {
    expect(sweep.footer?.status).toBe(status);
    expect(sweepText(sweep, false)).toMatch(text);
    expect(readSweep(textOf(sweep), 'f')).toEqual(sweep);
  });

  test('counts what the ranges have', () => {
    const sweep = lines([
      range(0, 60, { open: 2, notJudged: { x: 1 } }),
      range(60, 100, { open: 1, notJudged: { x: 2, y: 1 } }),
      user,
    ]);
    expect(sweep.footer).toMatchObject({
      words: 150,
      open: 3,
      notJudged: { x: 3, y: 1 },
      missing: 0,
      wordsPerSecond: 75,
    });
  });

  test('of a part misses only words of that part', () => {
    const header = { ...HEADER, part: '2/2' };
    expect(lines([range(50, 100), range(25, 50, { caller: 'user' })], { header }).footer).toMatchObject({
      missing: 0,
      status: 0,
    });
  });
});

describe('parts', () => {
  const parts = (...some: readonly SweepLines[]): Parameters<typeof joinSweeps>[0] =>
    some.map((each, index) => ({ file: `part${String(index + 1)}`, lines: each }));
  const half = (number: number, rest: Partial<SweepLines> = {}): SweepLines => {
    const ranges = [range(50 * (number - 1), 50 * number), range(25 * (number - 1), 25 * number, { caller: 'user' })];
    return lines(ranges, { header: { ...HEADER, part: `${String(number)}/2` }, ...rest });
  };

  test('joined are the whole', () => {
    const joined = joinSweeps(parts(half(1), half(2)));
    expect(joined.header.part).toBe('1/1');
    expect(joined.footer).toMatchObject({ words: 150, missing: 0, seconds: 4, status: 0 });
  });

  test('of which one is not there are no pass', () => {
    expect(joinSweeps(parts(half(2))).footer).toMatchObject({ missing: 75, status: 3 });
  });

  test('keep their findings, once each', () => {
    const joined = joinSweeps(parts(half(1, { findings: [FINDING] }), half(2, { findings: [FINDING] })));
    expect(joined.findings).toHaveLength(1);
    expect(joined.footer.status).toBe(1);
  });

  test('keep what stood against them: a probe that died, an end that is not there', () => {
    const dead = { ...half(2), footer: sweepFooter(half(2), { ...END, deaths: ['of SIGSEGV'] }) };
    expect(joinSweeps(parts(half(1), dead)).footer).toMatchObject({ status: 3, deaths: ['of SIGSEGV'] });
    const { footer: _, ...cut } = half(2);
    expect(joinSweeps(parts(half(1), { ...cut, ranges: cut.ranges.slice(1) })).footer).toMatchObject({
      status: 3,
      missing: 50,
    });
  });

  test.each<[string, SweepLines, string]>([
    ['the same part twice', half(1), 'words of a as root are in part1 too, from 0'],
    [
      'another kernel',
      half(2, { header: { ...HEADER, part: '2/2', release: '6.1.0' } }),
      'release is 6.1.0, and 6.12.0 in part1',
    ],
    [
      'another order',
      half(2, { header: { ...HEADER, part: '2/2', order: 'any' } }),
      'order is any, and strict in part1',
    ],
    [
      'other words',
      half(2, { header: { ...HEADER, part: '2/2', spaces: [...HEADER.spaces].reverse() } }),
      'other words are swept than in part1',
    ],
  ])('are refused: %s', (_, other, what) => {
    expect(() => joinSweeps(parts(half(1), other))).toThrow(InputError);
    expect(() => joinSweeps(parts(half(1), other))).toThrow(what);
  });
});

describe('a file of a sweep', () => {
  const text = textOf(lines([range(0, 100), user]));

  test('that was cut off is one without a footer', () => {
    const cut = text.slice(0, text.lastIndexOf('\n') + 20);
    expect(readSweep(cut, 'f').footer).toBeUndefined();
    expect(readSweep(cut, 'f').ranges).toHaveLength(2);
  });

  test.each([
    ['', 'there is no header'],
    ['{"type":"range"}', 'no line of a sweep'],
    [text.split('\n').slice(1).join('\n'), 'a range before the header'],
    [`${text}\n${text}`, 'a line behind the footer'],
    [
      textOf({ header: HEADER, ranges: [range(0, 60), range(59, 100)], findings: [] }),
      'words of a as root stand twice, from 59',
    ],
    [textOf({ header: HEADER, ranges: [range(90, 101)], findings: [] }), '90 to 101 is no range of 100 words'],
    [textOf({ header: HEADER, ranges: [range(9, 9)], findings: [] }), '9 to 9 is no range'],
    [textOf({ header: HEADER, ranges: [range(0, 9, { different: [9] })], findings: [] }), 'is no range'],
    [textOf({ header: HEADER, ranges: [range(0, 9, { caller: 'who' })], findings: [] }), 'the header has no a as who'],
    [
      textOf({ header: HEADER, ranges: [range(0, 9, { differences: 5, lost: { x: 5 } })], findings: [] }),
      'more words than it has',
    ],
    [textOf({ header: { ...HEADER, part: '0/2' }, ranges: [], findings: [] }), 'part'],
  ])('is refused, with its place: %#', (broken, what) => {
    expect(() => readSweep(broken, 'f')).toThrow(InputError);
    expect(() => readSweep(broken, 'f')).toThrow(what);
  });

  test('that somebody changed is refused or read, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), fc.nat(40), (at, put, gone) => {
        const changed = text.slice(0, at) + put + text.slice(at + gone);
        try {
          const { header, ranges } = readSweep(changed, 'f');
          for (const { from, to } of ranges) expect(from).toBeLessThan(to);
          expect(header.type).toBe('header');
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('the schema describes each kind of line', () => {
  const { oneOf } = schemaNamed('sweep') as {
    readonly oneOf: readonly { readonly properties: Record<string, object>; readonly required: readonly string[] }[];
  };
  const sweep = lines([range(0, 100), user], { findings: [FINDING] });
  const kinds = [sweep.header, sweep.ranges[0], FINDING, sweep.footer];
  expect(oneOf.map(({ properties }) => properties['type'])).toMatchObject(kinds.map((line) => ({ const: line?.type })));
  for (const [index, line] of kinds.entries()) {
    const names = Object.keys(line ?? {});
    expect(Object.keys(oneOf[index]?.properties ?? {})).toEqual(expect.arrayContaining(names));
    expect(names).toEqual(expect.arrayContaining(['type']));
    expect(oneOf[index]?.required.filter((name) => !names.includes(name))).toEqual([]);
  }
});
