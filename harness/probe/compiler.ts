import { execa } from 'execa';
import type { Architecture } from '../../spec/index.js';

/** Something that is needed on this machine is missing. Exit status 4. */
export class ToolError extends Error {
  override readonly name = 'ToolError';

  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** Compilers to try for each architecture, the first that is there wins. `CC` goes before them for the machine's own. */
const COMPILERS: Readonly<Record<Architecture, readonly string[]>> = {
  x86_64: ['x86_64-linux-gnu-gcc', 'gcc', 'cc', 'clang'],
  aarch64: ['aarch64-linux-gnu-gcc', 'gcc', 'cc', 'clang'],
  riscv64: ['riscv64-linux-gnu-gcc', 'gcc', 'cc', 'clang'],
  // Those of x86-64 can do it too: nothing of a library is needed.
  i386: ['i686-linux-gnu-gcc', 'x86_64-linux-gnu-gcc', 'gcc', 'cc', 'clang'],
  arm: ['arm-linux-gnueabihf-gcc', 'arm-linux-gnueabi-gcc', 'gcc', 'cc', 'clang'],
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
 * The compiler for an architecture.
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
  throw new ToolError(what, `install one, on Debian with: apt-get install ${own ? 'gcc' : debianPackage(arch)}`);
}

/** What Debian calls the package of an architecture's compiler. */
function debianPackage(arch: Architecture): string {
  const command = COMPILERS[arch][0] ?? 'gcc';
  return `gcc-${command.replace(/-gcc$/, '').replace('_', '-')}`;
}
