import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa, ExecaError } from 'execa';
import type { Architecture } from '../../spec/index.js';
import { cacheFolder } from './cache.js';
import { ToolError, findCompiler, hostArchitecture } from './compiler.js';
import { prebuilt, sourceFolder, sourceHash, type Program } from './prebuilt.js';

/** Flags that every build of the probe has. The last few keep out of it what differs from one build to the next. */
export const PROBE_FLAGS: readonly string[] = [
  '-std=gnu11',
  '-O2',
  '-Wall',
  '-Wextra',
  '-ffreestanding',
  '-fno-builtin',
  '-fno-stack-protector',
  '-fno-pie',
  '-no-pie',
  '-static',
  '-nostdlib',
  '-Wl,-z,noseparate-code',
  '-s',
  '-fno-asynchronous-unwind-tables',
  '-fno-unwind-tables',
  '-Wl,-z,norelro',
  '-fno-ident',
  '-Wl,--build-id=none',
];

/** Flags that only builds for one architecture have. The 32-bit ones are larger, so they are made small. */
export const MACHINE_FLAGS: Readonly<Record<Architecture, readonly string[]>> = {
  x86_64: [],
  aarch64: [],
  riscv64: [],
  i386: ['-m32', '-Os'],
  arm: ['-marm', '-march=armv7-a', '-mfloat-abi=soft', '-Os'],
};

/** What sources and a build are told by. */
export const EVERY_FLAG: readonly string[] = [...PROBE_FLAGS, ...Object.values(MACHINE_FLAGS).flat()];

/** Which of the probes that there may be is meant. */
export interface ProbeChoice {
  /** Compiled here, though one came with the package. */
  readonly anew?: boolean;
}

/**
 * The path of a probe: the one that came with the package, or else one that is compiled on first use and kept in the user's cache under the
 * hash of its source.
 *
 * @param arch - the architecture to build for
 * @throws ToolError where none came with the package, and there is no compiler or it fails
 */
export function buildProbe(arch: Architecture = hostArchitecture(), choice: ProbeChoice = {}): Promise<string> {
  return buildOnce('probe', arch, choice);
}

/** Where {@link buildProbe} takes the probe for an architecture from. */
export function probeOrigin(arch: Architecture, { anew = false }: ProbeChoice = {}): 'package' | 'compiler' {
  return !anew && prebuilt('probe', arch, EVERY_FLAG) !== undefined ? 'package' : 'compiler';
}

/** The path of the program that is process 1 of a virtual machine and starts the probe there; like {@link buildProbe}. */
export function buildInit(arch: Architecture, choice: ProbeChoice = {}): Promise<string> {
  return buildOnce('init', arch, choice);
}

/** One build at a time for each program and architecture, however many probes are started. */
const builds = new Map<string, Promise<string>>();

function buildOnce(program: Program, arch: Architecture, { anew = false }: ProbeChoice): Promise<string> {
  const key = `${program}-${arch}-${String(anew)}`;
  let build = builds.get(key);
  if (build === undefined) {
    build = made(program, arch, anew);
    builds.set(key, build);
  }
  return build;
}

async function made(program: Program, arch: Architecture, anew: boolean): Promise<string> {
  return (anew ? undefined : prebuilt(program, arch, EVERY_FLAG)) ?? (await compiled(program, arch));
}

async function compiled(program: Program, arch: Architecture): Promise<string> {
  const compiler = await findCompiler(arch);
  const hash = createHash('sha256').update(compiler).update(sourceHash(EVERY_FLAG)).digest('hex').slice(0, 16);
  const path = join(cacheFolder(), `${program}-${arch}-${hash}`);
  if (existsSync(path)) return path;
  // Several processes may build at once: each writes a file of its own, the rename is atomic.
  const unfinished = `${path}.${String(process.pid)}`;
  try {
    await compileProgram(program, arch, compiler, unfinished);
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return path;
}

/**
 * Compiles a program: the same source gives the same bytes with the same compiler, wherever it lies.
 *
 * @param arch - what it is to run on
 * @param compiler - the command, as {@link findCompiler} answers it
 * @param path - the file to write
 * @param folder - where the sources lie
 * @throws ToolError where the compiler fails
 */
export async function compileProgram(
  program: Program,
  arch: Architecture,
  compiler: string,
  path: string,
  folder = sourceFolder(),
): Promise<void> {
  try {
    await execa(compiler, [
      ...PROBE_FLAGS,
      ...MACHINE_FLAGS[arch],
      ...(await optionalFlags(compiler)),
      '-o',
      path,
      join(folder, `${program}.c`),
    ]);
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const line =
      String(error.stderr)
        .split('\n')
        .find((text) => text.includes('error')) ?? error.shortMessage;
    throw new ToolError(
      `${compiler} could not build the probe: ${line}`,
      'any C compiler with GNU inline assembly will do; name one with CC=',
    );
  }
}

/** Branch protection puts instructions where there is nothing to protect; not every compiler knows the option. */
async function optionalFlags(compiler: string): Promise<readonly string[]> {
  const flag = '-fcf-protection=none';
  const { failed } = await execa(compiler, [flag, '-E', '-x', 'c', '/dev/null'], { reject: false, stdout: 'ignore' });
  return failed ? [] : [flag];
}
