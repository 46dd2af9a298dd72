import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { publint } from 'publint';
import * as v from 'valibot';
import { packageRoot } from '../spec/index.js';
import { PLAIN, install, pack, type Packed } from './fixtures/packed.js';
import { PROGRAMS } from './probes.js';

/** What `npm pack` makes, and what becomes of it where nothing else is. */
let packed: Packed;
let project: string;

const MANIFEST = v.object({
  scripts: v.record(v.string(), v.string()),
  dependencies: v.record(v.string(), v.string()),
  engines: v.object({ node: v.string() }),
});

beforeAll(async () => {
  packed = await pack();
  const { dependencies } = manifest(packageRoot());
  const direct = new Set(Object.keys(dependencies).map((name) => name.split('/')[0]));
  project = await install(packed, 'empty', (name) => direct.has(name));
});

afterAll(() => {
  rmSync(packed.folder, { recursive: true, force: true });
});

function manifest(folder: string): v.InferOutput<typeof MANIFEST> {
  return v.parse(MANIFEST, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
}

const NEEDED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^dist\/(spec|generators|harness|reports|library|cli)\/[\w/.-]+\.js$/,
  /^dist\/spec\/prepared\.bin$/,
  /^dist\/library\/(clonecheck|jest|vitest|conform-options)\.d\.ts$/,
  /^dist\/spec\/prepared\.bin$/,
  /^spec\/(\w+|examples\/[\w-]+)\.yaml$/,
  /^schemas\/[\w-]+\.json$/,
  /^docs\/clonecheck\.1$/,
  /^targets\/expect\/[\w-]+\.yaml$/,
  /^harness\/(probe|libc|libc\/tracer)\/\w+\.[ch]$/,
  /^harness\/probe\/built\/(built\.json|(probe|init)-\w+)$/,
  /^reports\/(reproducer\/runtime\/\w+\.h|html\/client\.(css|js))$/,
];

describe('the package', () => {
  test('holds only what is needed', () => {
    const other = packed.entries.filter((path) => !NEEDED.some((pattern) => pattern.test(path)));
    expect(other).toEqual([]);
    expect(packed.entries.filter((path) => /\.(test|spec)\.js$|fixtures/.test(path))).toEqual([]);
  });

  test('is under 1 MB', () => {
    expect(packed.size).toBeLessThan(1_000_000);
  });

  for (const { program, arch } of PROGRAMS) {
    test(`holds the ${program} for ${arch}, unless there is no compiler for it here`, () => {
      const name = `${program}-${arch}`;
      if (packed.complaints.includes(`${name}: no C compiler`)) console.log(`not judged: ${name}: no compiler`);
      else expect(packed.entries).toContain(`harness/probe/built/${name}`);
    });
  }

  test('is as the repository says that its surface is', () => {
    expect(packed.complaints.split('\n').filter((line) => !line.includes('no C compiler') && line !== '')).toEqual([]);
  });

  test('runs no script when it is installed, and depends on eight packages at most', () => {
    const { scripts, dependencies } = manifest(join(project, 'node_modules', 'clonecheck'));
    const installing = ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare'];
    expect(installing.filter((name) => name in scripts)).toEqual([]);
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(8);
  });

  test('is what publint asks for', async () => {
    const { messages } = await publint({
      pkgDir: join(project, 'node_modules', 'clonecheck'),
      strict: true,
      pack: false,
    });
    expect(messages).toEqual([]);
  });

  test('has types that arethetypeswrong finds right for ES modules', async () => {
    const attw = join(packageRoot(), 'node_modules', '.bin', 'attw');
    const { stdout, exitCode } = await execa(attw, [packed.tarball, '--profile', 'esm-only', '--no-emoji'], {
      reject: false,
      env: PLAIN,
    });
    expect(exitCode === 0 ? 'right' : stdout).toBe('right');
  });
});

describe('in an empty project without a compiler', () => {
  const run = async (...words: readonly string[]): Promise<string> => {
    const cache = join(packed.folder, 'cache');
    mkdirSync(cache, { recursive: true });
    const main = join(project, 'node_modules', 'clonecheck', 'dist', 'cli', 'main.js');
    const { stdout, stderr } = await execa(process.execPath, [main, ...words], {
      cwd: project,
      reject: false,
      env: { ...PLAIN, PATH: join(packed.folder, 'nowhere'), XDG_CACHE_HOME: cache, NO_COLOR: '1' },
    });
    expect(stderr).toBe('');
    expect(readdirSync(cache)).toEqual([]);
    return stdout;
  };

  test('a run of the local kernel ends with a verdict', async () => {
    const words = ['--runs', '2000', '--scenarios', '200', '--seed', '42', '--jobs', '1', '--format', 'pretty'];
    const told = await run('run', '--only', 'errors/*', ...words);
    expect(told.trimEnd().split('\n').at(-1)).toMatch(/^(CONFORMS|DIFFERS|NOT JUDGED)/);
    expect(told).toMatch(/^\d\d+ of \d+ clauses judged/m);
  });

  test('doctor says that the probe came with the package', async () => {
    expect(await run('doctor', '--format', 'pretty')).toContain('the probe came with the package');
  });

  test('--build-probe asks for a compiler', async () => {
    await expect(run('doctor', '--build-probe')).rejects.toThrow('no C compiler');
  });
});

describe('the licence of each package that is installed with it', () => {
  const LOCK = v.object({
    packages: v.record(
      v.string(),
      v.object({
        license: v.optional(v.string()),
        dev: v.optional(v.boolean()),
        devOptional: v.optional(v.boolean()),
        peer: v.optional(v.boolean()),
      }),
    ),
  });
  const { packages } = v.parse(LOCK, JSON.parse(readFileSync(join(packageRoot(), 'package-lock.json'), 'utf8')));
  const installed = Object.entries(packages).flatMap(([path, { license = 'none', dev, devOptional, peer }]) =>
    path === '' || dev === true || devOptional === true || peer === true
      ? []
      : [{ name: path.replace(/^.*node_modules\//, ''), license }],
  );

  test('goes with that of the package', () => {
    const permissive = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0'];
    expect(installed.filter(({ license }) => !permissive.includes(license))).toEqual([]);
  });

  test('is listed', () => {
    const rows = readFileSync(join(packageRoot(), 'docs', 'licences.md'), 'utf8')
      .split('\n')
      .slice(7);
    const expected = new Set(installed.map(({ name, license }) => `| ${name} | ${license} |`));
    expect(rows.filter((row) => row !== '').sort()).toEqual([...expected].sort());
  });
});
