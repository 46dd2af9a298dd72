import { CSIGNAL, FLAGS, type Call } from '../spec/index.js';
import type { Observation } from './case.js';
import type { Judgement } from './judge.js';

/** What became of the calls that held two flags; of those that held one, where both are the same. */
export interface PairCount {
  readonly flags: readonly [string, string];
  readonly accepted: number;
  readonly refused: number;
  /** Of these, not as predicted. */
  readonly differs: number;
}

const NAMES = FLAGS.map(({ name }) => name);
const INDEX = new Map(FLAGS.map(({ bit }, index) => [bit, index]));
const SIZE = NAMES.length;

/** Counts, for every two flags, what became of the calls that held both. A few additions a call. */
export class PairCounts {
  private readonly accepted = new Float64Array(SIZE * SIZE);
  private readonly refused = new Float64Array(SIZE * SIZE);
  private readonly differs = new Float64Array(SIZE * SIZE);

  /** Takes a call that was judged; others say nothing of its flags. */
  add(call: Call, observation: Observation, { verdict }: Judgement): void {
    if (verdict !== 'pass' && verdict !== 'fail') return;
    if (observation.kind !== 'refused' && observation.kind !== 'child') return;
    const outcome = observation.kind === 'child' ? this.accepted : this.refused;
    const set = indices(flagsOf(call));
    for (const [position, row] of set.entries()) {
      for (let other = position; other < set.length; other++) {
        const cell = row * SIZE + (set[other] ?? 0);
        outcome[cell] = (outcome[cell] ?? 0) + 1;
        if (verdict === 'fail') this.differs[cell] = (this.differs[cell] ?? 0) + 1;
      }
    }
  }

  /** Every two flags that some call held. */
  counts(): readonly PairCount[] {
    return NAMES.flatMap((one, row) =>
      NAMES.flatMap((two, column): readonly PairCount[] => {
        const cell = row * SIZE + column;
        const [accepted = 0, refused = 0, differs = 0] = [this.accepted[cell], this.refused[cell], this.differs[cell]];
        return accepted + refused === 0 ? [] : [{ flags: [one, two], accepted, refused, differs }];
      }),
    );
  }
}

/** The word of flags that the kernel reads; 0 where it reads none. */
function flagsOf(call: Call): bigint {
  if (call.call === 'clone') return call.flags & ~CSIGNAL;
  return call.call === 'clone3' && call.uargs === undefined ? call.args.flags : 0n;
}

/** Places in {@link NAMES} of the flags set, by bit. */
function indices(flags: bigint): readonly number[] {
  const found: number[] = [];
  for (const [start, half] of [
    [0, Number(flags & 0xffff_ffffn)],
    [32, Number((flags >> 32n) & 0xffff_ffffn)],
  ] as const) {
    for (let rest = half; rest !== 0;) {
      const bit = 31 - Math.clz32(rest & -rest);
      const index = INDEX.get(start + bit);
      if (index !== undefined) found.push(index);
      rest &= rest - 1;
    }
  }
  return found;
}
