import { buildProbe } from '../probe/build.js';
import { ProbeSession } from '../session.js';
import type { Target } from './target.js';
import type { Architecture } from '../../spec/index.js';

/**
 * Whatever a command prefix reaches: an emulator, a sandbox, another user. The probe's path is added behind it.
 *
 * @param prefix - words of the command, such as `['runsc', '--rootless', '--network=none', 'do']`
 */
export function execTarget(prefix: readonly [string, ...string[]], arch?: Architecture): Target {
  const [file, ...args] = prefix;
  return {
    name: `exec:${prefix.join(' ')}`,
    session: async () => new ProbeSession({ file, args: [...args, await buildProbe(arch)] }),
  };
}
