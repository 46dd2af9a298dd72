import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../spec/index.js';
import { circlesOf, importsOf, sourcesIn, type Import } from './fixtures/imports.js';

/** The floors of the house, the lowest first: a file imports from its own floor and from those below. */
const FLOORS = ['spec', 'generators', 'harness', 'reports', 'cli'];
/** What stands on top, side by side: programs and the library, which nobody else imports. */
const TOPS = ['bench', 'faults', 'fuzz', 'library', 'packaging', 'scripts'];
/** Those of them that try the project itself, and take what its tests have. */
const MEASURES = ['bench', 'faults', 'fuzz', 'packaging', 'scripts'];
const folderOf = (file: string): string => file.split('/')[0] ?? '';
const floorOf = (file: string): number => {
  const floor = FLOORS.indexOf(folderOf(file));
  return floor < 0 ? FLOORS.length : floor;
};

/** Tests hold a floor to what is made on another, and are imported by nobody. */
const isTest = (file: string): boolean => /\.(test|spec)\.ts$|(^|\/)fixtures\//.test(file);

const files = [...FLOORS, ...TOPS].flatMap((folder) => sourcesIn(packageRoot(), folder));
const imports = new Map(files.map((file) => [file, importsOf(file, readFileSync(join(packageRoot(), file), 'utf8'))]));
const sources = files.filter((file) => !isTest(file));

/** What `rule` finds wrong, as `file → import`. */
function wrong(rule: (file: string, imported: Import) => boolean): readonly string[] {
  return sources.flatMap((file) =>
    (imports.get(file) ?? []).filter((each) => rule(file, each)).map(({ name }) => `${file} → ${name}`),
  );
}

describe('imports run one way', () => {
  test('spec ← generators ← harness ← reports ← cli', () => {
    expect(wrong((file, { path }) => path !== undefined && floorOf(path) > floorOf(file))).toEqual([]);
  });

  test('what stands on top is imported by itself alone', () => {
    expect(
      wrong(
        (file, { path }) => path !== undefined && TOPS.includes(folderOf(path)) && folderOf(path) !== folderOf(file),
      ),
    ).toEqual([]);
  });

  test('what is shipped imports no test and no fixture', () => {
    expect(wrong((file, { path }) => !MEASURES.includes(folderOf(file)) && path !== undefined && isTest(path))).toEqual(
      [],
    );
  });

  test('spec and generators know nothing of processes, files to run or terminals', () => {
    const outside =
      /^(execa|commander|picocolors|(node:)?(child_process|os|tty|readline|net|worker_threads|stream.*))$/;
    expect(wrong((file, { name }) => floorOf(file) <= floorOf('generators/') && outside.test(name))).toEqual([]);
  });

  test('a package that is imported is a dependency of this one', () => {
    const json = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as Record<string, object>;
    const known = Object.keys(json['dependencies'] ?? {});
    const packageOf = (name: string): string => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name;
    const dev = Object.keys(json['devDependencies'] ?? {});
    expect(
      wrong(
        (file, { name, path }) =>
          path === undefined &&
          !name.startsWith('node:') &&
          !known.includes(packageOf(name)) &&
          !(TOPS.includes(folderOf(file)) && dev.includes(packageOf(name))),
      ),
    ).toEqual([]);
  });
});

describe('imports run in no circle', () => {
  /** Functions that call each other, in files that bear the kernel's names; neither is called while the files are loaded. */
  const AS_IN_THE_KERNEL = ['spec/model/kernel/exit.ts', 'spec/model/kernel/signals.ts'];

  test('of what is there at run time', () => {
    const circles = circlesOf(
      new Map(
        sources.map((file) => [
          file,
          (imports.get(file) ?? []).flatMap(({ path, isType }) => (path === undefined || isType ? [] : [path])),
        ]),
      ),
    );
    expect(circles).toEqual([AS_IN_THE_KERNEL]);
  });
});

describe('the test itself', () => {
  const read = (text: string): readonly Import[] => importsOf('harness/a.ts', text);

  test('tells values from types, and sees what is exported on', () => {
    expect(read("import type { A } from '../cli/a.js';")).toEqual([
      { name: '../cli/a.js', path: 'cli/a.ts', isType: true },
    ]);
    expect(read("import { type A } from './b.js';")).toEqual([{ name: './b.js', path: 'harness/b.ts', isType: true }]);
    expect(read("import { type A, b } from './b.js';")).toMatchObject([{ isType: false }]);
    expect(read("export { b } from './b.js';")).toMatchObject([{ path: 'harness/b.ts', isType: false }]);
    expect(read("const b = await import('./b.js');")).toMatchObject([{ path: 'harness/b.ts', isType: false }]);
    expect(read("import 'node:fs';")).toEqual([{ name: 'node:fs', path: undefined, isType: false }]);
  });

  test('finds a circle of any length, and each once', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', ['e']],
      ['e', ['e']],
      ['f', ['a']],
    ]);
    expect(circlesOf(graph)).toEqual([['a', 'b', 'c'], ['e']]);
  });
});
