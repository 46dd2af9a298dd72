import { expect, test } from '@jest/globals';
import { flagValue, type Call } from '../spec/index.js';
import { KERNEL, ImaginedKernel, type Bug } from './fixtures/imagined-kernel.js';
import { probeFeatures } from './features.js';

const probedBy = async (bug: Bug): Promise<Readonly<Partial<Record<string, boolean>>>> =>
  (await probeFeatures(new ImaginedKernel(bug), KERNEL)).probed;
const hasPidfd = (call: Call): boolean => call.call === 'clone' && (call.flags & flagValue('CLONE_PIDFD')) !== 0n;
const signalOf = (call: Call): bigint => (call.call === 'clone' ? call.flags & 0xffn : 0n);

test('an exit signal that is refused shows that exit signals are checked, where the call is well but for it', async () => {
  expect(await probedBy(({ call }) => (signalOf(call) > 64n ? 'EINVAL' : undefined))).toMatchObject({
    exit_signal_checked_late: true,
  });
  expect(await probedBy(() => undefined)).toMatchObject({ exit_signal_checked_late: false });
});

test('a port that refuses such a call with any exit signal has not shown that it checks them', async () => {
  expect(await probedBy(({ call }) => (hasPidfd(call) ? 'EINVAL' : undefined))).not.toHaveProperty(
    'exit_signal_checked_late',
  );
});
