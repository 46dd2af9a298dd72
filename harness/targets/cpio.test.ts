import { describe, expect, test } from '@jest/globals';
import { cpio } from './cpio.js';
import { initramfsEntries } from './initramfs.js';

interface Member {
  readonly name: string;
  readonly mode: number;
  readonly device: string;
  readonly content: string;
}

/** Reads an archive back, by the format's description and not by the writer. */
function members(archive: Buffer): readonly Member[] {
  const found: Member[] = [];
  for (let at = 0; at < archive.length;) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (index: number): number =>
      parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const begin = (at + 110 + nameSize + 3) & ~3;
    found.push({
      name: archive.toString('latin1', at + 110, at + 110 + nameSize - 1),
      mode,
      device: `${String(field(9))}:${String(field(10))}`,
      content: archive.toString('latin1', begin, begin + size),
    });
    at = (begin + size + 3) & ~3;
  }
  return found;
}

describe('an initial root file system', () => {
  const entries = initramfsEntries(Buffer.from('the init'), Buffer.from('probe'), { major: 4, minor: 65 });
  const read = members(cpio(entries));
  const named = (name: string): Member | undefined => read.find((each) => each.name === name);

  test('holds the probe and what starts it, and ends with the trailer', () => {
    expect(read.map(({ name }) => name)).toEqual([...entries.map(({ path }) => path), 'TRAILER!!!']);
    expect(named('init')).toMatchObject({ mode: 0o100755, content: 'the init' });
    expect(named('probe')?.content).toBe('probe');
  });

  test('has the console and the serial port of the protocol as devices', () => {
    expect(named('dev/console')).toMatchObject({ mode: 0o020600, device: '5:1' });
    expect(named('dev/channel')?.device).toBe('4:65');
  });

  test('has directories before what lies in them', () => {
    const names = read.map(({ name }) => name);
    for (const name of names.filter((each) => each.includes('/')))
      expect(names.slice(0, names.indexOf(name))).toContain(name.split('/')[0]);
  });

  test('is the same bytes for the same content, in whole words', () => {
    expect(cpio(entries).equals(cpio(entries))).toBe(true);
    expect(cpio(entries).length % 4).toBe(0);
  });
});
