/** What an archive holds: a directory, a file with its content, or a character device. */
export type CpioEntry =
  | { readonly path: string; readonly kind: 'directory' }
  | { readonly path: string; readonly kind: 'file'; readonly content: Uint8Array }
  | { readonly path: string; readonly kind: 'device'; readonly major: number; readonly minor: number };

const MODES = { directory: 0o040_755, file: 0o100_755, device: 0o020_600 };
const TRAILER = 'TRAILER!!!';

/**
 * An archive in the `newc` format, which the kernel unpacks as its first root file system. Everything belongs to root, and the same
 * entries make the same bytes.
 *
 * @param entries - directories before what lies in them
 */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const parts = entries.flatMap((entry, index) => member(entry, index + 1));
  parts.push(...record(TRAILER, { links: 1 }));
  return Buffer.concat(parts);
}

function member(entry: CpioEntry, inode: number): readonly Buffer[] {
  const common = { inode, mode: MODES[entry.kind], links: entry.kind === 'directory' ? 2 : 1 };
  switch (entry.kind) {
    case 'directory':
      return record(entry.path, common);
    case 'file':
      return record(entry.path, common, entry.content);
    case 'device':
      return record(entry.path, { ...common, major: entry.major, minor: entry.minor });
  }
}

interface Fields {
  readonly inode?: number;
  readonly mode?: number;
  readonly links?: number;
  readonly major?: number;
  readonly minor?: number;
}

/** Thirteen numbers of eight hexadecimal digits behind the magic one; then the name and the content, each filled up to four bytes. */
function record(name: string, fields: Fields, content: Uint8Array = new Uint8Array()): readonly Buffer[] {
  const { inode = 0, mode = 0, links = 1, major = 0, minor = 0 } = fields;
  const nameBytes = Buffer.from(`${name}\0`);
  const numbers = [inode, mode, 0, 0, links, 0, content.length, 0, 0, major, minor, nameBytes.length, 0];
  const header = `070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}`;
  return [filled(Buffer.concat([Buffer.from(header), nameBytes])), filled(Buffer.from(content))];
}

function filled(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
