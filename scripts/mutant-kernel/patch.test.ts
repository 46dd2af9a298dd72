import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { EFFECTS, ERROR_CLAUSES, InputError } from '../../spec/index.js';
import { UNEXPLAINED, cacheFolder } from '../../harness/index.js';
import { ownFaults, parseFaults, type Fault } from './faults.js';
import { applyFaults } from './kernel.js';
import { header, patched, touched } from './patch.js';

const FAULTS = ownFaults();

/** Source files that have what edits replace, and nothing else. */
function sourcesFor(faults: readonly Fault[]): ReadonlyMap<string, string> {
  return new Map(
    touched(faults).map((file) => [
      file,
      faults.flatMap((fault) => (fault.file === file ? fault.edits.map(({ find }) => `${find}\n`) : [])).join(''),
    ]),
  );
}

const text = (fields = ''): string =>
  `faults:
  - name: one-fault
    broken: something
    file: kernel/fork.c
    edits:
      - find: "if (a)"
        with: "if (a && !FAULT)"
    clause: errors/fs-with-newns
    counterexample: {caller: root, call: "clone(CLONE_NEWNS|CLONE_FS)"}
${fields}`;

describe('the faults', () => {
  test('are many, of rules and of effects, and each breaks a clause that there is', () => {
    const clauses = new Set([
      ...ERROR_CLAUSES.clauses.map(({ id }) => id),
      ERROR_CLAUSES.otherwise.id,
      ...EFFECTS.map(({ id }) => id),
      UNEXPLAINED,
    ]);
    expect(FAULTS.filter(({ clause }) => !clauses.has(clause))).toEqual([]);
    expect(FAULTS.length).toBeGreaterThanOrEqual(12);
    expect(FAULTS.filter(({ clause }) => clause.startsWith('effects/')).length).toBeGreaterThanOrEqual(3);
  });

  test('are all in the patched source, and nothing else is', () => {
    const all = [...patched(sourcesFor(FAULTS), FAULTS).values()].join('\n');
    const asked = [...all.matchAll(/clonecheck_fault\((\w+)\)/g)].map(([, name = '']) => name);
    const identifiers = FAULTS.map(({ name }) => name.replaceAll('-', '_'));
    expect(new Set(asked)).toEqual(new Set(identifiers));
    expect(all).not.toMatch(/\bFAULT\b/);
    expect([...header(FAULTS).matchAll(/\tCLONECHECK_FAULT_(\w+),/g)].map(([, name]) => name)).toEqual([
      'NONE',
      ...identifiers,
    ]);
  });

  test('leave the source as it is where they are off', () => {
    const off = FAULTS.flatMap(({ edits }) => edits).map((edit) => edit.with.replace(/\bFAULT\b/g, '0'));
    expect(off.filter((each) => /\bFAULT\b/.test(each))).toEqual([]);
    for (const [file, source] of patched(sourcesFor(FAULTS), FAULTS))
      expect([file, source.startsWith('#include <linux/clonecheck_fault.h>\n')]).toEqual([file, true]);
  });

  const folder = join(cacheFolder(), 'mutant-kernel', 'linux-source-6.12');
  const there = existsSync(join(folder, 'Makefile'));
  (there ? test : test.skip)(
    `fit the kernel's source${there ? '' : ' (npm run mutant-kernel has not brought it in)'}`,
    () => {
      const source = (file: string): string => {
        const kept = join(folder, `${file}.original`);
        return readFileSync(existsSync(kept) ? kept : join(folder, file), 'utf8');
      };
      const sources = new Map(touched(FAULTS).map((file) => [file, source(file)]));
      expect(patched(sources, FAULTS).size).toBe(sources.size);
    },
  );
});

describe('an edit that does not fit is said with its place', () => {
  const faults = parseFaults(text(), 'faults.yaml');
  const whatOf = (source: string | undefined): string => {
    try {
      patched(new Map(source === undefined ? [] : [['kernel/fork.c', source]]), faults);
      return 'it fits';
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return error.message;
    }
  };

  test.each([
    ['once', 'x\nif (a)\n', 'it fits'],
    ['not at all', 'x\n', 'faults.yaml:6:15: fault one-fault: kernel/fork.c has 0 of it'],
    ['twice', 'if (a)\nif (a)\n', 'faults.yaml:6:15: fault one-fault: kernel/fork.c has 2 of it'],
    ['in no file', undefined, 'faults.yaml:6:15: fault one-fault: kernel/fork.c is not there'],
  ])('%s', (_, source, expected) => {
    expect(whatOf(source)).toBe(expected);
  });
});

describe('a file of faults with a mistake is refused with its place', () => {
  test.each([
    ['a second one of a name', text() + text().replace('faults:\n', ''), 'a second fault one-fault'],
    ['one that cannot be switched', text().replace(' && !FAULT', ''), 'one-fault cannot be switched'],
    ['a call that is none', text().replace('CLONE_FS)', 'CLONE_SF)'), 'CLONE_SF'],
    ['a caller that is none', text().replace('caller: root', 'caller: toor'), 'unknown caller toor'],
    ['a name with a space', text().replace('one-fault', 'one fault'), 'small letters'],
  ])('%s', (_, content, expected) => {
    expect(() => parseFaults(content, 'faults.yaml')).toThrow(expected);
    expect(() => parseFaults(content, 'faults.yaml')).toThrow(/^faults\.yaml:\d+:\d+: /);
  });
});

describe('a source that was built before', () => {
  test('loses the faults that are no more', () => {
    const source = mkdtempSync(join(tmpdir(), 'clonecheck-mutant-'));
    try {
      mkdirSync(join(source, 'kernel'));
      mkdirSync(join(source, 'include', 'linux'), { recursive: true });
      const exit = join(source, 'kernel', 'exit.c');
      writeFileSync(join(source, 'kernel', 'fork.c'), 'if (a)\n');
      writeFileSync(join(source, 'kernel', 'Makefile'), '');
      writeFileSync(exit, 'if (a)\n');
      const [fault] = parseFaults(text(), 'faults.yaml');
      if (fault === undefined) throw new Error('no fault');
      applyFaults(source, [fault, { ...fault, name: 'another', file: 'kernel/exit.c' }]);
      expect(readFileSync(exit, 'utf8')).not.toBe('if (a)\n');
      applyFaults(source, [fault]);
      expect(readFileSync(exit, 'utf8')).toBe('if (a)\n');
    } finally {
      rmSync(source, { recursive: true });
    }
  });
});
