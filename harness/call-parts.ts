import { CLONE_ARGS_SIZE_VER2, CSIGNAL, type Call } from '../spec/index.js';

/** Every flag of the part is in the whole, and every argument that it gives is given. A part that gives none is its call. */
export function holdsAll(whole: Call, part: Call, agree: (one: unknown, another: unknown) => boolean): boolean {
  const inner = partsOf(part);
  const outer = partsOf(whole);
  if (inner.flags === 0n && inner.given.size === 0) return whole.call === part.call;
  return (
    (inner.flags & ~outer.flags) === 0n &&
    [...inner.given].every(([name, value]) => outer.given.has(name) && agree(outer.given.get(name), value))
  );
}

/** Flags, and the arguments that are not as they would be if nobody had thought of them. */
function partsOf(call: Call): { readonly flags: bigint; readonly given: ReadonlyMap<string, unknown> } {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return { flags: 0n, given: new Map() };
    case 'clone': {
      const { flags, stack, parent_tid, child_tid, tls } = call;
      const values = { exit_signal: flags & CSIGNAL, stack, parent_tid, child_tid, tls };
      return { flags: flags & ~CSIGNAL, given: given(values) };
    }
    case 'clone3': {
      const { args, size, tids, tail, readable, uargs } = call;
      const { flags, ...values } = args;
      const beyond = size - BigInt(CLONE_ARGS_SIZE_VER2);
      const odd = { tids: tids.join(), tail: tail && JSON.stringify(tail), readable, uargs: uargs?.toString() };
      return { flags, given: given({ ...values, size: beyond, ...odd }) };
    }
  }
}

function given(values: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(values).filter(([, value]) => value !== 0n && value !== undefined && value !== ''));
}
