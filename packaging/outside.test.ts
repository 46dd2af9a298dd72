import { copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import ts from 'typescript';
import { packageRoot } from '../spec/index.js';
import { examples } from './fixtures/examples.js';
import { PLAIN, install, pack, type Packed } from './fixtures/packed.js';

/** A project of somebody else, with the package installed: types, the matcher under jest and under vitest, and every example. */
let packed: Packed;
let project: string;
const outside = join(packageRoot(), 'packaging', 'fixtures', 'outside');
const programs = examples();
const runnerOf = (code: string): 'jest' | 'vitest' | undefined =>
  code.includes("'@jest/globals'") ? 'jest' : code.includes("'vitest'") ? 'vitest' : undefined;

const OPTIONS = {
  target: 'ES2022',
  lib: ['ES2023'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  noEmit: true,
};

beforeAll(async () => {
  packed = await pack('--types');
  project = await install(packed, 'outside');
  for (const name of readdirSync(outside)) copyFileSync(join(outside, name), join(project, name));
  for (const { name, code } of programs) {
    const runner = runnerOf(code);
    writeFileSync(join(project, runner === undefined ? `${name}.ts` : `${name}.${runner}.test.ts`), code);
  }
  const jest = {
    testMatch: ['**/*.jest.test.ts'],
    testTimeout: 60_000,
    extensionsToTreatAsEsm: ['.ts'],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }] },
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'outside', type: 'module', jest }));
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...OPTIONS, ...RESOLUTION.nodenext } }),
  );
});

afterAll(() => {
  rmSync(packed.folder, { recursive: true, force: true });
});

const RESOLUTION = {
  bundler: { module: 'ESNext', moduleResolution: 'bundler' },
  nodenext: { module: 'NodeNext', moduleResolution: 'nodenext' },
};

async function tell(command: string, ...words: readonly string[]): Promise<string> {
  const bin = join(project, 'node_modules', command);
  const { all, exitCode } = await execa(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', bin, ...words],
    {
      cwd: project,
      reject: false,
      all: true,
      env: { ...PLAIN, NO_COLOR: '1' },
    },
  );
  return exitCode === 0 ? 'passed' : all;
}

describe('in a project of its own the library', () => {
  test.each(['bundler', 'nodenext'] as const)('has types that hold under strict, resolved as %s does', async (way) => {
    const file = `tsconfig.${way}.json`;
    const compilerOptions = { ...OPTIONS, ...RESOLUTION[way], skipLibCheck: true };
    writeFileSync(join(project, file), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    expect(await tell('typescript/bin/tsc', '-p', file)).toBe('passed');
  });

  test('is found by jest, with its matcher', async () => {
    expect(await tell('jest/bin/jest.js', '-w', '1')).toBe('passed');
  });

  test('is found by vitest, with its matcher', async () => {
    const words = ['run', '--dir', '.', '--testTimeout', '60000', '--no-file-parallelism', '.vitest.test.ts'];
    expect(await tell('vitest/vitest.mjs', ...words)).toBe('passed');
  });
});

describe('the example in the documentation', () => {
  test('is not missing', () => {
    expect(programs.length).toBeGreaterThanOrEqual(8);
  });

  test.each(programs.filter(({ code }) => runnerOf(code) === undefined))(
    'of $name runs and prints what it says',
    async ({ name, code, prints }) => {
      const module = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
      writeFileSync(join(project, `${name}.mjs`), ts.transpileModule(code, { compilerOptions: module }).outputText);
      const { stdout, stderr } = await execa(process.execPath, [join(project, `${name}.mjs`)], { env: PLAIN });
      expect([stdout, stderr]).toEqual([prints.join('\n'), '']);
    },
  );
});
