import fc from 'fast-check';
import { InputError } from '../spec/index.js';
import { mutationsOf } from './mutations.js';
import type { Parser } from './parser.js';

/** What a parser made of mutated inputs. */
export interface Fed {
  readonly inputs: number;
  readonly valid: number;
  readonly refused: number;
  /** The most of a processor that one input took. */
  readonly slowest: { readonly milliseconds: number; readonly text: string };
  readonly crashes: readonly Crash[];
}

/** An input that was neither read nor refused as it should be. */
export interface Crash {
  readonly text: string;
  readonly why: string;
}

/** Inputs are made so many at a time, each such batch from a seed of its own. */
export const BATCH = 1_000;
/** So many crashes are kept; there is no need for more. */
const MOST_CRASHES = 5;

/**
 * Feeds a parser with mutated inputs.
 *
 * @param count - inputs
 * @param announce - called before each batch with the number of inputs so far
 */
export async function feed(
  parser: Parser,
  count: number,
  seed: number,
  announce: (done: number) => void = () => undefined,
): Promise<Fed> {
  let [valid, refused] = [0, 0];
  let slowest: Fed['slowest'] = { milliseconds: 0, text: '' };
  const crashes: Crash[] = [];
  const inputs = mutationsOf(parser.examples);
  for (let done = 0; done < count; done += BATCH) {
    announce(done);
    const numRuns = Math.min(BATCH, count - done);
    for (const text of fc.sample(inputs, { seed: seed + done, numRuns })) {
      // Time of the processor: the machine may be busy with something else.
      const before = process.cpuUsage();
      const why = await whyNotWell(parser, text);
      const { user, system } = process.cpuUsage(before);
      const milliseconds = (user + system) / 1_000;
      if (milliseconds > slowest.milliseconds) slowest = { milliseconds, text };
      if (why === undefined) valid++;
      else if (why === REFUSED) refused++;
      else if (crashes.length < MOST_CRASHES) crashes.push({ text, why });
    }
  }
  return { inputs: count, valid, refused, slowest, crashes };
}

const REFUSED = 'refused';

/** Undefined for a valid value, {@link REFUSED} for a clear refusal, else what went wrong. */
async function whyNotWell(parser: Parser, text: string): Promise<string | undefined> {
  try {
    await parser.read(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
    return whyUnclear(error) ?? REFUSED;
  }
}

/** A refusal is a line that says what is wrong, of a length that people read, and has a hint. */
function whyUnclear({ message, hint }: InputError): string | undefined {
  if (message === '' || hint === '') return 'a refusal without a word';
  if (message.length > MOST_SAID || hint.length > MOST_SAID) return `a refusal of ${String(message.length)} characters`;
  if (UNSEEN.test(message) || UNSEEN.test(hint)) return `a refusal with what is not seen: ${JSON.stringify(message)}`;
  return undefined;
}

const MOST_SAID = 3_000;
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;
