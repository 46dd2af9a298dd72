import { describe, expect, test } from '@jest/globals';
import { callerNamed, formatCall } from '../../spec/index.js';
import { faultyTarget } from '../fixtures/targets.js';
import { localTarget } from '../targets/local.js';
import type { Target } from '../targets/target.js';
import { runSweep, type SweepOptions, type SweepResult, type SweptRange } from './run.js';
import { longSpaces, sweepSpaces, type SweepSpace } from './spaces.js';

const AS_ROOT = process.getuid?.() === 0;

function spacesOf(name: string, caller?: string): readonly SweepSpace[] {
  return sweepSpaces().filter((space) => space.name === name && (caller ?? space.caller.name) === space.caller.name);
}

const sweep = (
  target: Target,
  spaces: readonly SweepSpace[],
  options: Partial<SweepOptions> = {},
): Promise<SweepResult> => runSweep(target, { spaces, order: 'strict', jobs: 1, ...options });

/** How many words came to what: every word is in one of these. */
function counts(ranges: readonly SweptRange[]): Record<string, number> {
  const sum = (read: (range: SweptRange) => number): number => ranges.reduce((total, range) => total + read(range), 0);
  const all = (reasons: Readonly<Record<string, number>>): number => Object.values(reasons).reduce((a, b) => a + b, 0);
  return {
    words: sum(({ from, to }) => to - from),
    differences: sum(({ differences }) => differences),
    unstable: sum(({ unstable }) => unstable),
    notJudged: sum(({ notJudged }) => all(notJudged)),
    lost: sum(({ lost }) => all(lost)),
  };
}
const clean = (words: number): object => ({ words, differences: 0, unstable: 0, notJudged: 0, lost: 0 });
/** Parts of the flag words of clone(): all with a new user namespace, and all without. */
const PARTS = [49, 9].map((number) => ({ number, of: 512 }));
const PART_WORDS = (1 << 24) / 512;

describe('the running kernel answers as predicted', () => {
  test.each(PARTS)('every flag word of part $number, by callers of whom none makes a child', async (part) => {
    const { ranges, findings, deaths } = await sweep(localTarget(), spacesOf('clone-flags'), { part, jobs: 2 });
    expect(counts(ranges)).toEqual(clean(2 * PART_WORDS));
    expect(findings).toEqual([]);
    expect(deaths).toEqual([]);
    // Both halves of the claim are there: words that a rule refuses, and words that pass all rules.
    expect(Object.keys(ranges[0]?.outcomes ?? {}).sort()).toEqual(['EAGAIN', 'EINVAL']);
  });

  const lists = AS_ROOT ? ['clone3-undefined', 'clone3-exit-signals', 'clone3-fields'] : ['clone-sets'];
  test.each(lists)('%s', async (name) => {
    const spaces = spacesOf(name, AS_ROOT ? 'root' : 'user');
    const words = spaces.reduce((sum, space) => sum + space.words, 0);
    const { ranges, findings, unstable } = await sweep(localTarget(), spaces, { jobs: 2 });
    expect(counts(ranges)).toEqual(clean(words));
    expect([...findings, ...unstable]).toEqual([]);
  });

  test('flag words of which some make children, by a caller who may make them', async () => {
    // The first words have no namespaces.
    const spaces = longSpaces().filter(({ caller }) => caller.name === 'user');
    const { ranges, findings } = await sweep(localTarget(), spaces, { part: { number: 1, of: 4096 }, jobs: 2 });
    expect(counts(ranges)).toEqual(clean(4096));
    expect(findings).toEqual([]);
    expect(ranges[0]?.outcomes['child']).toBeGreaterThan(500);
  });
});

