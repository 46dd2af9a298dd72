import { CLONE_ARGS_FIELDS, CLONE_ARGS_SIZE_VER2, CSIGNAL, FLAGS, TIDS, type Call } from '../spec/index.js';
import type { Case } from './case.js';
import { minimise, type Budget, type Minimum, type Problem, type Simpler } from './minimise.js';
import { simplerCallers } from './simpler-callers.js';
import { callLine } from './wire.js';

/** A structure of this size holds every field. */
const WHOLE = BigInt(CLONE_ARGS_SIZE_VER2);

/** What reducing a case came to. */
export interface Reduction extends Omit<Minimum<Case, undefined>, 'subject' | 'seen'> {
  readonly minimal: Case;
}

/**
 * Takes away flags, arguments and caller attributes as long as the same finding remains. The result is 1-minimal: no single
 * removal keeps it.
 *
 * @param original - a case that shows the finding
 * @param shows - runs candidates, and says of each whether it shows the same finding, or why not
 * @param whyNot - says why a candidate cannot show it, so that it need not be run
 */
export async function reduce(
  original: Case,
  shows: Problem<Case, undefined>['shows'],
  { budget, whyNot }: { readonly budget?: Budget; readonly whyNot?: Problem<Case, undefined>['whyNot'] } = {},
): Promise<Reduction> {
  const problem = { keyOf, simpler, shows, ...(whyNot && { whyNot }) };
  const { subject, runs, complete, needed } = await minimise(original, undefined, problem, budget);
  return { minimal: subject, runs, complete, needed };
}

/** All that a probe is told of a case. */
function keyOf({ caller, call }: Case): string {
  return `${caller.attributes.join(' ')}: ${callLine('', call)}`;
}

/** Every case that is one step simpler, those that take away most first. */
export function simpler({ caller, call }: Case): readonly Simpler<Case>[] {
  return [
    ...simplerCallers(caller).map((plain) => ({ ...plain, subject: { caller: plain.subject, call } })),
    ...simplerCalls(call).map((plain) => ({ ...plain, subject: { caller, call: plain.subject } })),
  ];
}

type SimplerCall = Simpler<Call>;

function simplerCalls(call: Call): readonly SimplerCall[] {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return [];
    case 'clone':
      return simplerClone(call);
    case 'clone3':
      return simplerClone3(call);
  }
}

function simplerClone(call: Extract<Call, { call: 'clone' }>): readonly SimplerCall[] {
  const signal = call.flags & CSIGNAL;
  const zeroed = (['stack', 'parent_tid', 'child_tid', 'tls'] as const)
    .filter((field) => call[field] !== 0n)
    .map((field): SimplerCall => ({ subject: { ...call, [field]: 0n }, without: field }));
  return [
    ...fewerFlags(call.flags & ~CSIGNAL).map(({ subject: flags, ...rest }): SimplerCall => {
      return { subject: { ...call, flags: flags | signal }, ...rest };
    }),
    ...(signal === 0n ? [] : [{ subject: { ...call, flags: call.flags & ~CSIGNAL }, without: 'the exit signal' }]),
    ...zeroed,
  ];
}

function simplerClone3(call: Extract<Call, { call: 'clone3' }>): readonly SimplerCall[] {
  const { args, size, tids, tail, readable, uargs, ...plain } = call;
  const odd = {
    ...(tail !== undefined && { tail }),
    ...(readable !== undefined && { readable }),
    ...(uargs !== undefined && { uargs }),
  };
  const changed = (change: Partial<typeof call>): Call => ({ ...plain, args, size, tids, ...odd, ...change });
  const lacking = (...fields: readonly (keyof typeof args)[]): Call =>
    changed({ args: { ...args, ...Object.fromEntries(fields.map((field) => [field, 0n])) } });
  const simpler: SimplerCall[] = fewerFlags(args.flags).map(({ subject: flags, ...rest }) => ({
    subject: changed({ args: { ...args, flags } }),
    ...rest,
  }));
  const asksForTids = args.set_tid !== 0n || args.set_tid_size !== 0n || tids.length > 0;
  if (asksForTids) {
    const unasked = changed({ args: { ...args, set_tid: 0n, set_tid_size: 0n }, tids: [] });
    simpler.push({ subject: unasked, without: 'set_tid' });
  }
  const isGiven = (field: keyof typeof args): boolean => field !== 'flags' && args[field] !== 0n;
  for (const field of CLONE_ARGS_FIELDS.filter(isGiven)) {
    // Half of a pair that goes as a whole too.
    const isHalf = field === 'set_tid' || field === 'set_tid_size';
    simpler.push({
      subject: lacking(field),
      without: isHalf ? `${field} alone` : field === 'exit_signal' ? 'the exit signal' : field,
    });
  }
  if (args.stack !== 0n && args.stack_size !== 0n) simpler.push({ subject: lacking('stack', 'stack_size') });
  if (tids.length > 1 && args.set_tid_size === BigInt(tids.length)) {
    for (const [index, tid] of tids.entries()) {
      const fewer = tids.filter((_, other) => other !== index);
      const subject = changed({ args: { ...args, set_tid_size: BigInt(fewer.length) }, tids: fewer });
      simpler.push({ subject, without: `${String(tid)} at level ${String(index)} of set_tid` });
    }
  }
  // Numbers that nothing points at or that lie behind the end.
  const used = args.set_tid === TIDS ? tids.slice(0, Number(args.set_tid_size)) : [];
  if (used.length < tids.length) {
    simpler.push({ subject: changed({ tids: used }), without: 'the TIDs behind the end of set_tid' });
  }
  if (size !== WHOLE) simpler.push({ subject: changed({ size: WHOLE }), without: `the size ${String(size)}` });
  for (const oddity of ['tail', 'readable', 'uargs'] as const) {
    if (odd[oddity] === undefined) continue;
    const { [oddity]: gone, ...rest } = { ...plain, args, size, tids, ...odd };
    simpler.push({ subject: rest, without: oddity });
  }
  return simpler;
}

/** Masks with half of their bits gone, then with each bit gone. */
function fewerFlags(mask: bigint): readonly Simpler<bigint>[] {
  const bits: { readonly value: bigint; readonly name: string }[] = FLAGS.filter(({ value }) => (mask & value) !== 0n);
  for (let bit = 0n; bit < 64n; bit++) {
    const value = 1n << bit;
    if ((mask & value) !== 0n && !bits.some((known) => known.value === value)) bits.push({ value, name: `bit ${bit}` });
  }
  const without = (gone: readonly { readonly value: bigint }[]): bigint =>
    gone.reduce((left, { value }) => left & ~value, mask);
  const middle = Math.floor(bits.length / 2);
  const big = bits.length > 3 ? [bits.slice(0, middle), bits.slice(middle)] : [];
  return [
    ...big.map((gone) => ({ subject: without(gone) })),
    ...bits.map((bit) => ({ subject: without([bit]), without: bit.name })),
  ];
}
