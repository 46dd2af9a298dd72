import { CLONE_ARGS_FIELDS, type Call, type Caller } from '../spec/index.js';

/** The line that makes the probe become a caller. */
export function callerLine(caller: Caller): string {
  return ['caller', caller.name, ...caller.attributes].join(' ');
}

/** The line that makes the probe perform a call; `harness/probe/README.md` describes it. */
export function callLine(id: string, call: Call): string {
  switch (call.call) {
    case 'fork':
    case 'vfork':
      return `${id} ${call.call}`;
    case 'clone': {
      let line = `${id} clone flags=${hex(call.flags)}`;
      if (call.stack !== 0n) line += ` stack=${hex(call.stack)}`;
      if (call.parent_tid !== 0n) line += ` parent_tid=${hex(call.parent_tid)}`;
      if (call.child_tid !== 0n) line += ` child_tid=${hex(call.child_tid)}`;
      if (call.tls !== 0n) line += ` tls=${hex(call.tls)}`;
      return line;
    }
    case 'clone3': {
      let line = `${id} clone3 size=${String(call.size)}`;
      for (const field of CLONE_ARGS_FIELDS) {
        const value = call.args[field];
        if (value !== 0n) line += ` ${field}=${hex(value)}`;
      }
      if (call.tids.length > 0) line += ` tids=${call.tids.join(',')}`;
      if (call.tail !== undefined) line += ` tail=${String(call.tail.offset)}:${String(call.tail.byte)}`;
      if (call.readable !== undefined) line += ` readable=${String(call.readable)}`;
      if (call.uargs !== undefined) line += ` uargs=${hex(call.uargs)}`;
      return line;
    }
  }
}

function hex(value: bigint): string {
  return value < 10n ? value.toString() : `0x${value.toString(16)}`;
}
