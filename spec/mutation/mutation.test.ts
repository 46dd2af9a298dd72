import { describe, expect, test } from '@jest/globals';
import { CALLERS, nominalFacts } from '../callers.js';
import { ERROR_CLAUSES, type Clause } from '../clauses.js';
import { parseExpression } from '../expression/parse.js';
import { nominalKernel } from '../model/nominal.js';
import { predict } from '../model/predict.js';
import { SPECIFICATION, absence } from '../model/specification.js';
import type { KernelVersion } from '../rules/version.js';
import { OPERATORS, brokenSpecification, mutantsOf, searchWitness, type Mutant, type Operator } from './index.js';

const VERSIONS: readonly KernelVersion[] = [
  [4, 4, 0],
  [5, 10, 0],
  [6, 18, 0],
  [7, 3, 0],
];

function mutantsOn(version: KernelVersion, operators: readonly Operator[] = OPERATORS): readonly Mutant[] {
  const kernel = nominalKernel(version);
  const present = ERROR_CLAUSES.clauses.filter((clause) => absence(clause, kernel) === undefined);
  return ERROR_CLAUSES.clauses.flatMap((clause) => mutantsOf(clause, { present, kernel }, operators));
}

function clause(id: string): Clause {
  const found = SPECIFICATION.clause(id);
  if (found === undefined) throw new Error(`no clause ${id}`);
  return found;
}

/** Conditions that an operator makes of one. */
function conditions(operator: Operator, id: string): readonly string[] {
  return mutantsOn([6, 18, 0], [operator])
    .filter((mutant) => mutant.clause === id)
    .flatMap(({ change }) => (change.kind === 'clause' && change.clause ? [change.clause.when] : []));
}

describe.each(VERSIONS)('every mutant on %s.%s', (...version) => {
  const mutants = mutantsOn(version);

  test('has an id of its own that begins with its clause and operator', () => {
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
    for (const { id, clause: own, operator } of mutants) expect(id.startsWith(`${own} ${operator}`)).toBe(true);
  });

  test('is another specification, whose conditions can be read back and asked', () => {
    for (const mutant of mutants) {
      const broken = brokenSpecification(SPECIFICATION, mutant);
      const { change } = mutant;
      if (change.kind === 'order') {
        expect(change.asked.size).toBeGreaterThan(0);
        continue;
      }
      expect(broken.clause(mutant.clause)).not.toEqual(clause(mutant.clause));
      if (change.clause !== undefined) expect(() => parseExpression(change.clause?.when ?? '')).not.toThrow();
    }
  });
});

describe('each operator breaks a clause in its own way', () => {
  test('a part of the condition is not looked at', () => {
    expect(conditions('condition', 'errors/fs-with-newns')).toEqual(['CLONE_FS', 'CLONE_NEWNS']);
    expect(conditions('condition', 'errors/clone3-detached')).toEqual(['always']);
  });

  test('a part is taken for its opposite', () => {
    expect(conditions('negate', 'errors/sighand-without-vm')).toEqual([
      '!CLONE_SIGHAND && !CLONE_VM',
      'CLONE_SIGHAND && CLONE_VM',
    ]);
  });

  test('a flag more lets the rule not hold', () => {
    const made = conditions('unless-flag', 'errors/fs-with-newns');
    expect(made).toContain('CLONE_NEWNS && CLONE_FS && !CLONE_IO');
    expect(made.some((when) => when.endsWith('!CLONE_FS'))).toBe(false);
    // Flags that only clone3 can pass say nothing about a rule of clone() alone.
    expect(conditions('unless-flag', 'errors/pidfd-with-detached').join()).not.toContain('CLEAR_SIGHAND');
  });

  test('a bound is one lower and one higher', () => {
    expect(conditions('bound', 'errors/clone3-size-under-ver0')).toEqual(['size + 1 < 64', 'size <= 64']);
    expect(conditions('bound', 'errors/clone3-size-over-page')).toEqual(['size >= PAGE_SIZE', 'size > PAGE_SIZE + 1']);
    expect(conditions('bound', 'errors/settls-over-task-size')[0]).toBe('CLONE_SETTLS && tls + 1 >= TASK_SIZE_MAX');
  });

  test('another errno that is plausible, and never its own', () => {
    const errnos = mutantsOn([6, 18, 0], ['errno'])
      .filter((mutant) => mutant.clause === 'errors/newpid-limit')
      .map(({ change }) => (change.kind === 'clause' ? change.clause?.errno : undefined));
    expect(errnos).toContain('EINVAL');
    expect(errnos).toContain('ENOMEM');
    expect(errnos).not.toContain('ENOSPC');
  });

  test('the next rule is asked first', () => {
    const [, mutant] = mutantsOn([6, 18, 0], ['order']).filter((each) => each.clause === 'errors/newns-unprivileged');
    if (mutant === undefined) throw new Error('no such mutant');
    expect(mutant.broken).toBe('errors/newipc-with-sysvsem is checked first');
  });

  test('a rule that came later holds already', () => {
    const ids = mutantsOn([6, 18, 0], ['version']).map((mutant) => mutant.clause);
    expect(ids).toContain('errors/pidfd-with-thread');
    expect(ids).toContain('errors/exit-signal-over-nsig');
    expect(ids).not.toContain('errors/fs-with-newns');
  });
});

describe('the search for a call that tells a mutant apart', () => {
  const kernel = nominalKernel([6, 18, 0]);
  const candidates = CALLERS.map((who) => ({ who, facts: { kernel, caller: nominalFacts(who, kernel) } }));
  const mutants = mutantsOn([6, 18, 0]);
  const mutantCalled = (id: string): Mutant => {
    const mutant = mutants.find((each) => each.id === id);
    if (mutant === undefined) throw new Error(`no mutant ${id}`);
    return mutant;
  };

  test.each([
    'errors/fs-with-newns drop',
    'errors/set-tid-in-use unless-flag CLONE_NEWPID',
    'errors/newns-unprivileged order newipc-with-sysvsem',
    'errors/clone3-size-under-ver0 bound size <= 64',
    'errors/newuser-chrooted errno EINVAL',
    'errors/newuser-egid-unmapped call clone3',
  ])('finds one for %s', (id) => {
    const mutant = mutantCalled(id);
    const found = searchWitness(SPECIFICATION, mutant, candidates);
    if (found.kind !== 'witness') throw new Error(`none found: ${found.kind}`);
    const facts = { kernel, caller: nominalFacts(found.who, kernel) };
    const told = predict(facts, found.call, { specification: brokenSpecification(SPECIFICATION, mutant) });
    expect(told.allowed).not.toContain(predict(facts, found.call).outcome);
  });

  test.each([
    ['errors/fs-with-newns unless-flag CLONE_NEWUSER', 'errors/fs-with-newuser'],
    ['errors/set-tid-out-of-range unless-flag CLONE_DETACHED', 'errors/clone3-detached'],
  ])('ends without one for %s, and names the rule that answers in its place', (id, instead) => {
    const found = searchWitness(SPECIFICATION, mutantCalled(id), candidates);
    expect(found).toMatchObject({ kind: 'none' });
    if (found.kind === 'none') expect(found.instead).toContain(instead);
  });

  test('ends without one where both rules give one errno', () => {
    const found = searchWitness(SPECIFICATION, mutantCalled('errors/fs-with-newns order fs-with-newuser'), candidates);
    expect(found).toEqual({ kind: 'none', instead: [] });
  });
});
