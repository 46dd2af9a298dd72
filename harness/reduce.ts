import { CLONE_ARGS_FIELDS, FLAGS, TIDS, type Call, type Caller } from '../spec/index.js';
import type { Case } from './case.js';
import { callLine } from './wire.js';

/** What reducing a case came to. */
export interface Reduction {
  readonly minimal: Case;
  /** Candidates that were run. */
  readonly runs: number;
  /** False where the budget ended the reduction before no single removal was left. */
  readonly complete: boolean;
}

/**
 * Takes away flags, arguments and caller attributes as long as the same finding remains. The result is 1-minimal: no single
 * removal keeps it.
 *
 * @param original - a case that shows the finding
 * @param shows - runs candidates, and says of each whether it shows the same finding; a batch at once, since that is cheap
 * @param budget - at most so many candidates are run
 */
export async function reduce(
  original: Case,
  shows: (candidates: readonly Case[]) => Promise<readonly boolean[]>,
  budget = 400,
): Promise<Reduction> {
  const answers = new Map<string, boolean>();
  let minimal = original;
  for (;;) {
    const candidates = simpler(minimal);
    const open = new Map(candidates.map((candidate) => [key(candidate), candidate]));
    for (const known of answers.keys()) open.delete(known);
    const asked = [...open].slice(0, budget - answers.size);
    if (asked.length > 0) {
      const shown = await shows(asked.map(([, candidate]) => candidate));
      for (const [index, [name]] of asked.entries()) answers.set(name, shown[index] === true);
    }
    const best = candidates.find((candidate) => answers.get(key(candidate)) === true);
    if (best === undefined) return { minimal, runs: answers.size, complete: asked.length === open.size };
    minimal = best;
  }
}

/** All that a probe is told of a case. */
function key({ caller, call }: Case): string {
  return `${caller.attributes.join(' ')}: ${callLine('', call)}`;
}

/** Every case that is one step simpler, those that take away most first. */
export function simpler({ caller, call }: Case): readonly Case[] {
  return [
    ...simplerCallers(caller).map((candidate) => ({ caller: candidate, call })),
    ...simplerCalls(call).map((candidate) => ({ caller, call: candidate })),
  ];
}

function simplerCallers(caller: Caller): readonly Caller[] {
  const { attributes } = caller;
  if (attributes.length === 0) return [];
  const plain: Caller[] = [{ name: 'root', attributes: [] }];
  if (attributes.length > 1 || attributes[0] !== 'user') plain.push({ name: 'user', attributes: ['user'] });
  if (attributes.length === 1) return attributes[0] === 'user' ? [{ name: 'root', attributes: [] }] : plain;
  const fewer = attributes.map((_, index): Caller => {
    const rest = attributes.filter((__, other) => other !== index);
    return { name: rest.join('+'), attributes: rest };
  });
  return [...plain, ...fewer];
}

function simplerCalls(call: Call): readonly Call[] {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return [];
    case 'clone': {
      const zeroed = (['stack', 'parent_tid', 'child_tid', 'tls'] as const)
        .filter((field) => call[field] !== 0n)
        .map((field): Call => ({ ...call, [field]: 0n }));
      const signal: Call[] = (call.flags & 0xffn) === 0n ? [] : [{ ...call, flags: call.flags & ~0xffn }];
      return [
        ...halves(call.flags & ~0xffn).map((flags): Call => ({ ...call, flags: flags | (call.flags & 0xffn) })),
        ...signal,
        ...zeroed,
      ];
    }
    case 'clone3': {
      const { args, size, tids, tail, readable, uargs, ...plain } = call;
      const odd = {
        ...(tail !== undefined && { tail }),
        ...(readable !== undefined && { readable }),
        ...(uargs !== undefined && { uargs }),
      };
      const with_ = (change: Partial<typeof call>): Call => ({ ...plain, args, size, tids, ...odd, ...change });
      const simpler: Call[] = halves(args.flags).map((flags) => with_({ args: { ...args, flags } }));
      if (args.set_tid !== 0n || args.set_tid_size !== 0n || tids.length > 0) {
        simpler.push(with_({ args: { ...args, set_tid: 0n, set_tid_size: 0n }, tids: [] }));
      }
      for (const field of CLONE_ARGS_FIELDS) {
        if (field !== 'flags' && args[field] !== 0n) simpler.push(with_({ args: { ...args, [field]: 0n } }));
      }
      if (args.stack !== 0n && args.stack_size !== 0n)
        simpler.push(with_({ args: { ...args, stack: 0n, stack_size: 0n } }));
      if (tids.length > 1 && args.set_tid_size === BigInt(tids.length)) {
        for (const index of tids.keys()) {
          const fewer = tids.filter((_, other) => other !== index);
          simpler.push(with_({ args: { ...args, set_tid_size: BigInt(fewer.length) }, tids: fewer }));
        }
      }
      // Numbers that nothing points at or that lie behind the end.
      const used = args.set_tid === TIDS ? tids.slice(0, Number(args.set_tid_size)) : [];
      if (used.length < tids.length) simpler.push(with_({ tids: used }));
      if (size !== 88n) simpler.push(with_({ size: 88n }));
      if (tail !== undefined) simpler.push({ ...plain, args, size, tids, ...(readable !== undefined && { readable }) });
      if (readable !== undefined) simpler.push({ ...plain, args, size, tids, ...(tail !== undefined && { tail }) });
      if (uargs !== undefined) simpler.push({ ...plain, args, size, tids });
      return simpler;
    }
  }
}

/** Masks with half of their bits gone, then with each bit gone. */
function halves(mask: bigint): readonly bigint[] {
  const bits: bigint[] = [];
  for (const { value } of FLAGS) if ((mask & value) !== 0n) bits.push(value);
  for (let bit = 0n; bit < 64n; bit++) {
    const value = 1n << bit;
    if ((mask & value) !== 0n && !bits.includes(value)) bits.push(value);
  }
  const without = (gone: readonly bigint[]): bigint => gone.reduce((left, bit) => left & ~bit, mask);
  const middle = Math.floor(bits.length / 2);
  const big = bits.length > 3 ? [without(bits.slice(0, middle)), without(bits.slice(middle))] : [];
  return [...big, ...bits.map((bit) => without([bit]))];
}
