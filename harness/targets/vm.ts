import { execa } from 'execa';
import type { ProbeChoice } from '../probe/build.js';
import { ToolError, hostArchitecture } from '../probe/compiler.js';
import type { ProbeCommand } from '../probe-process.js';
import { ProbeSession, type SessionOptions } from '../session.js';
import type { Architecture } from '../../spec/index.js';
import { consoleWords } from './console.js';
import { buildInitramfs } from './initramfs.js';
import { kvmWorks } from './kvm.js';
import { machineFor, type Machine } from './machine.js';
import type { Target } from './target.js';

/** How a virtual machine is started. */
export interface VmOptions extends ProbeChoice {
  /** Words that go on the kernel's command line. */
  readonly append?: readonly string[];
  readonly arch?: Architecture;
}

/** An emulated machine boots within seconds, and is slow where the host is busy. */
const PATIENCE: SessionOptions = { startMs: 180_000, silenceMs: 60_000 };
/** What `harness/probe/init.c` takes for the end of the input. */
const END_OF_INPUT = '\x04';

/**
 * A kernel image in a virtual machine that holds nothing but the probe. KVM is used where it works.
 *
 * @param image - path of a kernel, as a boot loader would take it
 * @throws InputError where it is no kernel image that is known
 */
export function vmTarget(image: string, options: VmOptions = {}): Target {
  const machine = machineFor(image, options.arch);
  return {
    name: `vm:${image}`,
    session: async () => {
      await requireQemu(machine);
      const initramfs = await buildInitramfs(machine.arch, machine.channel, options);
      const started = (kvm: boolean): Promise<ProbeCommand> =>
        endingWithUs(vmCommand(machine, { image, initramfs, append: options.append ?? [], kvm }));
      const kvm = machine.processor === hostArchitecture() && (await kvmWorks(await started(true)));
      return new ProbeSession(await started(kvm), PATIENCE);
    },
  };
}

/** What a machine is started with. */
export interface VmParts {
  readonly image: string;
  readonly initramfs: string;
  readonly append: readonly string[];
  readonly kvm: boolean;
}

/** The command that starts a machine: the protocol on standard input and output, the kernel's console on descriptor 3. */
export function vmCommand(machine: Machine, { image, initramfs, append, kvm }: VmParts): ProbeCommand {
  // A kernel that has stumbled is no witness any more: it stops, and says why.
  const words = [`console=${machine.console}`, 'quiet', 'panic=-1', 'oops=panic', ...append];
  return {
    file: machine.qemu,
    args: [
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-m', '512'],
      ...machine.words,
      ...['-accel', kvm ? 'kvm' : 'tcg'],
      ...['-chardev', 'socket,id=console,fd=3', '-chardev', 'stdio,id=protocol,signal=off'],
      ...machine.ports,
      ...['-kernel', image, '-initrd', initramfs, '-append', words.join(' ')],
    ],
    hearsAfterHeader: true,
    farewell: END_OF_INPUT,
    consoleWords,
  };
}

/** QEMU goes on when its standard input ends; setpriv has it end with us, however we end. */
async function endingWithUs(command: ProbeCommand): Promise<ProbeCommand> {
  const { failed } = await execa('setpriv', ['--pdeathsig', 'KILL', 'true'], { reject: false });
  if (failed) return command;
  return { ...command, file: 'setpriv', args: ['--pdeathsig', 'KILL', command.file, ...command.args] };
}

async function requireQemu({ qemu }: Machine): Promise<void> {
  const { failed } = await execa(qemu, ['--version'], { reject: false });
  if (failed) {
    const suite = qemu.endsWith('x86_64') ? 'qemu-system-x86' : 'qemu-system-arm';
    throw new ToolError(`no ${qemu}`, `install it, on Debian with: apt-get install ${suite}`);
  }
}
