import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { InputError, LIBC, packageRoot, type LibcClause } from '../../spec/index.js';
import { PROBE_FLAGS } from '../probe/build.js';
import { ToolError } from '../probe/compiler.js';

/** Programs for a libc, each for some of its functions. */
export interface LibcPrograms {
  readonly tracer: string;
  /** The program that a clause needs, or why there is none. */
  readonly programFor: (needs: readonly string[]) => { readonly path: string } | { readonly why: string };
  /** Warnings that the compiler gave: there should be none. */
  readonly warnings: readonly string[];
  /** Removes them. */
  readonly remove: () => void;
}

/** Flags of every build; a call of what is not declared is no call of what the libc offers. */
const FLAGS = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror=implicit-function-declaration'];
/** Ways in which a function may be had where the first does not work. */
const WAYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  raw: [[], ['-DRAW_BY_SHORT_CLONE']],
  thread: [[], ['-pthread'], ['-lpthread']],
  atfork: [[], ['-pthread'], ['-lpthread']],
};
const FOLDER = join(packageRoot(), 'harness', 'libc');
/** So many compilers at once. */
const AT_ONCE = 4;

/** One attempt at a program. */
type Built = { readonly path: string; readonly warnings: string } | { readonly why: string };

/**
 * Compiles the programs of the libc cases, and finds out what the libc has by doing so. Nothing is kept from one run to the next: the libc
 * may be another one.
 *
 * @param compiler - the words of the command, such as `['diet', 'gcc']` or `['gcc', '-static']`
 * @param clauses - programs are made for these
 * @param besides - files to link in, for tests
 * @throws InputError where there is no such compiler; ToolError where it cannot build an empty program, or the tracer cannot be built
 */
export async function compileFor(
  compiler: readonly [string, ...string[]],
  clauses: readonly LibcClause[],
  besides: readonly string[] = [],
): Promise<LibcPrograms> {
  const folder = mkdtempSync(join(tmpdir(), 'clonecheck-libc-'));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const build = (names: readonly string[], options: readonly string[]): Promise<Built> =>
      compile(compiler, join(folder, ['wrappers', ...names, ...options].join('_').replaceAll('/', '_')), [
        ...names.map((name) => `-DWITH_${name.toUpperCase()}`),
        ...besides,
        ...options,
      ]);
    const empty = await build([], []);
    if ('why' in empty)
      throw new ToolError(
        `${compiler.join(' ')} cannot build a program of nothing: ${empty.why}`,
        'see whether it builds any program',
      );
    const tracer = await buildTracer(folder);
    const built = await buildAll(clauses, build);
    return { tracer, ...built, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function buildAll(
  clauses: readonly LibcClause[],
  build: (names: readonly string[], options: readonly string[]) => Promise<Built>,
): Promise<Pick<LibcPrograms, 'programFor' | 'warnings'>> {
  const ways = new Map<string, readonly string[]>();
  const wanted = LIBC.functions.filter(({ name }) => clauses.some(({ needs }) => needs.includes(name)));
  const singles = await pooled(wanted, async ({ name, is }): Promise<readonly [string, Built]> => {
    const whys: string[] = [];
    for (const options of WAYS[name] ?? [[]]) {
      const built = await build([name], options);
      if ('why' in built) whys.push(built.why);
      else {
        ways.set(name, options);
        return [name, built];
      }
    }
    return [name, { why: `this libc has no ${is}: ${whys[0] ?? ''}` }];
  });
  const single = new Map(singles);
  const several = new Map(clauses.filter(({ needs }) => needs.length > 1).map(({ needs }) => [keyOf(needs), needs]));
  const together = await pooled([...several], async ([key, needs]): Promise<readonly [string, Built]> => {
    const missing = needs.map((name) => single.get(name)).find((built) => built !== undefined && 'why' in built);
    if (missing !== undefined) return [key, missing];
    const built = await build(needs, [...new Set(needs.flatMap((name) => ways.get(name) ?? []))]);
    return [
      key,
      'why' in built ? { why: `a program with ${needs.join(' and ')} cannot be built: ${built.why}` } : built,
    ];
  });
  const all = new Map([...single, ...together]);
  return {
    programFor: (needs) => all.get(keyOf(needs)) ?? { why: 'no program was built for it' },
    warnings: [...all.values()].flatMap((built) =>
      'warnings' in built && built.warnings !== '' ? [built.warnings] : [],
    ),
  };
}

const keyOf = (needs: readonly string[]): string => needs.join(' ');

async function compile(
  compiler: readonly [string, ...string[]],
  path: string,
  words: readonly string[],
): Promise<Built> {
  const [file, ...own] = compiler;
  // A source in a folder of its own for each: klcc leaves an object file beside the source while it links.
  const source = join(`${path}.d`, 'wrappers.c');
  mkdirSync(`${path}.d`);
  writeFileSync(source, `#include ${JSON.stringify(join(FOLDER, 'wrappers.c'))}\n`);
  const { failed, code, stderr } = await execa(file, [...own, ...FLAGS, '-o', path, source, ...words], {
    reject: false,
    cwd: `${path}.d`,
    // Messages are quoted in reports, where they should not depend on who runs it.
    env: { LC_ALL: 'C' },
  });
  if (isNotFound(code))
    throw new InputError(
      `there is no compiler ${file}`,
      'libc: is followed by a command, such as libc:musl-gcc -static',
    );
  return failed ? { why: complaint(stderr) } : { path, warnings: stderr };
}

/** Where a folder of PATH may not be searched, a command that is nowhere counts as forbidden. */
function isNotFound(code: string | undefined): boolean {
  return code === 'ENOENT' || code === 'EACCES';
}

/** The line of a compiler's output that says what is missing, without folders. */
function complaint(text: string): string {
  const lines = text.split('\n');
  const line =
    lines.find((each) => /\berror:|undefined reference|cannot find/.test(each)) ?? lines[0] ?? 'it said nothing';
  return line
    .replace(/^\S*:\(\.text\S*\): /, '')
    .replace(/\S*\/(\S+)/g, (_, rest: string) => basename(rest))
    .trim();
}

async function buildTracer(folder: string): Promise<string> {
  const path = join(folder, 'tracer');
  const named = process.env['CC'];
  for (const compiler of named === undefined ? ['gcc', 'cc', 'clang'] : [named]) {
    const { failed, code, stderr } = await execa(
      compiler,
      [...PROBE_FLAGS, '-o', path, join(FOLDER, 'tracer', 'tracer.c')],
      { reject: false, env: { LC_ALL: 'C' } },
    );
    if (!failed) return path;
    if (!isNotFound(code))
      throw new ToolError(`${compiler} could not build the tracer: ${complaint(stderr)}`, 'name another with CC=');
  }
  throw new ToolError('no C compiler for the tracer', 'install one, on Debian with: apt-get install gcc');
}

/** Does something with each, a few at a time; results in their order. */
async function pooled<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE)
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))));
  return results;
}
