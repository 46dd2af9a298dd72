import { describe, expect, test } from '@jest/globals';
import { consoleWords } from './console.js';

describe('why a kernel stopped', () => {
  test('is its panic', () => {
    const text = '[    1.111977] Kernel panic - not syncing: Attempted to kill init!\n[    1.2] CPU: 0\n';
    expect(consoleWords(text)).toBe('the kernel stopped: Kernel panic - not syncing: Attempted to kill init!');
  });

  test('is first what led to the panic', () => {
    const lines = [
      '[ 9.1] double fault: 0000 [#1] SMP',
      '[ 9.2] Call Trace:',
      '[ 9.3] Kernel panic - not syncing: Fatal',
    ];
    expect(consoleWords(`${lines.join('\r\n')}\r\n---[ end Kernel panic ]---\r\n`)).toBe(
      'the kernel stopped: double fault: 0000 [#1] SMP; Kernel panic - not syncing: Fatal',
    );
  });

  test('is what the first process says', () => {
    const words = 'the virtual machine ended: the serial port lost bytes';
    expect(consoleWords('clonecheck: the serial port lost bytes\n')).toBe(words);
  });

  test('is else its last line, and nothing where it printed nothing', () => {
    expect(consoleWords('[ 0.1] Linux version\n[    0.2] Decompressing\n')).toBe(
      "the console's last line: Decompressing",
    );
    expect(consoleWords('')).toBeUndefined();
  });

  test('steers no terminal and is no flood', () => {
    const words = consoleWords(`\u001b[31mBUG: ${'x'.repeat(5_000)}\u0007\n`) ?? '';
    expect(words).toMatch(/^the kernel stopped: BUG: x+…$/);
    expect(words.length).toBeLessThan(300);
  });
});
