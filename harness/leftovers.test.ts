import { expect, test } from '@jest/globals';
import { leftOver, type Belongings } from './leftovers.js';

const NOTHING: Belongings = { children: ['7'], files: ['probe'], mounts: '1 / /\n', descriptors: 20, cgroups: [] };

test('what came and stayed is named, one line each', () => {
  const now: Belongings = {
    children: ['7', '8'],
    files: ['probe', 'scratch'],
    mounts: '1 / /\n2 / /proc\n',
    descriptors: 22,
    cgroups: ['/sys/fs/cgroup/clonecheck-9'],
  };
  expect(leftOver(NOTHING, now)).toEqual([
    'process 8',
    'file scratch',
    'mount 2 / /proc',
    'cgroup /sys/fs/cgroup/clonecheck-9',
    '2 more open descriptors',
  ]);
});

test('what was there before is no leftover, nor what has gone', () => {
  expect(leftOver(NOTHING, NOTHING)).toEqual([]);
  expect(leftOver(NOTHING, { ...NOTHING, children: [], files: [], mounts: '', descriptors: 19 })).toEqual([]);
});
