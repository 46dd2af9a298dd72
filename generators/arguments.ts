import fc from 'fast-check';
import { DESCRIPTOR, EDGE, NONE, RO, RW, STACK, STACK_SIZE, PID_MAX_LIMIT, type Tid } from '../spec/index.js';

/** Addresses at which a kernel's answer changes: none, the first page, good, read-only, cut off, not mapped, kernel, the last. */
export const pointers: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0n) },
  { weight: 6, arbitrary: fc.constantFrom(RW + 0x100n, RW + 0x108n, RW + 0x110n) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      8n,
      RO,
      EDGE,
      NONE,
      NONE - 4n,
      NONE - 2n,
      0x8000_0000_0000n,
      0xffff_8000_0000_0000n,
      0xffff_ffff_ffff_fff8n,
    ),
  },
);

/** Exit signals: the usual one, none, the ends of every range. */
export const exitSignals: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(17n) },
  { weight: 3, arbitrary: fc.constant(0n) },
  { weight: 3, arbitrary: fc.constantFrom(1n, 9n, 19n, 31n, 32n, 63n, 64n, 65n, 127n, 128n, 145n, 255n) },
);

/** Exit signals that only clone3's 64-bit field can hold. */
export const wideExitSignals: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 8, arbitrary: exitSignals },
  { weight: 1, arbitrary: fc.constantFrom(256n, 273n, 1n << 32n, (1n << 32n) | 17n, 1n << 63n, (1n << 64n) - 1n) },
);

/** TLS values around the end of user space, and one that is good on every architecture. */
export const tlsValues: fc.Arbitrary<bigint> = fc.constantFrom(
  0n,
  DESCRIPTOR,
  0x7fff_ffff_efffn,
  0x7fff_ffff_f000n,
  0x8000_0000_0000n,
  0xff_ffff_ffff_f000n,
  0xffff_8000_0000_0000n,
  0xffff_ffff_ffff_ffffn,
);

/** stack and stack_size of clone3. */
export const stacks: fc.Arbitrary<{ readonly stack: bigint; readonly stack_size: bigint }> = fc.constantFrom(
  { stack: 0n, stack_size: 0n },
  { stack: STACK, stack_size: STACK_SIZE },
  { stack: STACK, stack_size: 1n },
  { stack: 1n, stack_size: 1n },
  { stack: 0n, stack_size: 1n },
  { stack: STACK, stack_size: 0n },
  { stack: 1n, stack_size: 0n },
  { stack: NONE, stack_size: 0x100n },
  { stack: STACK, stack_size: 0xffff_ffff_ffff_ff00n },
  { stack: 0xffff_ffff_ffff_f000n, stack_size: 0x1000n },
  { stack: 0xffff_8000_0000_0000n, stack_size: 0x10n },
);

/** Sizes of the structure, in bytes: the published ones, those beside them, a page and more. */
export const argsSizes: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(88n) },
  { weight: 3, arbitrary: fc.constantFrom(64n, 72n, 80n, 96n, 128n, 4096n) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0n, 1n, 63n, 65n, 79n, 81n, 87n, 89n, 4095n, 4097n, 65_537n, 0xffff_ffff_ffff_ffffn),
  },
);

/** Elements of set_tid. */
export const tids: fc.Arbitrary<Tid> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Tid>('free') },
  { weight: 2, arbitrary: fc.constant<Tid>('self') },
  { weight: 3, arbitrary: fc.constantFrom<Tid>(1, 0, -1, PID_MAX_LIMIT, 0x7fff_ffff, -0x8000_0000) },
);

/** Descriptors passed as cgroup: those of `harness/probe/README.md`, closed ones, and what is no descriptor. */
export const cgroupFds: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(10n, 11n, 12n, 13n, 14n, 15n, 16n, 17n) },
  { weight: 2, arbitrary: fc.constantFrom(99n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 1n << 32n, (1n << 64n) - 1n) },
);
