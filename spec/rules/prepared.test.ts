import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { CALLERS, EFFECTS, ERROR_CLAUSES, FEATURES, FLAGS, LIBC, packageRoot } from '../index.js';

describe('what the build read is what the files say', () => {
  test.each(Object.entries({ CALLERS, EFFECTS, ERROR_CLAUSES, FEATURES, FLAGS, LIBC }))(
    '%s is plain data, the same when it is read back',
    (_, value) => {
      expect(deserialize(serialize(value))).toEqual(value);
    },
  );

  const built = join(packageRoot(), 'dist');
  const says = async (change: (folder: string) => void): Promise<string> => {
    const folder = mkdtempSync(join(tmpdir(), 'clonecheck-prepared-'));
    try {
      for (const part of ['dist', 'spec', 'package.json'])
        cpSync(join(packageRoot(), part), join(folder, part), { recursive: true });
      symlinkSync(join(packageRoot(), 'node_modules'), join(folder, 'node_modules'));
      change(folder);
      const { stdout } = await execa('node', [join(folder, 'dist', 'cli', 'main.js'), 'spec', 'errors/fs-with-newns']);
      return stdout;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const rewrite = (file: string, from: string, to: string): void => {
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  };

  test('a file that was changed since is read again', async () => {
    expect(existsSync(join(built, 'spec', 'prepared.bin'))).toBe(true);
    const changed = await says((folder) => {
      rewrite(join(folder, 'spec', 'errors.yaml'), 'A root directory cannot', 'One root directory cannot');
    });
    expect(changed).toContain('One root directory cannot');
  });

  test('nothing is lost where it is missing, or cut short', async () => {
    const whole = await says(() => undefined);
    const missing = await says((folder) => {
      rmSync(join(folder, 'dist', 'spec', 'prepared.bin'));
    });
    const cut = await says((folder) => {
      const file = join(folder, 'dist', 'spec', 'prepared.bin');
      writeFileSync(file, readFileSync(file).subarray(0, 5000));
    });
    expect([missing, cut]).toEqual([whole, whole]);
  });
});
