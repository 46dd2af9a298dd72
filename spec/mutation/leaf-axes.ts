import type { Expression } from '../expression/ast.js';
import { FLAGS } from '../flags.js';
import type { CallName } from '../model/call.js';

/** The axis of the caller. */
export const CALLER = 'caller';

/** What decides what alloc_pid() finds of a TID that is asked for. */
export const TID_AXES: readonly string[] = [CALLER, 'set_tid', 'structure', 'CLONE_NEWPID', 'CLONE_NEWUSER'];

/** Fields that lie so far behind that a short structure cuts them off. */
const STRUCTURE = ['structure'];

const OF_NAME: Readonly<Record<string, readonly string[]>> = {
  pidfd: ['pidfd'],
  parent_tid: ['parent_tid'],
  exit_signal: ['exit_signal'],
  stack: ['stack'],
  stack_size: ['stack'],
  tls: ['tls', ...STRUCTURE],
  set_tid: ['set_tid', ...STRUCTURE],
  set_tid_size: ['set_tid', ...STRUCTURE],
  cgroup: ['cgroup', ...STRUCTURE],
  size: STRUCTURE,
  uargs: STRUCTURE,
  tail: [...STRUCTURE, 'set_tid', 'cgroup'],
  csignal: ['csignal', 'CLONE_NEWTIME'],
  undefined_flags: ['undefined', ...FLAGS.filter(({ bit }) => bit >= 32).map(({ name }) => name)],
  pid_ns_levels: [CALLER, 'CLONE_NEWPID'],
};

/** The axes on which the value of a flag, fact or comparison hangs, so far as the call has them. */
export function axesOfLeaf(expression: Expression, call: CallName): readonly string[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'not':
      return axesOfLeaf(expression.operand, call);
    case 'binary':
      return [...axesOfLeaf(expression.left, call), ...axesOfLeaf(expression.right, call)];
    case 'call':
      switch (expression.name) {
        case 'capable':
        case 'ns_capable':
          return [CALLER];
        case 'cgroup_is':
          return [CALLER, 'cgroup', ...STRUCTURE];
        default:
          return inCall(OF_NAME[expression.argument] ?? [], call);
      }
    case 'name': {
      const { name } = expression;
      if (name.startsWith('CLONE_')) return [name];
      return name.startsWith('caller.') ? [CALLER] : inCall(OF_NAME[name] ?? [], call);
    }
  }
}

/** clone() has one argument for the pidfd and the TID. */
function inCall(axes: readonly string[], call: CallName): readonly string[] {
  return call === 'clone' ? axes.map((name) => (name === 'pidfd' ? 'parent_tid' : name)) : axes;
}
