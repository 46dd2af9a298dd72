import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { flagSets } from '../generators/index.js';
import { localTarget, withSession, type Observation } from '../harness/index.js';
import { RW, clone, clone3, formatCall, type Caller } from './index.js';

/**
 * clone(flags) and clone3(the same) are alike: asked for the same, they refuse the same or make a child both. Where clone3 is stricter by
 * design — CLONE_DETACHED, an exit signal for a thread or a sibling, one above 64 — it is not asked.
 */
const PAIRS = 20_000;
const CLONE_DETACHED = 0x40_0000n;
const CLONE_PARENT_SETTID = 0x10_0000n;
const CLONE_PIDFD = 0x1000n;
const WITHOUT_SIGNAL = 0x1_8000n;
const WORDS = { parent_tid: RW + 0x100n, child_tid: RW + 0x108n };

const pairs = fc
  .record({ flags: flagSets('clone'), signal: fc.constantFrom(0n, 10n, 17n, 34n, 64n) })
  .map(({ flags, signal }) => {
    // With both, clone() would store pidfd and TID at one address.
    const asked = flags & 0xffff_ff00n & ~CLONE_DETACHED & ~((flags & CLONE_PIDFD) === 0n ? 0n : CLONE_PARENT_SETTID);
    const exit_signal = (asked & WITHOUT_SIGNAL) === 0n ? signal : 0n;
    return [
      clone(asked | exit_signal, { ...WORDS, tls: 0n }),
      clone3({ flags: asked, exit_signal, ...WORDS, pidfd: WORDS.parent_tid }),
    ] as const;
  });

function outcome(observation: Observation | undefined): string {
  if (observation?.kind === 'refused') return observation.errno;
  return observation?.kind ?? 'no answer';
}

describe('clone(flags) and clone3(the same) are alike', () => {
  const callers: readonly Caller[] = [
    { name: 'self', attributes: [] },
    { name: 'user', attributes: ['user'] },
  ];
  test.each(callers)(`as $name, ${String(PAIRS / 2)} pairs`, async (caller) => {
    const list = fc.sample(pairs, { numRuns: PAIRS / 2 });
    const { observations } = await withSession(localTarget(), (session) => session.run(caller, list.flat()));
    const unlike = list.flatMap(([first, second], index) => {
      const [one, other] = [outcome(observations[2 * index]), outcome(observations[2 * index + 1])];
      return one === other ? [] : [`${formatCall(first)}: ${one}, but ${formatCall(second)}: ${other}`];
    });
    expect(unlike).toEqual([]);
    expect(new Set(observations.map(outcome)).size).toBeGreaterThan(1);
  });
});
