import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { ToolError } from '../../harness/index.js';

/** What a kernel is built with: the packages of Debian that bring it, and how to see that it is there. */
const TOOLS: readonly {
  readonly what: string;
  readonly packages: readonly string[];
  readonly test: readonly string[];
}[] = [
  { what: 'flex', packages: ['flex', 'm4'], test: ['flex', '--version'] },
  { what: 'bison', packages: ['bison', 'm4'], test: ['bison', '--version'] },
  {
    what: 'libelf',
    packages: ['libelf-dev', 'libelf1|libelf1t64'],
    test: ['gcc', '-E', '-include', 'gelf.h', '-xc', '/dev/null'],
  },
];
/** These are not brought in: who has none of them builds nothing anyway. */
const NEEDED: readonly (readonly [tool: string, package_: string])[] = [
  ['gcc', 'gcc'],
  ['make', 'make'],
  ['bc', 'bc'],
  ['xz', 'xz-utils'],
];

/** Environment variables for `make`. */
export type Environment = Readonly<Record<string, string>>;

/**
 * Makes sure that a kernel can be built. What is not installed is brought into a folder and used from there: nothing is installed.
 *
 * @param folder - where tools are kept
 * @throws ToolError where something is missing that cannot be brought in
 */
export async function buildTools(folder: string, say: (text: string) => void): Promise<Environment> {
  const lacking: string[] = [];
  for (const [tool, name] of NEEDED) if (!(await works([tool, '--version']))) lacking.push(name);
  if (lacking.length > 0) throw new ToolError(`a kernel is not built without ${lacking.join(', ')}`, install(lacking));
  const environment = toolEnvironment(folder);
  for (const { what, packages, test } of TOOLS) {
    if ((await works(test)) || (await works(test, environment))) continue;
    say(`${what} is not installed: bringing it into ${folder}`);
    for (const each of packages) {
      const [first = each, ...others] = each.split('|');
      if (!(await bringIn([first, ...others], folder)))
        throw new ToolError(`no ${what}`, install(packages.map(firstOf)));
    }
    if (!(await works(test, environment))) throw new ToolError(`${what} does not run`, install(packages.map(firstOf)));
  }
  return environment;
}

function firstOf(names: string): string {
  return names.split('|')[0] ?? names;
}

function install(packages: readonly string[]): string {
  return `install it, on Debian with: apt-get install ${packages.join(' ')}`;
}

async function works([file = '', ...args]: readonly string[], environment: Environment = {}): Promise<boolean> {
  return !(await execa(file, args, { reject: false, env: environment })).failed;
}

/** Where programs, their data, headers and libraries of unpacked packages are found. */
function toolEnvironment(folder: string): Environment {
  const usr = join(folder, 'usr');
  const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((triple) => join(usr, 'lib', triple)).join(':');
  return {
    PATH: `${process.env['PATH'] ?? ''}:${join(usr, 'bin')}`,
    C_INCLUDE_PATH: join(usr, 'include'),
    LIBRARY_PATH: libraries,
    LD_LIBRARY_PATH: libraries,
    ...(existsSync('/usr/share/bison') ? {} : { BISON_PKGDATADIR: join(usr, 'share', 'bison') }),
    ...(existsSync('/usr/bin/m4') ? {} : { M4: join(usr, 'bin', 'm4') }),
  };
}

/** Unpacks the first of these packages that there is. */
async function bringIn(names: readonly string[], folder: string): Promise<boolean> {
  for (const name of names) {
    const file = await download(name, join(folder, 'packages'));
    if (file === undefined) continue;
    await execa('dpkg-deb', ['-x', file, folder]);
    rmSync(file);
    return true;
  }
  return false;
}

/**
 * Brings a package of Debian's into a folder, from the mirrors that this machine's apt asks; nothing is installed.
 *
 * @returns the path of the package; undefined where it cannot be had
 */
export async function download(name: string, folder: string): Promise<string | undefined> {
  // Where apt has no lists of its own, or old ones, others are made beside the package.
  const lists = ['-o', `Dir::State::Lists=${join(folder, 'lists')}`, '-o', `Dir::Cache=${join(folder, 'cache')}`];
  for (const options of [[], lists]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
    mkdirSync(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
    const common = { cwd: folder, reject: false } as const;
    if (options.length > 0) await execa('apt-get', [...options, 'update', '-qq'], common);
    const { failed } = await execa(
      'apt-get',
      [...options, '-o', 'APT::Sandbox::User=root', 'download', '-qq', name],
      common,
    );
    const file = readdirSync(folder).find((each) => each.endsWith('.deb'));
    if (!failed && file !== undefined) return join(folder, file);
  }
  return undefined;
}
