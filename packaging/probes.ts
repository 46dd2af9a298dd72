import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { EVERY_FLAG, compileProgram } from '../harness/probe/build.js';
import { ToolError, findCompiler } from '../harness/probe/compiler.js';
import { BUILT_FOLDER, BUILT_LIST, sourceHash, type Built, type Program } from '../harness/probe/prebuilt.js';
import type { Architecture } from '../spec/index.js';

/** What the package holds: a probe for every architecture that has a stub, and what starts it in virtual machines. */
export const PROGRAMS: readonly { readonly program: Program; readonly arch: Architecture }[] = [
  { program: 'probe', arch: 'x86_64' },
  { program: 'probe', arch: 'aarch64' },
  { program: 'probe', arch: 'riscv64' },
  { program: 'probe', arch: 'i386' },
  { program: 'probe', arch: 'arm' },
  { program: 'init', arch: 'x86_64' },
  { program: 'init', arch: 'aarch64' },
  { program: 'init', arch: 'i386' },
  { program: 'init', arch: 'arm' },
];

/**
 * Builds every program that comes with the package, and a list of what they are.
 *
 * @param folder - where the sources lie; the programs go below it
 * @returns a sentence for each that could not be built
 */
export async function buildPrograms(folder: string): Promise<readonly string[]> {
  const into = join(folder, BUILT_FOLDER);
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into);
  const programs: Record<string, { sha256: string; compiler: string }> = {};
  const missing: string[] = [];
  for (const { program, arch } of PROGRAMS) {
    const name = `${program}-${arch}`;
    const path = join(into, name);
    try {
      const compiler = await findCompiler(arch);
      await compileProgram(program, arch, compiler, path, folder);
      chmodSync(path, 0o755);
      const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
      programs[name] = { sha256, compiler: await versionOf(compiler) };
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      missing.push(`${name}: ${error.message}; ${error.hint}`);
    }
  }
  const built: Built = { source: sourceHash(EVERY_FLAG, folder), programs };
  writeFileSync(join(into, BUILT_LIST), `${JSON.stringify(built, undefined, 2)}\n`);
  return missing;
}

/** The first line of what a compiler says of itself. */
async function versionOf(compiler: string): Promise<string> {
  const { stdout } = await execa(compiler, ['--version']);
  return stdout.split('\n')[0] ?? compiler;
}
