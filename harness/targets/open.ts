import { InputError } from '../../spec/index.js';
import { execTarget } from './exec.js';
import { localTarget } from './local.js';
import type { Target } from './target.js';

/**
 * The target that `--target` names: `local`, or `exec:COMMAND PREFIX`.
 *
 * @param probeArgs - arguments for the probe on the local target
 * @throws InputError where there is no such target
 */
export function openTarget(text: string, probeArgs: readonly string[] = []): Target {
  if (text === 'local') return localTarget(probeArgs);
  if (text.startsWith('exec:')) {
    const [file, ...args] = text.slice('exec:'.length).trim().split(/\s+/);
    if (file !== undefined && file !== '') return execTarget([file, ...args]);
  }
  if (text.startsWith('libc:'))
    throw new InputError(`${text} is a libc, no kernel`, 'libcs are targets of `clonecheck run` alone');
  throw new InputError(
    `there is no target ${text}`,
    'a target is local, or exec: and a command such as exec:setpriv --no-new-privs',
  );
}
