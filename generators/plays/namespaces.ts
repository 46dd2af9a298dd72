import { flagValue, type NsKind } from '../../spec/index.js';
import { plays } from './stage.js';

/** TIDs that were asked for. */
export const TID_PLAYS = plays(
  // Through pid namespaces.
  (s) => {
    const outer = s.clone(0, ['CLONE_NEWPID']);
    const inner = s.maybe ? s.clone(outer, ['CLONE_NEWPID']) : outer;
    const tids = [300 + s.draw(40), 500 + s.draw(40), 31_000 + s.draw(900)].slice(0, s.one(1, 2, 3));
    const child = s.cloneWithTids(inner, s.one(tids, [1, ...tids].slice(0, 2)), s.some('CLONE_NEWPID'));
    s.step(child, { op: 'gettid' }, { op: 'nspid', level: 1 });
    s.step(inner, { op: 'kill', who: child, signal: 0 });
    s.step(child, { op: 'nspid', level: 0 });
  },
);

/** Namespaces and roots. */
export const NAMESPACE_PLAYS = plays(
  // A pid namespace for children, and a clone into it that fails late.
  (s) => {
    const maker = s.clone(0, []);
    s.step(maker, { op: 'unshare', flags: flagValue('CLONE_NEWPID') });
    const how = s.draw(3);
    if (how === 0) s.clone(maker, ['CLONE_PIDFD'], { words: { parent_tid: 0x2003_0000n } });
    if (how === 1) s.clone(maker, ['CLONE_NEWNS', 'CLONE_FS']);
    const child = s.clone(maker, s.some('CLONE_FILES'));
    s.step(child, { op: 'getpid' });
    s.step(maker, { op: 'ns', kind: s.one('pid', 'pid_for_children') });
  },
  // unshare and setns beside the flags.
  (s) => {
    const kind = s.one<NsKind>('uts', 'ipc', 'net', 'cgroup');
    const flag = { uts: 'CLONE_NEWUTS', ipc: 'CLONE_NEWIPC', net: 'CLONE_NEWNET', cgroup: 'CLONE_NEWCGROUP' }[
      kind as 'uts'
    ];
    const child = s.clone(0, s.maybe ? [flag] : s.some('CLONE_FS'));
    if (s.draw(3) === 0) s.step(child, { op: 'unshare', flags: flagValue(flag) });
    const [one, other] = s.maybe ? [0, child] : [child, 0];
    s.step(0, { op: 'ns', kind });
    if (s.maybe) s.step(one, { op: 'setns', who: other, kind });
    s.step(child, { op: 'ns', kind });
  },
  // In a root of its own, no user namespace can be made.
  (s) => {
    const child = s.clone(0, s.some('CLONE_FS', 'CLONE_VM'));
    s.step(s.one(0, child), { op: 'chroot', to: 'proc' });
    s.step(child, { op: 'root' });
    s.step(0, { op: 'root' });
    const inner = s.clone(s.one(0, child), ['CLONE_NEWUSER']);
    s.step(inner, { op: 'caps' }, { op: 'uid' });
  },
);

/** Children in another cgroup. */
export const CGROUP_PLAYS = plays(
  // A child in another cgroup, where the caller has a descriptor of one.
  (s) => {
    const { cgroup_fds } = s.facts.caller;
    const [fd] = Object.entries(cgroup_fds).find(([, kind]) => kind === 'child') ?? [];
    if (fd === undefined) return;
    const into = s.draw(4) !== 0;
    const words = { cgroup: BigInt(fd) };
    const child = into
      ? s.clone(0, ['CLONE_INTO_CGROUP', ...s.some('CLONE_VM', 'CLONE_FS')], { words })
      : s.clone(0, []);
    const grandchild = s.clone(child, s.some('CLONE_VM', 'CLONE_NEWCGROUP'));
    s.step(0, { op: 'cgroup' });
    s.step(child, { op: 'cgroup' });
    s.step(grandchild, { op: 'cgroup' });
  },
);
