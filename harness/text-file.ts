import { closeSync, openSync, readSync } from 'node:fs';
import { InputError } from '../spec/index.js';

/** The largest file that is read, in bytes: traces of millions of cases are smaller, and longer texts are none to Node. */
export const LARGEST_FILE = 256 * 1024 * 1024;
const PIECE = 65_536;

/**
 * The text of a file that may be anything: a device or a pipe that never ends is read up to the limit.
 *
 * @param hint - what to name instead
 * @param most - bytes
 * @throws InputError where it cannot be read, or is larger
 */
export function readTextFile(path: string, hint: string, most = LARGEST_FILE): string {
  const pieces: Buffer[] = [];
  let size = 0;
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    for (let got = -1; got !== 0 && size <= most;) {
      const piece = Buffer.allocUnsafe(PIECE);
      got = readSync(fd, piece, 0, PIECE, null);
      size += got;
      pieces.push(piece.subarray(0, got));
    }
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new InputError(`${path} cannot be read: ${why}`, hint);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
  if (size > most) throw tooLarge(path, most);
  return Buffer.concat(pieces).toString('utf8');
}

/** The text of a stream, up to the same limit. */
export async function readTextStream(stream: NodeJS.ReadableStream, name: string): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    const bytes = Buffer.from(piece);
    size += bytes.length;
    if (size > LARGEST_FILE) throw tooLarge(name, LARGEST_FILE);
    pieces.push(bytes);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function tooLarge(name: string, most: number): InputError {
  const megabytes = (most / 1024 / 1024).toFixed(0);
  return new InputError(
    `${name} is larger than ${megabytes} MiB`,
    'no file that is read here is so large; name another',
  );
}
