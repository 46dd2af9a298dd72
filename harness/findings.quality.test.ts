import { describe, expect, test } from '@jest/globals';
import { formatCall } from '../spec/index.js';
import { textOf, type Finding } from './findings.js';
import { LIES } from './fixtures/faults.js';
import { PLAIN_CALLER, faultyTarget } from './fixtures/targets.js';
import { run, type RunResult } from './run.js';

/** What a run finds with a probe that lies in certain ways. */
const found = async (faults: readonly string[], seed = 42): Promise<RunResult> =>
  run(faultyTarget(faults), { runs: 2_500, seed, jobs: 1, order: 'strict', level: 'linux' });

/** `fs-with-newns missing: clone(CLONE_NEWNS|CLONE_FS)`. */
const shown = ({ clause, kind, minimal }: Finding): string =>
  written(`${clause.replace('errors/', '')} ${kind}: ${formatCall(minimal.call)}`);

/** To an ordinary user a privilege is missing too, so that another rule may be named; the call is the same. */
const written = (text: string): string => (PLAIN_CALLER === 'root' ? text : text.replace(/^[^:]*: /, ''));

describe('a target that is wrong in one way gives one finding, and the call shows it and nothing else', () => {
  test.each(LIES)('%s: %s', async (fault, expected) => {
    const { findings, unstable } = await found([fault]);
    expect(findings.map(shown)).toEqual([written(expected)]);
    expect(unstable).toEqual([]);
    const [finding] = findings;
    expect(finding).toMatchObject({ complete: true, reproducible: { k: 5, n: 5 } });
    expect(finding?.minimal.caller.name).toBe(PLAIN_CALLER);
  });

  test('whatever the seed', async () => {
    for (const seed of [1, 2, 3]) {
      const { findings } = await found(['accept=0x20200'], seed);
      expect(findings.map(({ minimal }) => textOf(minimal))).toEqual([`${PLAIN_CALLER}: clone(CLONE_NEWNS|CLONE_FS)`]);
    }
  });
});

describe('a target that is wrong in several ways gives a finding for each', () => {
  const SEVERAL: readonly (readonly [readonly string[], readonly string[]])[] = [
    [
      ['accept=0x20200', 'refuse=0x80000000'],
      ['fs-with-newns missing: clone(CLONE_NEWNS|CLONE_FS)', 'otherwise-accepted EINVAL: clone(CLONE_IO)'],
    ],
    // The same clause and the same kind of deviation, and still two.
    [
      ['refuse=0x80000000', 'refuse=0x40000'],
      ['otherwise-accepted EINVAL: clone(CLONE_IO)', 'otherwise-accepted EINVAL: clone(CLONE_SYSVSEM)'],
    ],
    // One of them far more frequent than the other.
    [
      ['refuse=0x100', 'refuse=0x80000000'],
      ['otherwise-accepted EINVAL: clone(CLONE_IO)', 'otherwise-accepted EINVAL: clone(CLONE_VM)'],
    ],
    // A flag of the one is in the other.
    [
      ['accept=0x20200', 'accept=0x10000200'],
      ['fs-with-newns missing: clone(CLONE_NEWNS|CLONE_FS)', 'fs-with-newuser missing: clone(CLONE_NEWUSER|CLONE_FS)'],
    ],
    [
      ['errno=0x20200:1', 'errno=0x10000:12', 'refuse=0x4000'],
      [
        'fs-with-newns EPERM: clone(CLONE_NEWNS|CLONE_FS)',
        'otherwise-accepted EINVAL: clone(CLONE_VFORK)',
        'thread-without-sighand ENOMEM: clone(CLONE_THREAD)',
      ],
    ],
  ];
  test.each(SEVERAL)('%j', async (faults, expected) => {
    const { findings } = await found(faults);
    expect(findings.map(shown).sort()).toEqual(expected.map(written).sort());
  });
});
