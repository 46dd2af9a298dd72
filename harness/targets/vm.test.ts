import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { clone, type Caller } from '../../spec/index.js';
import { isGone, killed } from '../fixtures/processes.js';
import { cacheFolder } from '../probe/cache.js';
import { run } from '../run.js';
import { machineFor } from './machine.js';
import { withSession } from './target.js';
import { vmCommand, vmTarget } from './vm.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-vm-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A file that begins as a kernel does. */
function image(name: string, at: number, magic: string): string {
  const path = join(folder, name);
  const bytes = Buffer.alloc(0x300);
  bytes.write(magic, at, 'latin1');
  writeFileSync(path, bytes);
  return path;
}

describe('a kernel image', () => {
  test('says for which machine it is', () => {
    expect(machineFor(image('x86', 0x202, 'HdrS')).qemu).toBe('qemu-system-x86_64');
    expect(machineFor(image('arm', 0x38, 'ARM\u0064')).qemu).toBe('qemu-system-aarch64');
  });

  test('is for the 32-bit programs of its processor too', () => {
    const x86 = machineFor(image('x86-32', 0x202, 'HdrS'), 'i386');
    const arm = machineFor(image('arm-32', 0x38, 'ARM\u0064'), 'arm');
    expect([x86.arch, x86.processor, x86.qemu]).toEqual(['i386', 'x86_64', 'qemu-system-x86_64']);
    expect([arm.arch, arm.processor, arm.qemu]).toEqual(['arm', 'aarch64', 'qemu-system-aarch64']);
  });

  test('that does not say so needs --arch', () => {
    const path = image('packed', 0, 'packed');
    expect(() => machineFor(path)).toThrow(/is no kernel image that is known/);
    expect(machineFor(path, 'aarch64').arch).toBe('aarch64');
  });

  test('that is not there, or for a machine that there is none for, is named', () => {
    expect(() => machineFor(join(folder, 'none'))).toThrow(/none cannot be read: ENOENT/);
    expect(() => machineFor(image('riscv', 0x38, 'RSC\u0005'))).toThrow(/no virtual machine for riscv64/);
  });
});

describe('the command of a machine', () => {
  const machine = machineFor(image('command', 0x202, 'HdrS'));
  const { args } = vmCommand(machine, { image: 'K', initramfs: 'I', append: ['a=1', 'b'], kvm: false });

  test('keeps kernel messages and protocol on serial ports of their own', () => {
    expect(args.join(' ')).toContain('-serial chardev:console -serial chardev:protocol');
    expect(args.join(' ')).toContain('socket,id=console,fd=3');
  });

  test('stops at a panic, and passes words on', () => {
    expect(args).toContain('-no-reboot');
    expect(args.at(-1)).toBe('console=ttyS0 quiet panic=-1 oops=panic a=1 b');
  });

  test('has one processor model whatever the host, without LA57', () => {
    expect(args.join(' ')).toContain('-cpu qemu64');
    expect(args.join(' ')).not.toMatch(/-cpu (max|host)/);
  });
});

/** A QEMU that is here, and the oldest image there is for it, as `scripts/fetch-kernels` calls them; else what is missing. */
async function machineHere(qemu: string, prefix: string): Promise<{ kernel?: string; missing: string }> {
  if ((await execa(qemu, ['--version'], { reject: false })).failed) return { missing: `${qemu} is not installed` };
  const kernels = process.env['CLONECHECK_KERNELS'] ?? join(cacheFolder(), 'kernels');
  const names = existsSync(kernels) ? readdirSync(kernels).filter((name) => name.startsWith(prefix)) : [];
  const [kernel] = names.sort().map((name) => join(kernels, name));
  const missing = `scripts/fetch-kernels has brought in no ${prefix}VERSION`;
  return { missing, ...(kernel !== undefined && { kernel }) };
}

const MACHINES = [
  { arch: 'x86_64', ...(await machineHere('qemu-system-x86_64', 'vmlinuz-')) },
  { arch: 'aarch64', ...(await machineHere('qemu-system-aarch64', 'Image-')) },
] as const;

describe.each(MACHINES)('a virtual machine of $arch', ({ kernel, missing }) => {
  if (kernel === undefined) {
    test.skip(`judges its kernel, and is started again (${missing})`, () => undefined);
    return;
  }
  const ROOT: Caller = { name: 'root', attributes: [] };

  test('judges its kernel', async () => {
    const result = await run(vmTarget(kernel), { runs: 100, seed: 42, jobs: 1, order: 'strict', level: 'linux' });
    expect(result.findings).toEqual([]);
    expect(result.lost).toEqual([]);
    expect(result.counts.pass).toBeGreaterThan(900);
  }, 240_000);

  test('that is killed costs what was in flight at most, says so, and leaves nothing running', async () => {
    const pids: number[] = [];
    await withSession(vmTarget(kernel), async (session) => {
      expect((await session.run(ROOT, [clone(17n)])).observations[0]?.kind).toBe('child');
      const running = session.run(
        ROOT,
        Array.from({ length: 100 }, () => clone(17n)),
      );
      pids.push(killed(session.pid));
      const { observations } = await running;
      expect(observations).toHaveLength(100);
      expect(observations.filter(({ kind }) => kind !== 'child').length).toBeLessThanOrEqual(1);
      expect(session.deaths).toHaveLength(1);
      pids.push(session.pid ?? 0);
    });
    expect(new Set(pids).size).toBe(2);
    await Promise.all(pids.map(isGone));
  }, 240_000);

  test('whose kernel panics says why', async () => {
    const target = vmTarget(kernel, { append: ['init=/none', 'rdinit=/none'] });
    await expect(withSession(target, () => Promise.resolve())).rejects.toThrow(/the kernel stopped: Kernel panic/);
  }, 120_000);
});