describe('a target that lies', () => {
  const part = { number: 3, of: 512 };

  test('about one rule is found out, as one finding with its smallest call', async () => {
    const { ranges, findings } = await sweep(faultyTarget(['accept=0x20200']), spacesOf('clone-flags', 'nproc'), {
      part: { number: 1, of: 1024 },
    });
    // A quarter of the words has both flags.
    const { differences = 0 } = counts(ranges);
    const expected = ranges.reduce((sum, { outcomes }) => sum + (outcomes['child'] ?? 0), 0);
    expect(differences).toBe(expected);
    expect(differences).toBe(4_096);
    expect(findings.map(({ clause, minimal }) => `${clause}: ${formatCall(minimal.call)}`)).toEqual([
      'errors/fs-with-newns: clone(CLONE_NEWNS|CLONE_FS)',
    ]);
  });

  test('about an errno is found out too', async () => {
    const { findings } = await sweep(faultyTarget(['errno=0x10000:1']), spacesOf('clone-signals', 'nproc'));
    expect(findings.map(({ clause, kind, minimal }) => `${clause} ${kind} ${formatCall(minimal.call)}`)).toContain(
      'errors/thread-without-sighand EPERM clone(CLONE_THREAD)',
    );
  });

  test('about all of them is not swept, since every word would make a child, and the rule that it lacks is named', async () => {
    const { ranges, findings } = await sweep(faultyTarget(['accept=0']), spacesOf('clone-flags', 'nproc'), { part });
    expect(counts(ranges)).toEqual({ ...clean(32_768), notJudged: 32_768 });
    expect(Object.keys(ranges[0]?.notJudged ?? {})).toEqual([
      'RLIMIT_NPROC does not hold here, and words would make children',
    ]);
    expect(findings.map(({ clause }) => clause)).toEqual(['errors/nproc']);
  });
});

describe('what was not judged is never a pass', () => {
  test('a caller who could make children is not swept', async () => {
    const [space] = spacesOf('clone-flags', 'nproc');
    if (space === undefined) throw new Error('no space');
    const spaces = [{ ...space, caller: callerNamed('user') }];
    const { ranges } = await sweep(localTarget(), spaces, { part: { number: 1, of: 4096 } });
    expect(counts(ranges)).toEqual({ ...clean(4096), notJudged: 4096 });
  });

  test('words that a probe took with it have no answer', async () => {
    // Ids are counted from the first batch on; a fresh probe dies there again, and no other request is lost.
    const { ranges, deaths } = await sweep(faultyTarget(['die=40']), spacesOf('clone-signals', 'nproc'), {
      part: { number: 1, of: 8 },
    });
    const { words, lost, differences } = counts(ranges);
    expect({ words, lost, differences }).toEqual({ words: 9632, lost: 256, differences: 0 });
    expect(deaths.length).toBeGreaterThan(0);
  });

  test('words whose answer is not about them have none', async () => {
    const { ranges } = await sweep(faultyTarget(['garbage=40']), spacesOf('clone-signals', 'nproc'), {
      part: { number: 1, of: 8 },
    });
    const { words, lost, differences } = counts(ranges);
    expect({ words, lost, differences }).toEqual({ words: 9632, lost: 256, differences: 0 });
  });
});

describe('an interrupted sweep', () => {
  test('is gone on with, and each word is counted once', async () => {
    const spaces = [...spacesOf('clone-flags', 'nproc'), ...spacesOf('clone-signals', 'nproc')];
    const part = { number: 2, of: 256 };
    const controller = new AbortController();
    const first = await sweep(localTarget(), spaces, {
      part,
      signal: controller.signal,
      progress: (words) => {
        if (words > 10_000) controller.abort();
      },
    });
    expect(first.interrupted).toBe(true);
    const before = counts(first.ranges)['words'] ?? 0;
    expect(before).toBeGreaterThan(10_000);
    const words = (1 << 24) / 256 + 77_056 / 256;
    expect(before).toBeLessThan(words);
    const second = await sweep(localTarget(), spaces, { part, jobs: 2, done: first.ranges });
    expect(counts(second.ranges)).toEqual(clean(words));
  });

  test('has its differences found again', async () => {
    const target = faultyTarget(['accept=0x20200']);
    const spaces = spacesOf('clone-signals', 'nproc');
    const { ranges, findings } = await sweep(target, spaces);
    const again = await sweep(target, spaces, { done: ranges });
    expect(again.findings).toHaveLength(1);
    expect(again.findings.map(({ minimal }) => minimal)).toEqual(findings.map(({ minimal }) => minimal));
  });
});
