import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../spec/index.js';
import { cacheFolder } from '../probe/cache.js';
import type { ProbeCommand } from '../probe-process.js';
import { ProbeSession } from '../session.js';

/** So long, in milliseconds, a machine may take to its probe. Where KVM works it takes about one second. */
const LIMIT = 6_000;

let answer: Promise<boolean> | undefined;

/**
 * Whether KVM runs virtual machines here. That it can be opened says little: on nested hosts it may run a boot loader and hang in a
 * kernel, so the machine itself is tried. That it does not work is remembered until the host is started again.
 *
 * @param command - starts a machine with KVM
 */
export function kvmWorks(command: ProbeCommand): Promise<boolean> {
  answer ??= tryKvm(command);
  return answer;
}

async function tryKvm(command: ProbeCommand): Promise<boolean> {
  const failed = join(cacheFolder(), `no-kvm-${bootId()}`);
  if (!canOpenKvm() || existsSync(failed)) return false;
  const session = new ProbeSession(command, { startMs: LIMIT });
  try {
    await session.open();
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    writeFileSync(failed, `${error.what}\n`);
    return false;
  } finally {
    await session.close();
  }
}

function canOpenKvm(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
