import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { InputError, packageRoot, type Architecture } from '../../spec/index.js';

/** The probe could not be built: something is missing on this machine. Exit status 4. */
export class ToolError extends Error {
  override readonly name = 'ToolError';

  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** Flags that every build of the probe has. */
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
];

/** Compilers to try for each architecture, the first that is there wins. `CC` goes before them for the machine's own. */
const COMPILERS: Readonly<Record<Architecture, readonly string[]>> = {
  x86_64: ['x86_64-linux-gnu-gcc', 'gcc', 'cc', 'clang'],
  aarch64: ['aarch64-linux-gnu-gcc', 'gcc', 'cc', 'clang'],
  riscv64: ['riscv64-linux-gnu-gcc', 'gcc', 'cc', 'clang'],
  i386: ['i686-linux-gnu-gcc'],
  arm: ['arm-linux-gnueabihf-gcc'],
};

/** The architecture that this process runs on. */
export function hostArchitecture(): Architecture {
  switch (process.arch) {
    case 'x64':
      return 'x86_64';
    case 'arm64':
      return 'aarch64';
    case 'riscv64':
      return 'riscv64';
    case 'ia32':
      return 'i386';
    case 'arm':
      return 'arm';
    default:
      throw new ToolError(`there is no probe for ${process.arch}`, 'add a stub under harness/probe');
  }
}

/**
 * The path of a compiled probe: built on first use and kept in the user's cache under the hash of its source.
 *
 * @param arch - the architecture to build for
 * @throws ToolError where there is no compiler, or it fails
 */
export function buildProbe(arch: Architecture = hostArchitecture()): Promise<string> {
  return buildOnce('probe', arch);
}

/** The path of the program that is process 1 of a virtual machine and starts the probe there; like {@link buildProbe}. */
export function buildInit(arch: Architecture): Promise<string> {
  return buildOnce('init', arch);
}

/** One build at a time for each program and architecture, however many probes are started. */
const builds = new Map<string, Promise<string>>();

function buildOnce(program: 'probe' | 'init', arch: Architecture): Promise<string> {
  const key = `${program}-${arch}`;
  let build = builds.get(key);
  if (build === undefined) {
    build = compile(program, arch);
    builds.set(key, build);
  }
  return build;
}

async function compile(program: 'probe' | 'init', arch: Architecture): Promise<string> {
  const folder = join(packageRoot(), 'harness', 'probe');
  const cache = cacheFolder();
  const compiler = await findCompiler(arch);
  const path = join(cache, `${program}-${arch}-${sourceHash(folder, compiler)}`);
  if (existsSync(path)) return path;
  // Several processes may build at once: each writes a file of its own, the rename is atomic.
  const unfinished = `${path}.${String(process.pid)}`;
  try {
    await execa(compiler, [
      ...PROBE_FLAGS,
      ...(await optionalFlags(compiler)),
      '-o',
      unfinished,
      join(folder, `${program}.c`),
    ]);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
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
  return path;
}

/** Branch protection puts instructions where there is nothing to protect; not every compiler knows the option. */
async function optionalFlags(compiler: string): Promise<readonly string[]> {
  const flag = '-fcf-protection=none';
  const { failed } = await execa(compiler, [flag, '-E', '-x', 'c', '/dev/null'], { reject: false, stdout: 'ignore' });
  return failed ? [] : [flag];
}

function sourceHash(folder: string, compiler: string): string {
  const hash = createHash('sha256').update(compiler).update(PROBE_FLAGS.join(' '));
  for (const name of readdirSync(folder).sort()) {
    if (/\.[ch]$/.test(name)) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The compiler for an architecture.
 *
 * @throws ToolError where there is none
 */
export async function findCompiler(arch: Architecture): Promise<string> {
  const own = arch === hostArchitecture();
  const named = own ? process.env['CC'] : undefined;
  const candidates = COMPILERS[arch].filter((name) => own || name.includes('linux'));
  for (const candidate of named === undefined ? candidates : [named]) {
    const { failed } = await execa(candidate, ['--version'], { reject: false, stdout: 'ignore', stderr: 'ignore' });
    if (!failed) return candidate;
  }
  const what = own ? `no C compiler${named === undefined ? '' : ` ${named}`}` : `no C compiler for ${arch}`;
  throw new ToolError(what, `install one, on Debian with: apt-get install ${own ? 'gcc' : (candidates[0] ?? 'gcc')}`);
}

/** A folder that this user can write, where compiled probes and what is made of them are kept. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const uid = process.getuid?.() ?? 0;
  for (const folder of [join(base, 'clonecheck'), join(tmpdir(), `clonecheck-${String(uid)}`)]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      const probe = join(folder, `.write-${String(process.pid)}`);
      mkdirSync(probe);
      rmSync(probe, { recursive: true });
      return folder;
    } catch {
      continue;
    }
  }
  throw new InputError('no folder for the compiled probe can be written', 'set XDG_CACHE_HOME to a folder that can');
}
