import { CSIGNAL, SPECIFICATION, predict, type Call, type Facts } from '../spec/index.js';
import type { Case } from './case.js';
import type { Finding } from './findings.js';
import type { JudgeOptions } from './judge-case.js';

/**
 * Says whether findings that are known explain a difference together: Linux would answer so if it had not some of the rules that are found
 * missing, the first of those that refuse the call, and did not know the flags that are found to be ignored. A rule that is found missing may
 * be there where another call asks for it.
 *
 * @param facts - of the case's caller
 */
export function explainedTogether(
  known: readonly Finding[],
  { call }: Case,
  observed: Finding['observed'],
  facts: Facts,
  { order, specification = SPECIFICATION }: JudgeOptions,
): boolean {
  const accepted = known.filter(({ kind }) => kind === 'missing' || kind === 'accepted');
  if (accepted.length === 0) return false;
  const missing = new Set(accepted.map(({ clause }) => clause));
  const ignored = accepted.reduce((flags, finding) => flags | ignoredFlag(finding), 0n);
  const asked = withoutFlags(call, ignored);
  const gone = new Set<string>();
  for (;;) {
    const without = specification.with((clause) => (gone.has(clause.id) ? undefined : clause));
    const { allowed, refusals } = predict(facts, asked, { order, specification: without });
    if (allowed.includes(observed)) return true;
    const [winner] = refusals;
    if (winner === undefined || !missing.has(winner.id) || gone.has(winner.id)) return false;
    gone.add(winner.id);
  }
}

/** A call that asks for one thing only, to be stored where nothing can be, and succeeds: it does not look at the flag. */
function ignoredFlag({ expected, observed, minimal: { call } }: Finding): bigint {
  if (observed !== 'success' || !expected.includes('EFAULT')) return 0n;
  const flags = call.call === 'clone' ? call.flags & ~CSIGNAL : call.call === 'clone3' ? call.args.flags : 0n;
  return (flags & (flags - 1n)) === 0n ? flags : 0n;
}

function withoutFlags(call: Call, flags: bigint): Call {
  if (call.call === 'clone') return { ...call, flags: call.flags & ~flags };
  if (call.call === 'clone3') return { ...call, args: { ...call.args, flags: call.args.flags & ~flags } };
  return call;
}
