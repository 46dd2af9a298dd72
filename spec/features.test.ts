import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ERROR_CLAUSES } from './clauses.js';
import { FEATURES, hasFeature, isFeature, parseFeatures } from './features.js';
import { ERRNO_NAMES } from './model/errno.js';
import { NEWEST_KERNEL, ROOT, nominalKernel } from './model/nominal.js';
import { predict } from './model/predict.js';
import { compareVersions, hasChange, type KernelVersion } from './rules/version.js';
import { parseCall } from './text/parse.js';

const feature = fc.constantFrom(...FEATURES);
const version: fc.Arbitrary<KernelVersion> = fc.tuple(fc.integer({ min: 4, max: 7 }), fc.nat(19), fc.nat(250));

describe('what a kernel has', () => {
  test('its version promises, whatever trying found', () => {
    fc.assert(
      fc.property(feature, version, fc.boolean(), ({ name, since }, release, found) => {
        fc.pre(hasChange(release, since));
        expect(hasFeature({ ...nominalKernel(release), probed: { [name]: found } }, name)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('below that, trying decides, and what was not tried is not there', () => {
    fc.assert(
      fc.property(feature, version, fc.option(fc.boolean()), ({ name, since }, release, found) => {
        fc.pre(!hasChange(release, since));
        const probed = found === null ? {} : { [name]: found };
        expect(hasFeature({ ...nominalKernel(release), probed }, name)).toBe(found === true);
      }),
      { numRuns: 500 },
    );
  });

  test('a backport counts in its own line alone', () => {
    expect(hasFeature(nominalKernel([5, 10, 175]), 'newtime_in_clone3')).toBe(true);
    expect(hasFeature(nominalKernel([5, 10, 174]), 'newtime_in_clone3')).toBe(false);
    expect(hasFeature(nominalKernel([5, 11, 200]), 'newtime_in_clone3')).toBe(false);
  });

  test('cannot be asked of a feature that there is not', () => {
    expect(() => hasFeature(nominalKernel(NEWEST_KERNEL), 'teleport')).toThrow('no feature teleport');
  });
});

describe('the features of the file', () => {
  test('have names of their own', () => {
    expect(new Set(FEATURES.map(({ name }) => name)).size).toBe(FEATURES.length);
    for (const { name } of FEATURES) expect(isFeature(name)).toBe(true);
    expect(isFeature('teleport')).toBe(false);
  });

  test('came before the newest kernel', () => {
    for (const { since } of FEATURES) expect(hasChange(NEWEST_KERNEL, since)).toBe(true);
  });

  test.each(FEATURES.map(({ name, since }) => [name, since] as const))(
    '%s: stable releases that took it over are older than the mainline one, newest first',
    (_, [mainline, ...backports]) => {
      let newer = mainline;
      for (const backport of backports) {
        expect(newer === undefined || compareVersions(backport, newer) < 0).toBe(true);
        newer = backport;
      }
    },
  );

  test('each decide something: a clause that requires them, or the model', () => {
    const required = new Set(ERROR_CLAUSES.clauses.flatMap(({ requires }) => requires.map(({ name }) => name)));
    const byTheModel = new Set([
      'clone_lower_32_bits',
      'checkpoint_restore',
      'nproc_by_ucounts',
      'pid_max_per_namespace',
      'set_tid_checked_first',
      'set_tid_init_checked_last',
    ]);
    expect(FEATURES.map(({ name }) => name).filter((name) => !required.has(name) && !byTheModel.has(name))).toEqual([]);
  });
});

/** A kernel that has this feature and the older ones, or all but this one and what needs it. */
const probes = FEATURES.flatMap(({ name, since, probe }) => {
  const [mainline] = since;
  return probe === undefined || mainline === undefined ? [] : [{ name, mainline, probe }];
});

describe.each(probes)('the probe of $name', ({ name, mainline, probe }) => {
  const { call } = parseCall(probe.call);

  test('expects outcomes that there are, and tells them apart', () => {
    const outcomes = [...probe.present, ...probe.absent];
    for (const outcome of outcomes) expect([...ERRNO_NAMES, 'success']).toContain(outcome);
    expect(new Set(outcomes).size).toBe(outcomes.length);
  });

  test('finds it in the release that brought it', () => {
    expect(probe.present).toContain(predict({ kernel: nominalKernel(mainline), caller: ROOT }, call).outcome);
  });

  test('misses it in the release before', () => {
    const [major, minor] = mainline;
    const before: KernelVersion = minor === 0 ? [major - 1, 19, 0] : [major, minor - 1, 0];
    const { allowed } = predict({ kernel: nominalKernel(before), caller: ROOT }, call);
    expect(hasFeature(nominalKernel(before), name)).toBe(false);
    for (const outcome of allowed) expect(probe.absent).toContain(outcome);
  });
});

describe('a mistake in the file is pointed at', () => {
  test.each([
    ['{name: New, since: "6.1", what: x}', 'f:2:12: name: '],
    ['{name: new, since: soon, what: x}', 'f:2:24: soon is no list of versions'],
    ['{name: new, since: 6.10, what: x}', 'f:2:24: since is 6.1'],
    ['{name: new, what: x}', 'f:2:5: features.0.since is missing'],
    ['{name: new, since: "6.1", what: x, probes: {}}', 'f:2:40: unknown field probes'],
  ])('%s', (text, message) => {
    expect(() => parseFeatures(`features:\n  - ${text}\n`, 'f')).toThrow(message);
  });
});
