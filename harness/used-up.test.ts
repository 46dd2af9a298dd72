import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { callerNamed, parseCall, type Caller } from '../spec/index.js';
import { descendantsOf } from './fixtures/processes.js';
import { kernelFacts } from './facts.js';
import { probeFeatures } from './features.js';
import { localTarget } from './targets/local.js';
import { withSession } from './targets/target.js';
import { unlessUsedUp } from './used-up.js';

const CALLER: Caller = callerNamed(process.getuid?.() === 0 ? 'root' : 'user');

describe('where descriptors run out in the midst of a run', () => {
  test('EMFILE is no difference, though the caller of the batch before had room for one', async () => {
    await withSession(localTarget(), async (session, header) => {
      const kernel = await probeFeatures(session, kernelFacts(header));
      const held = unlessUsedUp(session, kernel);
      const pidfd = parseCall('clone(CLONE_PIDFD|SIGCHLD, parent_tid=&a)').call;
      const before = await held.run(CALLER, [pidfd]);
      expect(before.observations).toMatchObject([{ kind: 'child' }]);
      for (const pid of [session.pid ?? 0, ...descendantsOf(session.pid ?? 0)])
        await execa('prlimit', ['--pid', String(pid), '--nofile=3']);
      const { facts, observations } = await held.run(CALLER, [pidfd]);
      expect(facts?.fd_room).toBe(true);
      const why = /^the caller, which could be made before, cannot be made any more: .*EMFILE$/;
      expect(observations).toEqual([{ kind: 'lost', why: expect.stringMatching(why) }]);
    });
  });
});
