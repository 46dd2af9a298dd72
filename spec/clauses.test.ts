import { describe, expect, test } from '@jest/globals';
import { callerNamed, nominalFacts } from './callers.js';
import { ERROR_CLAUSES, type Clause } from './clauses.js';
import { FEATURES, hasFeature } from './features.js';
import { ARCHITECTURES, type KernelFacts } from './model/facts.js';
import { nominalKernel } from './model/nominal.js';
import { predict } from './model/predict.js';
import { absence } from './model/specification.js';
import { compareVersions, formatKernelVersion, type KernelVersion } from './rules/version.js';
import { parseCall } from './text/parse.js';

const { clauses, stages, otherwise } = ERROR_CLAUSES;

describe('a clause', () => {
  test('has an id of its own', () => {
    const ids = [...clauses.map(({ id }) => id), otherwise.id];
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test('belongs to a stage of its own name, and knows its place in the order', () => {
    expect(new Set(stages.map(({ stage }) => stage)).size).toBe(stages.length);
    expect(clauses.map(({ rank }) => rank)).toEqual(clauses.map((_, index) => index));
    const inOrder = clauses.map(({ stage }) => stages.findIndex((candidate) => candidate.stage === stage));
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
    expect(new Set(inOrder).size).toBe(stages.length);
  });

  test('says in one sentence why', () => {
    const oneSentence =
      /^(?:[A-Z]|clone3 |pids\.max |kernel\.threads-max |user\.max_)(?:(?!\. [A-Z]).)*\.(?: In clone\(\) [^.]*\.)?$/;
    expect(clauses.filter(({ why }) => !oneSentence.test(why)).map(({ id, why }) => `${id}: ${why}`)).toEqual([]);
  });

  test('names a kernel file', () => {
    const file = /^(?:arch|[\w/]+\/[\w-]+\.[ch])\b/;
    expect(clauses.filter(({ source }) => !file.test(source)).map(({ id, source }) => `${id}: ${source}`)).toEqual([]);
  });

  test('is documented where a man page says it', () => {
    expect(
      clauses.filter(({ level, man }) => (level === 'documented') !== (man !== undefined)).map(({ id }) => id),
    ).toEqual([]);
  });

  test('has an example, or a reason why no caller reaches it', () => {
    expect(clauses.filter(({ example, unjudged }) => example === undefined && unjudged === undefined)).toEqual([]);
  });

  test('that is judged and depends on a feature begins and ends with it', () => {
    // Where a feature is required the feature decides, and `since` and `until` only tell people.
    const dates = (clause: Clause, present: boolean): readonly string[] =>
      clause.requires
        .filter((need) => need.kind === 'feature' && need.present === present)
        .map(({ name }) => FEATURES.find((feature) => feature.name === name)?.since.join(' ') ?? '');
    const misdated = clauses
      .filter(({ requires, unjudged }) => unjudged === undefined && requires.some(({ kind }) => kind === 'feature'))
      .filter(
        (clause) =>
          (clause.since !== undefined && !dates(clause, true).includes(clause.since.join(' '))) ||
          (clause.until !== undefined && !dates(clause, false).includes(clause.until.join(' '))),
      );
    expect(misdated.map(({ id }) => id)).toEqual([]);
  });
});

const VERSIONS: readonly KernelVersion[] = [
  [7, 3, 0],
  [6, 18, 0],
  [6, 12, 0],
  [6, 1, 0],
  [5, 16, 11],
  [5, 10, 0],
  [5, 4, 0],
  [5, 3, 0],
  [5, 2, 0],
  [4, 14, 0],
  [4, 4, 0],
];

/** The newest kernel that is held to a clause, with the configuration and on the architecture that it needs. */
function kernelFor(clause: Clause): KernelFacts | undefined {
  const config = Object.fromEntries(
    clause.requires.filter(({ kind }) => kind === 'config').map(({ name, present }) => [name, present]),
  );
  return VERSIONS.flatMap((version) => ARCHITECTURES.map((arch) => ({ version, arch })))
    .map(({ version, arch }): KernelFacts => {
      const kernel = nominalKernel(version);
      return { ...kernel, arch, config: { ...kernel.config, ...config } };
    })
    .find((kernel) => absence(clause, kernel) === undefined);
}

const withExample = clauses.flatMap((clause) => {
  const { example, unjudged } = clause;
  return example === undefined ? [] : [{ id: clause.id, clause, example, unjudged }];
});

describe('the example of a clause', () => {
  test.each(withExample)('$id is a call without a result, by a caller that there is', ({ example }) => {
    expect(parseCall(example.call).recorded).toBeUndefined();
    expect(callerNamed(example.caller).name).toBe(example.caller);
  });

  const judged = withExample.filter(({ unjudged }) => unjudged === undefined);
  test.each(judged)('$id is refused by it and would not be without it', ({ id, clause, example }) => {
    const kernel = kernelFor(clause);
    expect(kernel).toBeDefined();
    if (kernel === undefined) return;
    const caller = nominalFacts(callerNamed(example.caller), kernel);
    const { allowed, refusals, judges } = predict({ kernel, caller }, parseCall(example.call).call);
    expect({ allowed, winner: refusals[0]?.id, judges }).toEqual({ allowed: [clause.errno], winner: id, judges: id });
  });

  test.each(judged)('$id holds and is judged on every kernel that has the clause', ({ id, clause, example }) => {
    const { call } = parseCall(example.call);
    const missed = VERSIONS.map((version) => nominalKernel(version))
      .filter((kernel) => absence(clause, kernel) === undefined)
      // Without clone3 every call of it is ENOSYS, whatever else it breaks.
      .filter(
        (kernel) => clause.calls.includes('clone') || !hasFeature(kernel, 'clone3') === (id === 'errors/clone3-absent'),
      )
      .filter((kernel) => {
        const caller = nominalFacts(callerNamed(example.caller), kernel);
        return predict({ kernel, caller }, call).judges !== id;
      });
    expect(missed.map(({ version }) => formatKernelVersion(version))).toEqual([]);
  });
});

test('the versions tried here go from the oldest to the newest that the clauses name', () => {
  const named = clauses.flatMap(({ since, until }) => [...(since ?? []), ...(until ?? [])]);
  const newest = VERSIONS[0] ?? [0, 0, 0];
  const oldest = VERSIONS.at(-1) ?? [0, 0, 0];
  expect(
    named.filter((version) => compareVersions(version, newest) > 0 || compareVersions(version, oldest) < 0),
  ).toEqual([]);
});
