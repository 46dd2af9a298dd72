import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { ToolError } from '../../harness/index.js';
import { faultsFolder, type Fault } from './faults.js';
import { HEADER, header, patched, touched } from './patch.js';
import { buildTools, download } from './tools.js';

/** Behind the name of a file as Debian has it, which is kept beside the broken one. */
const ORIGINAL = '.original';

/** What is left out of the source: much, and none of it is compiled. Kconfig files stay, they are all read. */
const LEFT_OUT: readonly string[] = [
  ...[
    'gpu',
    'net/ethernet',
    'net/wireless',
    'media',
    'infiniband',
    'scsi',
    'staging',
    'usb',
    'iio',
    'hwmon',
    'accel',
  ].map((each) => `*/drivers/${each}/*.[ch]`),
  ...[
    '*/sound/*.[ch]',
    '*/Documentation/*.rst',
    '*/Documentation/*.yaml',
    '*/tools/testing/*',
    '*.dts',
    '*.dtsi',
    '*.json',
    '*.svg',
  ],
];

/** Where the parts of a mutant kernel are kept, and whom to tell. */
export interface BuildOptions {
  readonly folder: string;
  /** The package of Debian's that holds the source. */
  readonly package: string;
  readonly say: (text: string) => void;
}

/**
 * Builds a small kernel that holds every fault, unless it has been built already.
 *
 * @returns the path of the image
 * @throws ToolError where source or tools cannot be had, or the build fails
 * @throws InputError where a fault does not fit the source
 */
export async function buildKernel(faults: readonly Fault[], options: BuildOptions): Promise<string> {
  const { folder, say } = options;
  mkdirSync(folder, { recursive: true });
  const image = join(folder, `vmlinuz-${options.package}-${recipe(faults)}`);
  if (existsSync(image)) return image;
  const environment = await buildTools(join(folder, 'tools'), say);
  const source = await fetchSource(options);
  applyFaults(source, faults);
  const objects = join(folder, `build-${options.package}`);
  mkdirSync(objects, { recursive: true });
  const configuration = join(faultsFolder(), 'kernel.config');
  const make = async (target: string): Promise<void> => {
    const { failed, all } = await execa(
      'make',
      ['-C', source, `O=${objects}`, 'ARCH=x86_64', `-j${String(availableParallelism())}`, target],
      { env: { ...environment, KCONFIG_ALLCONFIG: configuration }, reject: false, all: true },
    );
    if (!failed) return;
    const log = join(folder, 'build.log');
    writeFileSync(log, all);
    throw new ToolError(`make ${target} failed`, `${log} says why`);
  };
  say('configuring');
  await make('allnoconfig');
  requireOptions(readFileSync(configuration, 'utf8'), readFileSync(join(objects, '.config'), 'utf8'));
  say(`building with ${String(availableParallelism())} processors: some minutes the first time`);
  await make('bzImage');
  const unfinished = `${image}.${String(process.pid)}`;
  copyFileSync(join(objects, 'arch/x86/boot/bzImage'), unfinished);
  renameSync(unfinished, image);
  return image;
}

/** What an image is made from, besides the source, as a short word. */
function recipe(faults: readonly Fault[]): string {
  const parts = faults.map(({ name, file, edits }) => [name, file, edits.map((edit) => [edit.find, edit.with])]);
  const hash = createHash('sha256').update(JSON.stringify(parts));
  for (const file of ['kernel.config', 'fault-switch.c']) hash.update(readFileSync(join(faultsFolder(), file)));
  return hash.digest('hex').slice(0, 12);
}

/** The folder of the unpacked source. */
async function fetchSource({ folder, package: name, say }: BuildOptions): Promise<string> {
  const source = join(folder, name);
  if (existsSync(join(source, 'Makefile'))) return source;
  say(`bringing in ${name} with apt`);
  const archive = await download(name, join(folder, 'packages'));
  if (archive === undefined)
    throw new ToolError(`apt has no ${name}`, '--package names another one: apt-cache search linux-source lists them');
  say(`unpacking ${basename(archive)}`);
  const outer = join(folder, 'package');
  const unfinished = `${source}.unfinished`;
  for (const each of [outer, unfinished]) rmSync(each, { recursive: true, force: true });
  mkdirSync(unfinished);
  await execa('dpkg-deb', ['-x', archive, outer]);
  const inner = join(outer, 'usr', 'src');
  const tar = readdirSync(inner).find((each) => each.endsWith('.tar.xz')) ?? '';
  const leftOut = LEFT_OUT.map((each) => `--exclude=${each}`);
  await execa('tar', ['-xJf', join(inner, tar), '-C', unfinished, '--strip-components=1', ...leftOut]);
  for (const each of [outer, dirname(archive)]) rmSync(each, { recursive: true, force: true });
  renameSync(unfinished, source);
  return source;
}

/** Files are written only where they change, so that little is compiled again. */
export function applyFaults(source: string, faults: readonly Fault[]): void {
  const original = (file: string): string => {
    const kept = join(source, file + ORIGINAL);
    if (!existsSync(kept)) copyFileSync(join(source, file), kept);
    return readFileSync(kept, 'utf8');
  };
  const sources = new Map(touched(faults).map((file) => [file, original(file)]));
  const files = new Map([
    ...brokenBefore(source).map((file) => [file, original(file)] as const),
    ...patched(sources, faults),
    [HEADER, header(faults)],
    ['kernel/clonecheck_fault.c', readFileSync(join(faultsFolder(), 'fault-switch.c'), 'utf8')],
    ['kernel/Makefile', `${original('kernel/Makefile')}\nobj-y += clonecheck_fault.o\n`],
  ]);
  for (const [file, text] of files) {
    const path = join(source, file);
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
  }
}

/** Files that the source was broken in when it was built last, perhaps by faults that are no more. */
function brokenBefore(source: string): readonly string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ORIGINAL))
    .map((file) => file.slice(0, -ORIGINAL.length));
}

/** An option whose dependencies are missing is dropped without a word; a kernel without it would show less than it seems to. */
function requireOptions(asked: string, configured: string): void {
  const has = new Set(configured.split('\n'));
  const dropped = asked.split('\n').filter((line) => line.startsWith('CONFIG_') && !has.has(line));
  if (dropped.length > 0)
    throw new ToolError(
      `this kernel cannot be configured with ${dropped.join(', ')}`,
      'mend scripts/mutant-kernel/kernel.config',
    );
}
