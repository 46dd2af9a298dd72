import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { wordsOf, type SweepAnswer } from '../sweep/words.js';
import { buildProbe } from './build.js';

/** What the probe answers to lines, by id. */
async function ask(lines: readonly string[], ...args: readonly string[]): Promise<ReadonlyMap<string, Answer>> {
  const { stdout } = await execa(await buildProbe(), args, { input: lines.map((line) => `${line}\n`).join('') });
  const answers = stdout
    .split('\n')
    .map((line) => JSON.parse(line) as Answer)
    .filter(({ id }) => typeof id === 'string');
  return new Map(answers.map((answer) => [answer.id, answer]));
}

interface Answer {
  readonly id: string;
  readonly errno?: string;
  readonly pid?: number | null;
  readonly error?: string;
  readonly sweep?: SweepAnswer;
}

const outcomesOf = (answer: Answer | undefined, count: number): readonly (string | undefined)[] => {
  if (answer?.sweep === undefined) throw new Error(`no sweep: ${JSON.stringify(answer)}`);
  const { outcomes, each } = wordsOf(answer.sweep, count);
  return [...each].map((letter) => outcomes[letter]);
};
const outcomeOf = ({ errno, pid }: Answer): string | undefined => (pid === undefined ? errno : 'child');

describe('a sweep answers each word as a case of its own would', () => {
  // Every low flag with the signals of which the caller dies, is stopped, or hears nothing: children end arenas, and it goes on.
  test.each([
    ['refused and with children', 'caller user user', 17, 0x100, 300],
    ['whose child kills the caller', 'caller user user', 9, 0x300, 40],
    ['whose child stops the caller', 'caller user user', 19, 0x500, 40],
    ['through the signal byte, into the flags', 'caller user user', 0x700, 3, 256],
    ['in blocks that differ', 'caller nproc user nproc=0', 17, 0x100, 1000],
    ['of namespaces, by a caller who may make no task', 'caller nproc user nproc=0', 0x211, 0x2_0000, 700],
  ])('%s', async (_, caller, flags, step, count) => {
    const cases = Array.from(
      { length: count },
      (__, index) => `c${String(index)} clone flags=${String(flags + index * step)}`,
    );
    const words = `s sweep flags=${String(flags)} step=${String(step)} count=${String(count)}`;
    const answers = await ask([caller, words, ...cases]);
    const one = cases.map((__, index) => outcomeOf(answers.get(`c${String(index)}`) ?? { id: '' }));
    expect(outcomesOf(answers.get('s'), count)).toEqual(one);
    expect(new Set(one).size).toBeGreaterThan(1);
  });
});

describe('a sweep', () => {
  test('of many words is told in blocks, each kind once', async () => {
    const answers = await ask(['caller nproc user nproc=0', 's sweep flags=17 step=0x100 count=32768']);
    const { sweep } = answers.get('s') ?? {};
    expect(sweep?.blocks.length).toBeLessThan(10);
    expect(sweep?.runs.reduce((sum, [, times]) => sum + times, 0)).toBe(128);
  });

  test('gets lies about its words as cases do', async () => {
    const lines = [
      'caller nproc user nproc=0',
      's sweep flags=0 step=0x20000 count=2',
      't sweep flags=0x200 step=0x20000 count=2',
    ];
    const answers = await ask(lines, '--fault', 'accept=0x20200', '--fault', 'errno=0x20000:28');
    expect(outcomesOf(answers.get('s'), 2)).toEqual(['EAGAIN', 'ENOSPC']);
    expect(outcomesOf(answers.get('t'), 2)).toEqual(['EAGAIN', 'child']);
  });

  test.each([
    ['sweep flags=0 count=0', 'count is not 1 to 32768'],
    ['sweep flags=0 count=32769', 'count is not 1 to 32768'],
    ['sweep', 'count is not 1 to 32768'],
    ['sweep size=8 count=1', 'size=8 is no field of this call'],
    ['clone step=1', 'step=1 is no field of this call'],
  ])('that is none is refused: %s', async (line, error) => {
    expect((await ask([`x ${line}`])).get('x')).toEqual({ id: 'x', error });
  });
});
