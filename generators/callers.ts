import fc from 'fast-check';
import { CALLERS, type Caller } from '../spec/index.js';

/** Attributes of the host that go together in any order in which they are listed here. */
const COMBINABLE = ['chroot', 'cgroups', 'pidns', 'user', 'no-new-privs', 'userns', 'nofile', 'threads'] as const;
const LAST = [
  'nproc=0',
  'unshare-pid',
  'unshare-time',
  'dead-pidns',
  'pidns-init',
  'deadline',
  'max-all=0',
  'seccomp-container',
  'no-caps',
] as const;

/** Callers: the named ones, and now and then several of their states at once. */
export function callers(): fc.Arbitrary<Caller> {
  const named = fc.constantFrom(...CALLERS.map(({ name, attributes }): Caller => ({ name, attributes })));
  const combined = fc
    .tuple(fc.subarray([...COMBINABLE], { minLength: 1, maxLength: 3 }), fc.option(fc.constantFrom(...LAST)))
    .map(([first, last]): Caller => {
      const attributes =
        last === null || (last === 'max-all=0' && !first.includes('userns')) ? first : [...first, last];
      return { name: attributes.join('+'), attributes };
    });
  return fc.oneof({ weight: 3, arbitrary: named }, { weight: 1, arbitrary: combined });
}
