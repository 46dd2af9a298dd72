import { BitModel, FLAGS, NOTHING, OPEN, clone, type Facts, type Order } from '../../spec/index.js';
import type { Environment } from '../environment.js';
import type { Range } from './ranges.js';
import type { Bulk, SweepSpace } from './spaces.js';
import type { Tally } from './tally.js';
import type { Words } from './words.js';

/** Flags that something around the kernel answers for, with the reason. */
interface Forbidden {
  readonly mask: number;
  readonly why: string;
}

/** Judges the words that a probe swept by itself. Made for the facts of one caller. */
export class WordJudge {
  private readonly models = new Map<number, BitModel>();
  private readonly forbidden: readonly Forbidden[];
  private readonly everyFlag: number;

  constructor(
    private readonly facts: Facts,
    private readonly rest: Bulk['rest'],
    private readonly order: Order,
    environment: Environment,
  ) {
    this.forbidden = FLAGS.filter(({ calls }) => calls.includes('clone')).flatMap(({ value }) => {
      const why = environment.forbids(clone(value));
      return why === undefined ? [] : [{ mask: Number(value), why }];
    });
    this.everyFlag = this.forbidden.reduce((mask, { mask: more }) => mask | more, 0);
  }

  /** For one exit signal. */
  private modelOf(signal: number): BitModel {
    let model = this.models.get(signal);
    if (model === undefined) {
      model = new BitModel(this.facts, clone(BigInt(signal), this.rest), this.order);
      this.models.set(signal, model);
    }
    return model;
  }

  /** Judges each word of a range. */
  judge(space: SweepSpace, { from, to }: Range, { outcomes, each }: Words, tally: Tally): void {
    const first = space.callAt(from);
    if (first.call !== 'clone' || space.bulk === undefined) throw new Error(`${space.name} is not swept by the probe`);
    const step = Number(space.bulk.step);
    const counts = new Uint32Array(outcomes.length);
    const lost = outcomes.indexOf('lost');
    const letters = new Map(outcomes.map((outcome, letter) => [outcome === 'child' ? 'success' : outcome, letter]));
    let model: BitModel | undefined;
    let expected: readonly number[] = [];
    const success = letters.get('success') ?? -1;
    let word = Number(first.flags);
    for (let index = from; index < to; index++, word += step) {
      const letter = each[index - from] ?? 0;
      counts[letter] = (counts[letter] ?? 0) + 1;
      if ((word & this.everyFlag) !== 0) {
        tally.unjudged('blocked', this.forbidden.find(({ mask }) => (word & mask) !== 0)?.why ?? '', 1);
        continue;
      }
      if (model === undefined || step < 0x100) {
        model = this.modelOf(word & 0xff);
        expected = this.expectedLetters(model, letters);
      }
      const decided = model.decide(word);
      if (decided === OPEN) {
        const allowed = model.allowed(word).some((outcome) => letters.get(outcome) === letter);
        if (allowed) tally.open++;
        else tally.doubts.push({ index, lost: letter === lost });
      } else if (letter !== (decided === NOTHING ? success : expected[decided])) {
        tally.doubts.push({ index, lost: letter === lost });
      }
    }
    tally.words += to - from;
    for (const [letter, outcome] of outcomes.entries()) tally.came(outcome, counts[letter] ?? 0);
  }

  private readonly lettersOf = new WeakMap<BitModel, WeakMap<object, readonly number[]>>();

  /** For each clause of a model the letter of its errno; -1 where no word of the answer came to that. */
  private expectedLetters(model: BitModel, letters: ReadonlyMap<string, number>): readonly number[] {
    let known = this.lettersOf.get(model);
    if (known === undefined) this.lettersOf.set(model, (known = new WeakMap()));
    let expected = known.get(letters);
    if (expected === undefined) {
      expected = model.clauses.map(({ errno }) => letters.get(errno) ?? -1);
      known.set(letters, expected);
    }
    return expected;
  }
}
