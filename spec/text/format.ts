import { CSIGNAL, flagNames } from '../flags.js';
import { CLONE_ARGS_FIELDS, CLONE_ARGS_SIZE_VER2, type Call, type Clone3Call } from '../model/call.js';
import { NAMED_POINTERS, TIDS } from '../model/memory.js';
import { signalName } from './signals.js';

/**
 * A call as one line, much as strace prints it; what is zero is left out, so that a reduced call shows what it needs and
 * nothing more. {@link parseCall} reads it back.
 */
export function formatCall(call: Call): string {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return `${call.call}()`;
    case 'clone': {
      const rest = (['stack', 'parent_tid', 'child_tid', 'tls'] as const)
        .filter((field) => call[field] !== 0n)
        .map((field) => `${field}=${formatPointer(call[field])}`);
      return `clone(${[formatFlags(call.flags, true), ...rest].join(', ')})`;
    }
    case 'clone3':
      return formatClone3(call);
  }
}

/** The word of clone()'s flags, or with `signal` false the flags field of clone3, as `CLONE_VM|SIGCHLD`. */
export function formatFlags(flags: bigint, signal: boolean): string {
  const byte = signal ? flags & CSIGNAL : 0n;
  const { names, rest } = flagNames(flags & ~byte);
  const parts = [...names];
  if (rest !== 0n) parts.push(hex(rest));
  if (byte !== 0n) parts.push(signalName(byte) ?? hex(byte));
  return parts.length === 0 ? '0' : parts.join('|');
}

function formatClone3(call: Clone3Call): string {
  const { args } = call;
  const arrayShown = args.set_tid === TIDS && call.tids.length > 0;
  const fields: string[] = [];
  for (const field of CLONE_ARGS_FIELDS) {
    const value = args[field];
    if (field === 'set_tid_size' && arrayShown ? value === BigInt(call.tids.length) : value === 0n) continue;
    fields.push(`${field}=${formatField(call, field, arrayShown)}`);
  }
  if (!arrayShown && call.tids.length > 0) fields.push(`tids=[${call.tids.join(', ')}]`);
  if (call.tail !== undefined) fields.push(`tail=[${String(call.tail.offset)}]=${String(call.tail.byte)}`);
  if (call.readable !== undefined) fields.push(`readable=${String(call.readable)}`);
  const first = call.uargs === undefined ? `{${fields.join(', ')}}` : formatPointer(call.uargs);
  const size = call.size === BigInt(CLONE_ARGS_SIZE_VER2) ? '' : `, ${String(call.size)}`;
  return `clone3(${first}${size})`;
}

function formatField(call: Clone3Call, field: (typeof CLONE_ARGS_FIELDS)[number], arrayShown: boolean): string {
  const value = call.args[field];
  switch (field) {
    case 'flags':
      return formatFlags(value, false);
    case 'exit_signal':
      return signalName(value) ?? String(value);
    case 'set_tid':
      return arrayShown ? `[${call.tids.join(', ')}]` : formatPointer(value);
    case 'set_tid_size':
    case 'cgroup':
      return value > 0xffffn ? hex(value) : String(value);
    case 'stack_size':
      return hex(value);
    default:
      return formatPointer(value);
  }
}

function formatPointer(address: bigint): string {
  if (address === 0n) return 'NULL';
  return NAMED_POINTERS.find((pointer) => pointer.address === address)?.name ?? hex(address);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
