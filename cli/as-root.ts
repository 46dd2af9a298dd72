import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Command } from 'commander';
import { CAPABILITIES, InputError, needsRealRoot, packageRoot, type Place, type StoredCase } from '../spec/index.js';

/** `--as-root`. */
export interface AsRootOptions {
  readonly asRoot?: true;
}

/** Adds the option by which people ask for what {@link requireAsked} refuses otherwise. */
export function addAsRoot(command: Command): Command {
  return command.option('--as-root', 'perform scenarios of files that need real root, outside of any sandbox');
}

/** A case, and the file that it comes from. */
interface FromFile {
  readonly subject?: StoredCase['subject'];
  readonly place: Place;
}

/**
 * Whoever runs as root runs what a file holds as root. Scenarios that come out as they should for root alone — they make or enter namespaces, take
 * priorities, choose TIDs — are performed only where root is that of a sandbox, or where that was asked for. What comes with clonecheck is its own.
 *
 * @throws InputError with the place of the first such scenario
 */
export function requireAsked(cases: readonly FromFile[], target: string, { asRoot }: AsRootOptions): void {
  if (asRoot === true || !(target === 'local' ? isRealRoot() : target.startsWith('ssh:'))) return;
  const strange = cases.find(
    ({ subject, place }) =>
      subject !== undefined && 'steps' in subject && !isOurs(place.file) && needsRealRoot(subject),
  );
  if (strange === undefined) return;
  throw new InputError(
    'this scenario needs real root, outside of any sandbox',
    'read it, and ask for it with --as-root; or run as an ordinary user, in unshare -Ur, or on a vm: target',
    strange.place,
  );
}

/** Folders whose scenarios come with clonecheck. */
const OURS = ['corpus', join('spec', 'examples')];

function isOurs(file: string): boolean {
  if (file === '-' || !existsSync(file)) return false;
  const path = relative(realpathSync(packageRoot()), realpathSync(file));
  return OURS.some((folder) => path.startsWith(`${folder}${sep}`));
}

/** The inode of the initial user namespace, which include/linux/proc_ns.h fixes. */
const INITIAL_USER_NS = 0xefff_fffd;

/** CAP_SYS_ADMIN in the initial user namespace: no container's root has it, unless it was let out. */
function isRealRoot(): boolean {
  try {
    if (statSync('/proc/self/ns/user').ino !== INITIAL_USER_NS) return false;
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
    return ((BigInt(`0x${effective}`) >> CAPABILITIES.CAP_SYS_ADMIN) & 1n) === 1n;
  } catch {
    return process.geteuid?.() === 0;
  }
}
