import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { EVERY_FLAG, compileProgram } from '../harness/probe/build.js';
import { ToolError, findCompiler, hostArchitecture } from '../harness/probe/compiler.js';
import { BUILT_FOLDER, BUILT_LIST, prebuilt, sourceFolder, sourceHash } from '../harness/probe/prebuilt.js';
import { PROGRAMS } from './probes.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-probes-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The sources in another place. */
function copyOfSources(name: string): string {
  const copy = join(folder, name);
  mkdirSync(copy, { recursive: true });
  for (const file of readdirSync(sourceFolder()))
    if (/\.[ch]$/.test(file)) cpSync(join(sourceFolder(), file), join(copy, file));
  return copy;
}

const compilers = await Promise.all(
  PROGRAMS.map(async ({ arch }) =>
    findCompiler(arch).catch((error: unknown) => {
      if (error instanceof ToolError) return undefined;
      throw error;
    }),
  ),
);

describe('the same source gives the same bytes, wherever it lies', () => {
  const here = copyOfSources('here');
  const there = copyOfSources(join('a folder', 'far', 'away'));
  for (const [index, { program, arch }] of PROGRAMS.entries()) {
    const compiler = compilers[index];
    const title = `${program} for ${arch}`;
    if (compiler === undefined) {
      test.skip(`${title} (there is no compiler for it)`, () => undefined);
      continue;
    }
    test(title, async () => {
      const [one, other] = [join(folder, `${program}-${arch}-1`), join(there, `${program}-${arch}-2`)];
      await compileProgram(program, arch, compiler, one, here);
      await compileProgram(program, arch, compiler, other, there);
      const bytes = readFileSync(one);
      expect(bytes.equals(readFileSync(other))).toBe(true);
      expect(bytes.includes(folder)).toBe(false);
      expect(bytes.length).toBeLessThan(100_000);
    });
  }
});

describe('a probe that came with the package', () => {
  const arch = hostArchitecture();
  const name = `probe-${arch}`;
  const withProbe = (place: string, source: (folder: string) => string): string => {
    const sources = copyOfSources(place);
    mkdirSync(join(sources, BUILT_FOLDER));
    writeFileSync(join(sources, BUILT_FOLDER, name), 'a program', { mode: 0o755 });
    const programs = { [name]: { sha256: '0123456789abcdef', compiler: 'cc' } };
    writeFileSync(join(sources, BUILT_FOLDER, BUILT_LIST), JSON.stringify({ source: source(sources), programs }));
    return sources;
  };

  test('is taken', () => {
    const sources = withProbe('taken', (at) => sourceHash(EVERY_FLAG, at));
    expect(prebuilt('probe', arch, EVERY_FLAG, sources)).toBe(join(sources, BUILT_FOLDER, name));
  });

  test('is left where the sources beside it are others than it was built from', () => {
    const sources = withProbe('stale', (at) => sourceHash(EVERY_FLAG, at));
    writeFileSync(join(sources, 'probe.c'), 'int main;');
    expect(prebuilt('probe', arch, EVERY_FLAG, sources)).toBeUndefined();
  });

  test('is left where it was built with other flags', () => {
    const sources = withProbe('flags', (at) => sourceHash(['-O0'], at));
    expect(prebuilt('probe', arch, EVERY_FLAG, sources)).toBeUndefined();
  });

  test('is not looked for in a clone, which has none', () => {
    expect(prebuilt('probe', arch, EVERY_FLAG, copyOfSources('clone'))).toBeUndefined();
  });
});
