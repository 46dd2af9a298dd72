import type { Step, StepResult, Value } from '../../../scenario/scenario.js';
import { capabilitiesOf } from '../facts-of.js';
import type { Kernel } from '../kernel.js';
import type { Task } from '../task.js';
import { OPEN, failed, returned } from './results.js';

const OVERFLOW_ID = 65_534;

/** TIDs, parents, sessions and credentials. */
export function identitySteps(k: Kernel, task: Task, step: Step): StepResult | undefined {
  const { group, namespaces } = task;
  switch (step.op) {
    case 'getpid':
      return returned((group.leader ?? task).tidFrom(task.pidNs));
    case 'gettid':
      return returned(task.tidFrom(task.pidNs));
    case 'nspid': {
      const ns = task.pidNs.chain()[step.level];
      return ns === undefined ? OPEN : returned(task.tidFrom(ns));
    }
    case 'set_tid_address':
      task.clearChildTid = step.at;
      return returned(task.tidFrom(task.pidNs));
    case 'getppid':
      return isAnyonesOrphan(k, task) ? OPEN : returned(parentTid(task));
    case 'getsid':
    case 'getpgrp':
      if (group.ownSession) return returned((group.leader ?? task).tidFrom(task.pidNs));
      return task.pidNs === k.first.pidNs ? returned({ symbol: `${step.op}:initial` }) : OPEN;
    case 'setsid':
      k.fog = 'a session was begun';
      return OPEN;
    case 'uid':
      return returned(namespaces.user === k.first.namespaces.user ? k.facts.caller.euid : OVERFLOW_ID);
    case 'caps': {
      const capabilities = capabilitiesOf(k, task) & 0xffff_ffffn;
      if (namespaces.user === k.first.namespaces.user || task.own.lostCapabilities)
        return returned(Number(capabilities));
      return returned(k.holds('effects/newuser-capabilities') ? Number(capabilities) : 0);
    }
    case 'nnp':
      return returned(task.own.noNewPrivs ? 1 : 0);
    case 'nnp_set':
      task.own.noNewPrivs = true;
      return returned(0);
    case 'tracer':
      return returned(task.tracer === undefined ? 0 : task.tracer.number + 1);
    case 'kcmp':
      return kcmp(k, task, k.tasks.get(step.a), k.tasks.get(step.b), step.type);
    default:
      return undefined;
  }
}

/** The probe's host takes in orphans as their subreaper. Where a port does not know subreapers, nobody knows who does. */
function isAnyonesOrphan(k: Kernel, task: Task): boolean {
  const isOrphan = task.group !== k.first.group && (task.parentOfItsOwn ?? task.group.parent) === undefined;
  return isOrphan && k.facts.kernel.unseen?.has('subreaper()') === true;
}

function parentTid(task: Task): Value {
  const parent = task.parentOfItsOwn ?? task.group.parent;
  if (parent === undefined)
    return task.pidNs.number === 0 && task.tidFrom(task.pidNs) !== 1 ? { symbol: 'tid:host@0' } : 0;
  if (!task.pidNs.contains(parent.pidNs)) return 0;
  return (parent.group.leader ?? parent).tidFrom(task.pidNs);
}

/** kcmp(2): 0 where two tasks refer to one object. */
function kcmp(k: Kernel, task: Task, a: Task | undefined, b: Task | undefined, type: number): StepResult {
  if (a === undefined || b === undefined) return { kind: 'absent' };
  const user = k.first.namespaces.user;
  if ([task, a, b].some(({ alive, namespaces }) => !alive || namespaces.user !== user)) return OPEN;
  if (!task.pidNs.contains(a.pidNs) || !task.pidNs.contains(b.pidNs)) return failed('ESRCH');
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [a.memory, b.memory],
    [a.files, b.files],
    [a.fs, b.fs],
    [a.handlers, b.handlers],
    [a.io, b.io],
    [a.undo, b.undo],
  ];
  const KCMP_VM = 1;
  const pair = pairs[type - KCMP_VM];
  if (pair === undefined) return OPEN;
  return pair[0] === pair[1] ? returned(0) : returned({ not: 0 });
}
