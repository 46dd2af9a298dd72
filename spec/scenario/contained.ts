import type { Call } from '../model/call.js';
import { HOLES, RO, RW } from '../model/memory.js';
import type { Step } from './scenario.js';

/** What a task of an arena may reach: its regions, and where nothing is mapped on any architecture. What lies elsewhere is the probe's own. */
const ALLOWED: readonly (readonly [from: bigint, to: bigint])[] = [
  [0n, RO - RW],
  [RW, RW + 0x6_0000n],
  [RW + 0x10_0000n, RW + 0x50_0000n],
  ...HOLES,
];
/** Standard input, output and error belong to the probe, whatever table of descriptors a task has. */
const FIRST_DESCRIPTOR = 3;

/** Addresses that a task, or the kernel for it, may write to. */
const isAllowed = (address: bigint): boolean => ALLOWED.some(([from, to]) => address >= from && address < to);

/** Why a call reaches memory of the probe; undefined where it does not. */
export function whyNotContainedCall(call: Call): string | undefined {
  const pointers = pointersOf(call);
  const bad = pointers.find(([, address]) => !isAllowed(address));
  return bad === undefined ? undefined : `${bad[0]} is ${hex(bad[1])}, which is not memory of the arena`;
}

/** What the kernel writes through. */
function pointersOf(call: Call): readonly (readonly [string, bigint])[] {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return [];
    case 'clone':
      return [
        ['parent_tid', call.parent_tid],
        ['child_tid', call.child_tid],
      ];
    case 'clone3': {
      const { pidfd, parent_tid, child_tid } = call.args;
      return [
        ['pidfd', pidfd],
        ['parent_tid', parent_tid],
        ['child_tid', child_tid],
      ];
    }
  }
}

/** Why a step reaches what is the probe's; undefined where it does not. */
export function whyNotContained(step: Step): string | undefined {
  if (step.op === 'clone') return whyNotContainedCall(step.call);
  const address = 'at' in step ? step.at : 'pidfd' in step ? step.pidfd : undefined;
  if (address !== undefined && !isAllowed(address)) return `${hex(address)} is not memory of the arena`;
  for (const fd of ['fd' in step ? step.fd : undefined, step.op === 'dup' ? step.to : undefined])
    if (fd !== undefined && fd < FIRST_DESCRIPTOR) return `descriptor ${String(fd)} is the probe's own`;
  return undefined;
}

export function isContained(step: Step): boolean {
  return whyNotContained(step) === undefined;
}

function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
}
