import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CLAUSES, type Clause } from '../clauses.js';
import { parseExpression } from '../expression/parse.js';
import { packageRoot } from '../rules/spec-file.js';
import type { KernelVersion } from '../rules/version.js';
import { clone, clone3, type Call } from './call.js';
import { TIDS } from './memory.js';
import { ROOT, nominalKernel } from './nominal.js';
import { predict } from './predict.js';
import { SPECIFICATION } from './specification.js';

/** Each function of the model with the clauses that it cites, from the sources. */
const citations = readdirSync(join(packageRoot(), 'spec/model'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .flatMap((name) => {
    const source = readFileSync(join(packageRoot(), 'spec/model', name), 'utf8');
    return source.split(/^(?=(?:export )?(?:function|class|const)\b)/m).map((piece) => ({
      where: `${name} ${/(?:function\*?|class|const) (\w+)/.exec(piece)?.[1] ?? ''}`,
      cited: new Set([...piece.matchAll(/'(errors\/[a-z0-9-]+)'/g)].map(([, id]) => id)),
    }));
  });
const ids = ERROR_CLAUSES.clauses.map(({ id }) => id);

describe('the clauses are the model', () => {
  test('each is cited by exactly one of its functions', () => {
    const functions = ids.map((id) => ({
      id,
      cited: citations.filter(({ cited }) => cited.has(id)).map(({ where }) => where),
    }));
    expect(functions.filter(({ cited }) => cited.length !== 1)).toEqual([]);
  });

  test('and none is cited that there is not', () => {
    expect(citations.flatMap(({ cited }) => [...cited]).filter((id) => id === undefined || !ids.includes(id))).toEqual(
      [],
    );
  });
});

/** Every clause holds for every call on every kernel, but for those named, which never do. */
function everythingHolds(except: readonly string[]): typeof SPECIFICATION {
  return SPECIFICATION.with(({ since: _since, until: _until, ...clause }): Clause => ({
    ...clause,
    calls: ['clone', 'clone3', 'fork', 'vfork'],
    requires: [],
    condition: parseExpression(except.includes(clause.id) ? '!always' : 'always'),
  }));
}

/** What the model meets on its way, in order. */
function met(version: KernelVersion, call: Call, except: readonly string[] = []): readonly string[] {
  const facts = { kernel: nominalKernel(version), caller: ROOT };
  return predict(facts, call, { specification: everythingHolds(except) }).refusals.map(({ id }) => id);
}

// One TID is asked for, so that the clauses about it are met once.
const CLONE3 = clone3({ set_tid: TIDS, set_tid_size: 1n }, { tids: ['free'] });
/** Where these hold, the arguments stay unknown and no later rule can be asked. */
const BLINDING = ['errors/clone3-size-under-ver0', 'errors/clone3-tail-unreadable', 'errors/clone3-args-unreadable'];
const PER_LEVEL: KernelVersion = [6, 18, 0];

describe('the model meets the clauses in the order of the file', () => {
  const inOrder = (seen: readonly string[]): void => {
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).toEqual(ids.filter((id) => seen.includes(id)));
  };

  test('for clone3, up to where the arguments are known', () => {
    const seen = met(PER_LEVEL, CLONE3);
    inOrder(seen);
    expect(seen.at(-1)).toBe('errors/clone3-args-unreadable');
  });

  test('for clone3, beyond', () => {
    inOrder(met(PER_LEVEL, CLONE3, BLINDING));
  });

  test('for clone, fork and vfork', () => {
    inOrder(met(PER_LEVEL, clone(0n)));
    inOrder(met(PER_LEVEL, { call: 'fork' }));
    inOrder(met(PER_LEVEL, { call: 'vfork' }));
  });

  test('and every clause is met by one of the calls', () => {
    const seen = new Set([
      ...met(PER_LEVEL, CLONE3),
      ...met(PER_LEVEL, CLONE3, BLINDING),
      ...met(PER_LEVEL, clone(0n)),
      ...met(PER_LEVEL, { call: 'fork' }),
    ]);
    expect(ids.filter((id) => !seen.has(id))).toEqual([]);
  });

  test('but that the first task of a PID namespace is 1 comes last since 7.1', () => {
    const before = ['out-of-range', 'before-init', 'unprivileged', 'in-use'];
    const since = ['out-of-range', 'unprivileged', 'in-use', 'before-init'];
    const aboutTids = (version: KernelVersion): readonly string[] =>
      met(version, CLONE3, BLINDING)
        .filter((id) => /^errors\/set-tid-(out|before|unpriv|in-)/.test(id))
        .map((id) => id.replace('errors/set-tid-', ''));
    expect(aboutTids([6, 18, 0])).toEqual(before);
    expect(aboutTids([7, 0, 0])).toEqual(before);
    expect(aboutTids([7, 1, 0])).toEqual(since);
    expect(aboutTids([7, 3, 0])).toEqual(since);
  });
});

test('a call that is no clone3 is never asked about the structure, nor fork about flags of clone', () => {
  const [structure, seccomp] = ['copy_clone_args_from_user', 'seccomp'];
  const stages = (call: Call): readonly string[] => [
    ...new Set(met(PER_LEVEL, call).map((id) => SPECIFICATION.clause(id)?.stage ?? '')),
  ];
  expect(stages(clone(0n))).not.toContain(structure);
  expect(stages({ call: 'fork' })).not.toContain(structure);
  expect(stages({ call: 'fork' })).not.toContain(seccomp);
});
