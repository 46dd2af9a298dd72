import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '../../spec/index.js';
import { buildInit, buildProbe, type ProbeChoice } from '../probe/build.js';
import { cacheFolder } from '../probe/cache.js';
import { cpio, type CpioEntry } from './cpio.js';

/** Device numbers of the serial port that the protocol runs over. */
export interface Channel {
  readonly major: number;
  readonly minor: number;
}

/** What the root file system of a virtual machine holds: the probe, what starts it, and places to mount what it reads. */
export function initramfsEntries(init: Uint8Array, probe: Uint8Array, channel: Channel): readonly CpioEntry[] {
  return [
    { path: 'dev', kind: 'directory' },
    { path: 'dev/console', kind: 'device', major: 5, minor: 1 },
    { path: 'dev/channel', kind: 'device', ...channel },
    { path: 'dev/null', kind: 'device', major: 1, minor: 3 },
    { path: 'proc', kind: 'directory' },
    { path: 'sys', kind: 'directory' },
    { path: 'cgroup-v1', kind: 'directory' },
    { path: 'init', kind: 'file', content: init },
    { path: 'probe', kind: 'file', content: probe },
  ];
}

/**
 * The path of an initial root file system, kept in the user's cache under the hash of its content.
 *
 * @throws ToolError where the probe cannot be built for the architecture
 */
export async function buildInitramfs(arch: Architecture, channel: Channel, choice: ProbeChoice = {}): Promise<string> {
  const [init, probe] = await Promise.all([buildInit(arch, choice), buildProbe(arch, choice)]);
  const archive = cpio(initramfsEntries(readFileSync(init), readFileSync(probe), channel));
  const hash = createHash('sha256').update(archive).digest('hex').slice(0, 16);
  const path = join(cacheFolder(), `initramfs-${arch}-${hash}`);
  if (existsSync(path)) return path;
  const unfinished = `${path}.${String(process.pid)}`;
  writeFileSync(unfinished, archive);
  renameSync(unfinished, path);
  return path;
}
