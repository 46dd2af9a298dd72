import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { callerNamed, predict, clone, flagValue } from '../spec/index.js';
import { discoverEnvironment } from './environment.js';
import { whyNoClones } from './no-clones.js';
import { kernelFacts } from './facts.js';
import { execTarget } from './targets/exec.js';
import { SELF } from './features.js';
import { withSession } from './targets/target.js';

const ROOT = callerNamed('root');

/** Namespaces around the probe, with what it then cannot know by any number. */
const AROUND = [
  { name: 'a user namespace', prefix: ['unshare', '-Ur'], flag: 'CLONE_NEWUSER', kind: 'user' },
  { name: 'a PID namespace', prefix: ['unshare', '-Urpf', '--mount-proc'], flag: 'CLONE_NEWPID', kind: 'pid' },
] as const;

describe.each(AROUND)('in $name of unknown depth', ({ prefix: [file, ...args], flag, kind }) => {
  const failed = execa(file, [...args, 'true'], { reject: false }).then(({ exitCode }) => exitCode !== 0);

  test(`a trial shows that ${flag} is not at its limit`, async () => {
    if (await failed) {
      process.stderr.write(`not tried: ${[file, ...args].join(' ')} is refused here\n`);
      return;
    }
    await withSession(execTarget([file, ...args]), async (session, header) => {
      const { facts: caller } = await session.run(ROOT, []);
      if (caller === undefined) throw new Error('no facts');
      expect(caller).toMatchObject({ [`${kind}_ns_level`]: null });
      const kernel = kernelFacts(header);
      expect(predict({ kernel, caller }, clone(flagValue(flag) | 17n)).allowed).toEqual(['success']);
      expect([
        ...(await whyNoClones(session, kernel, await discoverEnvironment(session, header), [ROOT])).keys(),
      ]).not.toContain(flag);
      const { observations } = await session.run(ROOT, [clone(flagValue(flag) | 17n)]);
      expect(observations).toMatchObject([{ kind: 'child' }]);
    });
  });
});

test('where the depth is known nothing is tried', async () => {
  await withSession(execTarget(['env']), async (session) => {
    const { facts } = await session.run(SELF, []);
    if (facts?.user_ns_level === 0) expect(facts.user_ns_level_most).toBeNull();
  });
});
