import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { clone, flagValue } from '../../spec/index.js';
import { killed, until } from '../fixtures/processes.js';
import { sshTarget } from './ssh.js';
import { withSession } from './target.js';

/** sshd wants to be started by its full path. */
const SSHD = process.env['SSHD'] ?? '/usr/sbin/sshd';
const there = async (file: string, args: readonly string[]): Promise<boolean> =>
  (await execa(file, args, { reject: false })).code !== 'ENOENT';
/** Root's sshd separates privileges, in a folder that its package's start script makes. */
const SEPARATED = '/run/sshd';
const missing = !(await there(SSHD, ['-V']))
  ? `${SSHD} is not installed`
  : !(await there('ssh', ['-V']))
    ? 'ssh is not installed'
    : userInfo().uid === 0 && !existsSync(SEPARATED)
      ? `sshd needs the folder ${SEPARATED}`
      : undefined;

describe('a host that ssh reaches', () => {
  if (missing !== undefined) {
    test.skip(`judges like the host itself (${missing})`, () => undefined);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'clonecheck-ssh-'));
  let end = (): Promise<unknown> => Promise.resolve();
  let words: [string, ...string[]] = [''];

  beforeAll(async () => {
    const key = async (name: string): Promise<void> => {
      await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
    };
    await Promise.all([key('host'), key('user')]);
    await execa('cp', [join(folder, 'user.pub'), join(folder, 'authorized')]);
    const port = await freePort();
    const config = [
      ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${join(folder, 'host')}`, 'UsePAM no', 'StrictModes no'],
      ...[`AuthorizedKeysFile ${join(folder, 'authorized')}`, `PidFile ${join(folder, 'pid')}`],
      ...['PermitRootLogin yes', `SetEnv XDG_CACHE_HOME=${folder}`],
    ];
    writeFileSync(join(folder, 'config'), `${config.join('\n')}\n`);
    const server = execa(SSHD, ['-D', '-e', '-f', join(folder, 'config')], { reject: false });
    end = () => {
      server.kill();
      return server;
    };
    const options = ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
    const host = `${userInfo().username}@127.0.0.1`;
    words = ['-q', ...options, '-i', join(folder, 'user'), '-p', port, host];
    await until('sshd listens', () => readdirSync(folder).includes('pid'));
  });

  afterAll(async () => {
    await end();
    rmSync(folder, { recursive: true });
  });

  test('runs the probe, which is copied there', async () => {
    await withSession(sshTarget(words), async (session, header) => {
      expect(header.type).toBe('header');
      const calls = [clone(17n), clone(flagValue('CLONE_NEWNS') | flagValue('CLONE_FS'))];
      const { observations } = await session.run({ name: 'self', attributes: [] }, calls);
      expect(observations.map(({ kind }) => kind)).toEqual(['child', 'refused']);
    });
    expect(readdirSync(join(folder, 'clonecheck'))).toHaveLength(1);
  });

  test('whose connection is cut costs what was in flight at most, and is gone on with', async () => {
    await withSession(sshTarget(words), async (session) => {
      const running = session.run(
        { name: 'self', attributes: [] },
        Array.from({ length: 50 }, () => clone(17n)),
      );
      killed(session.pid);
      const { observations } = await running;
      expect(observations).toHaveLength(50);
      expect(observations.filter(({ kind }) => kind !== 'child').length).toBeLessThanOrEqual(1);
      expect(session.deaths).toHaveLength(1);
    });
  });

  test('that cannot be reached is named with what ssh says', async () => {
    const nowhere = sshTarget(['-p', '1', ...words.slice(1, -3), '127.0.0.1']);
    await expect(withSession(nowhere, () => Promise.resolve())).rejects.toThrow(/^ssh .*: .*refused/);
  });
});

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}
