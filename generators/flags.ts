import fc from 'fast-check';
import { FLAGS } from '../spec/index.js';
import { IDIOMS } from './idioms.js';
import { flagsOf } from './rules.js';

/** Flags that are dear to the kernel when they succeed: network namespaces are set up and torn down in half a millisecond. */
const DEAR = new Set(['CLONE_NEWNET']);

/** A single flag that the call can pass; dear ones seldom. */
export function flagBits(call: 'clone' | 'clone3'): fc.Arbitrary<bigint> {
  const options = FLAGS.filter(({ calls, refused }) => calls.includes(call) || refused.includes(call));
  return fc.oneof(
    ...options.map(({ name, value }) => ({ weight: DEAR.has(name) ? 1 : 8, arbitrary: fc.constant(value) })),
  );
}

/**
 * Masks of flags: small sets, which isolate rules; the sets of idioms with bits added and taken away; and now and then any
 * word at all.
 */
export function flagSets(call: 'clone' | 'clone3'): fc.Arbitrary<bigint> {
  const bit = flagBits(call);
  const some = fc.array(bit, { maxLength: 4 }).map((bits) => bits.reduce((mask, value) => mask | value, 0n));
  const idioms = IDIOMS.map(({ call: idiom }) => flagsOf(idiom)).filter((mask) => mask !== 0n);
  const perturbed = fc
    .tuple(fc.constantFrom(...idioms), fc.array(bit, { maxLength: 2 }))
    .map(([mask, bits]) => bits.reduce((flags, value) => flags ^ value, mask));
  const known = FLAGS.filter(({ calls }) => calls.includes(call)).reduce((mask, { value }) => mask | value, 0n);
  const any = fc
    .bigInt({ min: 0n, max: call === 'clone' ? 0xffff_ffffn : (1n << 38n) - 1n })
    .map((word) => word & known);
  return fc.oneof({ weight: 6, arbitrary: some }, { weight: 3, arbitrary: perturbed }, { weight: 1, arbitrary: any });
}
