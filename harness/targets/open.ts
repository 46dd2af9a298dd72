import type { ProbeChoice } from '../probe/build.js';
import { InputError, type Architecture } from '../../spec/index.js';
import { execTarget } from './exec.js';
import { localTarget } from './local.js';
import { sshTarget } from './ssh.js';
import type { Target } from './target.js';
import { vmTarget } from './vm.js';

/** What goes with the name of a target. */
export interface TargetOptions extends ProbeChoice {
  /** Arguments for the probe on the local target; tests make it lie. */
  readonly probeArgs?: readonly string[];
  /** The architecture of the target, where its name does not imply it. */
  readonly arch?: Architecture;
  /** Words for the kernel command line of a virtual machine. */
  readonly append?: readonly string[];
}

/**
 * The target that `--target` names: `local`, `exec:COMMAND PREFIX`, `vm:KERNEL-IMAGE` or `ssh:HOST`.
 *
 * @throws InputError where there is no such target
 */
export function openTarget(text: string, options: TargetOptions = {}): Target {
  if (text === 'local') return localTarget(options.probeArgs, options);
  const [, kind, rest = ''] = /^(exec|vm|ssh):(.*)$/s.exec(text) ?? [];
  if (rest.trim() !== '') {
    if (kind === 'vm') return vmTarget(rest, options);
    const [file, ...args] = rest.trim().split(/\s+/);
    if (kind === 'exec' && file !== undefined) return execTarget([file, ...args], options.arch, options);
    if (kind === 'ssh' && file !== undefined) return sshTarget([file, ...args], options.arch, options);
  }
  if (text.startsWith('libc:'))
    throw new InputError(`${text} is a libc, no kernel`, 'libcs are targets of `clonecheck run` alone');
  throw new InputError(
    `there is no target ${text}`,
    'a target is local, exec: and a command such as exec:setpriv --no-new-privs, vm: and a kernel image, ssh: and a host, file: and a trace, libc: and a compiler, or a name from targets.yaml',
  );
}
