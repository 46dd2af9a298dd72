import { buildProbe, type ProbeChoice } from '../probe/build.js';
import { ProbeSession } from '../session.js';
import type { Target } from './target.js';
import { ARCHITECTURES, type Architecture } from '../../spec/index.js';

/**
 * Whatever a command prefix reaches: an emulator, a sandbox, another user. The probe's path is added behind it.
 *
 * @param prefix - words of the command, such as `['runsc', '--rootless', '--network=none', 'do']`
 */
export function execTarget(
  prefix: readonly [string, ...string[]],
  arch?: Architecture,
  choice: ProbeChoice = {},
): Target {
  const [file, ...args] = prefix;
  const probe = arch ?? impliedArchitecture(file);
  return {
    name: `exec:${prefix.join(' ')}`,
    launch: { prefix, ...(probe && { arch: probe }) },
    session: async () => new ProbeSession({ file, args: [...args, await buildProbe(probe, choice)] }),
  };
}

/** `qemu-aarch64-static` says what it runs; so do most emulators that are called after what they emulate. */
function impliedArchitecture(command: string): Architecture | undefined {
  const [, machine] = /(?:^|\/)qemu-([a-z0-9_]+?)(?:-static)?$/.exec(command) ?? [];
  return ARCHITECTURES.find((arch) => arch === machine);
}
