import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compareVersions,
  formatKernelVersion,
  hasChange,
  parseChange,
  parseKernelVersion,
  type Change,
  type KernelVersion,
} from './version.js';

/** Few different numbers, so that lines and releases meet. */
const version: fc.Arbitrary<KernelVersion> = fc.tuple(fc.integer({ min: 4, max: 7 }), fc.nat(19), fc.nat(30));

describe('a version is read from what uname and people write', () => {
  test.each<[string, KernelVersion]>([
    ['6.12', [6, 12, 0]],
    ['5.10.223', [5, 10, 223]],
    ['6.18.44-fc-v509', [6, 18, 44]],
    ['6.12.0-rc3', [6, 12, 0]],
    ['7.3-rc1', [7, 3, 0]],
    ['4.4.0-210-generic', [4, 4, 0]],
    ['6.6.87.2-microsoft-standard-WSL2', [6, 6, 87]],
    [' 6.1 ', [6, 1, 0]],
  ])('%s', (text, expected) => {
    expect(parseKernelVersion(text)).toEqual(expected);
  });

  test.each(['', '6', '6.', 'v6.12', 'linux', '-6.1', '6,12', '6 .12', '6.12.1.2.3'])('%j is none', (text) => {
    expect(parseKernelVersion(text)).toBeUndefined();
  });

  test('and written back', () => {
    fc.assert(
      fc.property(version, (release) => {
        expect(parseKernelVersion(formatKernelVersion(release))).toEqual(release);
      }),
    );
    expect(formatKernelVersion([6, 12, 0])).toBe('6.12');
  });
});

describe('versions are ordered', () => {
  test('by their numbers, the first that differs deciding', () => {
    expect(compareVersions([5, 9, 0], [5, 10, 0])).toBeLessThan(0);
    expect(compareVersions([5, 10, 223], [6, 1, 0])).toBeLessThan(0);
    expect(compareVersions([6, 1, 2], [6, 1, 10])).toBeLessThan(0);
  });

  test('in one line: two are the same or one is older, and older than older is older', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
        expect(compareVersions(a, b) === 0).toBe(formatKernelVersion(a) === formatKernelVersion(b));
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a change is in its release, in all later ones, and where stable releases took it over', () => {
  const nproc = parseChange('5.17 5.16.11 5.15.25');

  test.each<[string, boolean]>([
    ['5.14.21', false],
    ['5.15', false],
    ['5.15.24', false],
    ['5.15.25', true],
    ['5.15.135', true],
    ['5.16', false],
    ['5.16.10', false],
    ['5.16.11', true],
    ['5.17', true],
    ['5.18', true],
    ['6.1', true],
  ])('5.17 5.16.11 5.15.25 in %s: %s', (text, expected) => {
    expect(hasChange(parseKernelVersion(text) ?? [0, 0, 0], nproc ?? [])).toBe(expected);
  });

  const change: fc.Arbitrary<Change> = fc
    .tuple(version, fc.array(version, { maxLength: 3 }))
    .map(([mainline, backports]) => [mainline, ...backports]);

  test('once a line of releases has it, the line keeps it', () => {
    fc.assert(
      fc.property(version, change, fc.nat(40), ([major, minor, patch], what, later) => {
        if (hasChange([major, minor, patch], what)) expect(hasChange([major, minor, patch + later], what)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('every release after the mainline one has it, and a backport says nothing about another line', () => {
    fc.assert(
      fc.property(version, change, (release, what) => {
        const [mainline, ...backports] = what;
        const inLine = backports.some(([major, minor]) => major === release[0] && minor === release[1]);
        const after = mainline !== undefined && compareVersions(release, mainline) >= 0;
        if (after) expect(hasChange(release, what)).toBe(true);
        else if (!inLine) expect(hasChange(release, what)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['', '5.17 and later', '5.17,5.16.11', 'since 5.17'])('%j is no list of versions', (text) => {
    expect(parseChange(text)).toBeUndefined();
  });
});
