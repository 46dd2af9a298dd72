/**
 * Every set of at most `most` of the bits given, each as the mask of its bits, smaller sets first.
 *
 * @param bits - masks, each of its own bit
 */
export function* everyFlagSet(bits: readonly bigint[], most: number): Generator<bigint> {
  function* extend(from: number, mask: bigint, left: number): Generator<bigint> {
    if (left === 0) {
      yield mask;
      return;
    }
    for (let index = from; index < bits.length; index++) yield* extend(index + 1, mask | (bits[index] ?? 0n), left - 1);
  }
  for (let size = 0; size <= Math.min(most, bits.length); size++) yield* extend(0, 0n, size);
}
