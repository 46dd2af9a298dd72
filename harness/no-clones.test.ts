import { describe, expect, test } from '@jest/globals';
import { EFFECTS, callerNamed, flagValue, type Call } from '../spec/index.js';
import { KERNEL, ImaginedKernel, OPEN, type Bug } from './fixtures/imagined-kernel.js';
import { whyNoClone, whyNoClones } from './no-clones.js';

const CALLERS = ['root', 'user', 'userns-root'].map(callerNamed);
const whys = (bug: Bug, lacks = OPEN.lacks): Promise<ReadonlyMap<string, string>> =>
  whyNoClones(new ImaginedKernel(bug), KERNEL, { ...OPEN, lacks }, CALLERS);
const hasNewns = (call: Call): boolean => call.call === 'clone' && (call.flags & flagValue('CLONE_NEWNS')) !== 0n;
const effect = (id: string): (typeof EFFECTS)[number] => {
  const found = EFFECTS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no effect ${id}`);
  return found;
};

describe('a flag with which no clone goes any further', () => {
  test('is one that every caller is refused, whoever should be', async () => {
    const found = await whys(({ call }) => (hasNewns(call) ? 'EINVAL' : undefined));
    expect([...found]).toEqual([['CLONE_NEWNS', 'a clone with CLONE_NEWNS gets EINVAL here']]);
    expect(whyNoClone(effect('effects/newns'), found)).toBe('a clone with CLONE_NEWNS gets EINVAL here');
    expect(whyNoClone(effect('effects/no-newns'), found)).toBeUndefined();
  });

  test('is tried with a place for what it stores', async () => {
    const pidfd = flagValue('CLONE_PIDFD');
    const found = await whys(({ call }) =>
      call.call === 'clone' && (call.flags & pidfd) !== 0n ? 'EINVAL' : undefined,
    );
    expect([...found.keys()]).toEqual(['CLONE_PIDFD']);
  });

  test('is none that some caller gets a child by', async () => {
    const found = await whys(({ caller, call }) =>
      hasNewns(call) && caller.name !== 'userns-root' ? 'EINVAL' : undefined,
    );
    expect(found.size).toBe(0);
  });

  test('is none where all who should get a child do', async () => {
    expect((await whys(() => undefined)).size).toBe(0);
  });
});

test('without clone3 no clone has what only clone3 can ask for, set_tid among it', async () => {
  const found = await whys(
    () => undefined,
    ({ call }) => (call === 'clone3' ? 'no clone3' : undefined),
  );
  for (const id of ['effects/set-tid', 'effects/newtime', 'effects/clear-sighand', 'effects/into-cgroup'])
    expect(whyNoClone(effect(id), found)).toBe('no clone3');
  expect(whyNoClone(effect('effects/newns'), found)).toBeUndefined();
});
