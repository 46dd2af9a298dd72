import { fstatSync, writeSync } from 'node:fs';

/**
 * Node.js writes to a file once, and takes no notice where the disk took only the beginning: what is written last would be cut without a word.
 * Here a write goes on until all of it is there, or fails.
 */
export function writeWholly(stdout: typeof process.stdout): void {
  if (!fstatSync(stdout.fd).isFile()) return;
  stdout._write = (chunk: string | Uint8Array, encoding, done) => {
    try {
      let rest = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
      while (rest.length > 0) rest = rest.subarray(writeSync(stdout.fd, rest));
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  };
}
