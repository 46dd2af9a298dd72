import { closeSync, openSync, readSync } from 'node:fs';
import { InputError, type Architecture } from '../../spec/index.js';
import type { Channel } from './initramfs.js';

/** How QEMU plays a machine for the programs of an architecture. */
export interface Machine {
  /** Of the probe. */
  readonly arch: Architecture;
  /** Of the processor, which KVM can play on a host with the same. */
  readonly processor: Architecture;
  readonly qemu: string;
  /** Machine type and processor, always the same ones, so that no run depends on the host's. No LA57: it moves bounds. */
  readonly words: readonly string[];
  /** The kernel's console, and the serial port that its messages do not enter. */
  readonly console: string;
  readonly channel: Channel;
  /** Words that give the machine its two serial ports, for the character devices `console` and `protocol`. */
  readonly ports: readonly string[];
}

const MACHINES = {
  x86_64: {
    arch: 'x86_64',
    processor: 'x86_64',
    qemu: 'qemu-system-x86_64',
    words: ['-machine', 'pc', '-cpu', 'qemu64'],
    console: 'ttyS0',
    channel: { major: 4, minor: 65 },
    ports: ['-serial', 'chardev:console', '-serial', 'chardev:protocol'],
  },
  aarch64: {
    arch: 'aarch64',
    processor: 'aarch64',
    qemu: 'qemu-system-aarch64',
    words: ['-machine', 'virt', '-cpu', 'cortex-a57'],
    console: 'ttyAMA0',
    channel: { major: 4, minor: 64 },
    ports: ['-serial', 'chardev:console', '-device', 'pci-serial,chardev=protocol'],
  },
} as const satisfies Partial<Record<Architecture, Machine>>;

/** The 64-bit processors play those before them too, and their kernels serve 32-bit programs: CONFIG_IA32_EMULATION, CONFIG_COMPAT. */
const ALL_MACHINES: Readonly<Partial<Record<Architecture, Machine>>> = {
  ...MACHINES,
  i386: { ...MACHINES.x86_64, arch: 'i386' },
  arm: { ...MACHINES.aarch64, arch: 'arm' },
};

/** Magic numbers of kernel images, from the boot protocols of each architecture. */
const MAGIC: readonly { readonly at: number; readonly text: string; readonly arch: Architecture }[] = [
  { at: 0x202, text: 'HdrS', arch: 'x86_64' },
  { at: 0x38, text: 'ARM\x64', arch: 'aarch64' },
  { at: 0x38, text: 'RSC\x05', arch: 'riscv64' },
];

/**
 * The machine that a kernel image is for.
 *
 * @param arch - the architecture, where the image does not say it: a compressed one does not; or the 32-bit one whose programs are to run
 * @throws InputError where the image cannot be read, or is for no machine that there is
 */
export function machineFor(image: string, arch?: Architecture): Machine {
  const found = arch ?? imageArchitecture(image);
  const machine = found === undefined ? undefined : ALL_MACHINES[found];
  if (machine !== undefined) return machine;
  throw new InputError(
    found === undefined ? `${image} is no kernel image that is known` : `there is no virtual machine for ${found}`,
    found === undefined
      ? 'a bzImage or an Image that is not compressed; --arch says for which architecture another one is'
      : `there are machines for ${Object.keys(ALL_MACHINES).join(', ')}`,
  );
}

function imageArchitecture(image: string): Architecture | undefined {
  const head = Buffer.alloc(0x210);
  try {
    const fd = openSync(image, 'r');
    readSync(fd, head, 0, head.length, 0);
    closeSync(fd);
  } catch (error) {
    const why = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unreadable';
    throw new InputError(
      `${image} cannot be read: ${why}`,
      'vm: takes the file of a kernel, such as /boot/vmlinuz-6.12',
    );
  }
  return MAGIC.find(({ at, text }) => head.toString('latin1', at, at + text.length) === text)?.arch;
}
