import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** Whether a reproducer shows on a target what its finding says. */
export interface Verification {
  readonly status: 'shows' | 'does not show' | 'cannot judge' | 'not compiled';
  /** What the program, or the compiler, said. */
  readonly why: string;
}

/** How a reproducer is compiled. */
export const REPRODUCER_FLAGS: readonly string[] = ['-std=c11', '-pedantic', '-Wall', '-Wextra'];

/** A program ends itself before that. */
const TIME_LIMIT_MS = 60_000;

/**
 * Compiles a reproducer and runs it on the target.
 *
 * @param text - the C program
 * @param prefix - words of the command that runs a program on the target; none for this machine. Behind one it is linked statically
 * @param compiler - one for the target's machine, with words of its own behind blanks
 */
export async function verifyReproducer(
  text: string,
  prefix: readonly string[] = [],
  compiler: string = process.env['CC'] ?? 'cc',
): Promise<Verification> {
  const folder = mkdtempSync(join(tmpdir(), 'clonecheck-reproducer-'));
  try {
    const source = join(folder, 'reproducer.c');
    const program = join(folder, 'reproducer');
    writeFileSync(source, text);
    const compiled = await compile(compiler, source, program, prefix.length > 0);
    if (compiled !== undefined) return { status: 'not compiled', why: compiled };
    return await runProgram([...prefix, program]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What stands in the way; undefined where there is a program now. */
async function compile(
  compiler: string,
  source: string,
  program: string,
  isStatic: boolean,
): Promise<string | undefined> {
  const flags = [...REPRODUCER_FLAGS, ...(isStatic ? ['-static'] : [])];
  const [command = compiler, ...words] = compiler.split(/\s+/);
  const { failed, code, stderr } = await execa(command, [...words, ...flags, '-o', program, source], { reject: false });
  if (!failed) return undefined;
  if (code === 'ENOENT') return `there is no C compiler ${compiler}`;
  return `${compiler}: ${stderr.split('\n').find((line) => line.includes('error')) ?? 'failed'}`;
}

async function runProgram([file = '', ...args]: readonly string[]): Promise<Verification> {
  const { exitCode, stdout, timedOut, shortMessage } = await execa(file, args, {
    reject: false,
    stdin: 'ignore',
    timeout: TIME_LIMIT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: 65_536,
  });
  if (timedOut) return { status: 'cannot judge', why: 'it did not come to an end' };
  const why = (stdout.split('\n')[0] ?? '').slice(0, 500);
  // Some other program's status 1, such as that of a sandbox that does not start, shows nothing.
  if (exitCode === 1 && why.startsWith('differs: ')) return { status: 'shows', why };
  if (exitCode === 0 && why.startsWith('conforms: ')) return { status: 'does not show', why };
  return { status: 'cannot judge', why: why === '' ? (shortMessage ?? `exit ${exitCode ?? '?'}`) : why };
}
