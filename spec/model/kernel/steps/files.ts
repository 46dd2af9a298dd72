import type { OperationOf, Step, StepResult } from '../../../scenario/scenario.js';
import { pidfds_closed } from '../exit.js';
import { capable } from '../facts-of.js';
import type { Kernel } from '../kernel.js';
import type { Descriptor, OpenFile } from '../resources.js';
import { send_signal } from '../signals.js';
import type { Task } from '../task.js';
import { OPEN, failed, returned } from './results.js';

const SEEK_SET = 0;
const SEEK_CUR = 1;

/** Descriptors, directories, and pidfds. */
export function fileSteps(k: Kernel, task: Task, step: Step): StepResult | undefined {
  const { descriptors } = task.files;
  switch (step.op) {
    case 'open':
    case 'memfd': {
      const fd = task.files.lowestFree(step.fd);
      const kind = step.op === 'open' ? 'directory' : 'memfd';
      descriptors.set(fd, { file: { kind, offset: 0, flags: 0, lock: undefined }, cloexec: false });
      return returned(fd);
    }
    case 'close': {
      const file = descriptors.get(step.fd)?.file;
      if (file === undefined) return failed('EBADF');
      descriptors.delete(step.fd);
      // Any close of a file by the table that locked it ends the lock.
      if (file.lock === task.files) file.lock = undefined;
      pidfds_closed(k);
      return returned(0);
    }
    case 'dup': {
      const descriptor = descriptors.get(step.fd);
      if (descriptor === undefined) return failed('EBADF');
      const fd = task.files.lowestFree(step.to);
      descriptors.set(fd, { file: descriptor.file, cloexec: false });
      return returned(fd);
    }
    case 'getfd':
    case 'setfd': {
      const descriptor = descriptors.get(step.fd);
      if (descriptor === undefined) return failed('EBADF');
      if (step.op === 'getfd') return returned(descriptor.cloexec ? 1 : 0);
      descriptors.set(step.fd, { file: descriptor.file, cloexec: (step.flag & 1) !== 0 });
      return returned(0);
    }
    case 'getfl':
    case 'setfl':
    case 'lseek':
    case 'lock':
    case 'locked':
      return openFile(task, step, descriptors.get(step.fd)?.file);
    case 'pidfd_poll':
    case 'pidfd_getfl':
    case 'pidfd_getfd':
    case 'pidfd_kill':
      return pidfd(k, task, step);
    default:
      return directories(k, task, step);
  }
}

/** What belongs to the open file, whichever descriptor it is reached by. */
function openFile(
  task: Task,
  step: OperationOf<'getfl' | 'setfl' | 'lseek' | 'lock' | 'locked'>,
  file: OpenFile | undefined,
): StepResult {
  if (file === undefined) return failed('EBADF');
  if (file.kind !== 'memfd') return OPEN;
  switch (step.op) {
    case 'getfl':
      return returned(file.flags);
    case 'setfl':
      file.flags = step.flag;
      return returned(0);
    case 'lseek': {
      if (step.whence !== SEEK_SET && step.whence !== SEEK_CUR) return OPEN;
      const offset = step.whence === SEEK_CUR ? file.offset + step.offset : step.offset;
      if (offset < 0) return failed('EINVAL');
      file.offset = offset;
      return returned(offset);
    }
    case 'lock':
      if (file.lock !== undefined && file.lock !== task.files) return failed('EAGAIN');
      file.lock = task.files;
      return returned(0);
    case 'locked':
      return returned(file.lock === undefined || file.lock === task.files ? 0 : 1);
  }
}

function directories(k: Kernel, task: Task, step: Step): StepResult | undefined {
  const { fs } = task;
  switch (step.op) {
    case 'chdir':
      if (fs.root !== 'root') return fogged(k, 'a directory was changed in another root');
      fs.cwd = step.to;
      return returned(0);
    case 'cwd':
      if (fs.root !== 'root') return OPEN;
      return returned(fs.cwd === 'root' ? 0 : 1);
    case 'chroot':
      if (fs.root !== 'root') return fogged(k, 'the root was changed in another root');
      if (!capable(k, task, 'SYS_CHROOT')) return failed('EPERM');
      if (step.to === 'proc') fs.root = 'proc';
      return returned(0);
    case 'root':
      return returned(fs.root === 'empty' ? 2 : fs.root === 'root' ? 0 : 1);
    case 'umask': {
      const old = fs.umask;
      fs.umask = step.mask & 0o777;
      return returned(old);
    }
    default:
      return undefined;
  }
}

function fogged(k: Kernel, why: string): StepResult {
  k.fog = why;
  return OPEN;
}

function descriptorAt(k: Kernel, task: Task, at: bigint): Descriptor | undefined {
  const fd = k.memoryAt(task, at).get(at);
  return typeof fd === 'number' ? task.files.descriptors.get(fd) : undefined;
}

/** The pidfd whose number is stored at an address; undefined where the model knows of none, and what then is to be said. */
export function pidfdAt(k: Kernel, task: Task, at: bigint): OpenFile | 'closed' | 'unknown' {
  const fd = k.memoryAt(task, at).get(at);
  // A word that holds nothing, or a TID, names no descriptor that the model knows of.
  if (typeof fd !== 'number' || fd < 3) return 'unknown';
  const file = descriptorAt(k, task, at)?.file;
  if (file === undefined) return 'closed';
  return file.kind === 'pidfd' ? file : 'unknown';
}

function pidfd(
  k: Kernel,
  task: Task,
  step: OperationOf<'pidfd_getfl' | 'pidfd_getfd' | 'pidfd_poll' | 'pidfd_kill'>,
): StepResult {
  const POLLIN = 1;
  const POLLNVAL = 32;
  const O_RDWR = 2;
  const file = pidfdAt(k, task, step.at);
  if (file === 'unknown') return step.op === 'pidfd_kill' ? fogged(k, 'a signal was sent to nobody knows whom') : OPEN;
  if (file === 'closed') return step.op === 'pidfd_poll' ? returned(POLLNVAL) : failed('EBADF');
  const { process, thread } = file;
  const group = process?.group;
  if (process === undefined || group === undefined) return OPEN;
  if (step.op === 'pidfd_getfd') return returned(descriptorAt(k, task, step.at)?.cloexec === true ? 1 : 0);
  // PIDFD_THREAD is seen as O_EXCL.
  if (step.op === 'pidfd_getfl') return thread === true ? OPEN : returned(O_RDWR);
  // What nobody in the scenario waits for is reaped at a time that nobody knows.
  const isLost = group.state !== 'running' && group.parent === undefined;
  if (thread === true || isLost || !process.isLeader)
    return step.op === 'pidfd_kill' ? fogged(k, 'a signal was sent through the pidfd of a thread') : OPEN;
  if (step.op === 'pidfd_poll') {
    if (group.state === 'running') return returned(0);
    return group.state === 'zombie' ? returned(k.holds('effects/pidfd-becomes-readable') ? POLLIN : 0) : OPEN;
  }
  // A process in a namespace around the caller's own, or beside it, is out of reach.
  if (!task.pidNs.contains(process.pidNs)) return failed('EINVAL');
  if (group.state === 'reaped') return failed('ESRCH');
  if (!sameUser(task, process)) return fogged(k, 'a signal was sent across user namespaces');
  if (group.state === 'zombie') return returned(0);
  if (k.holds('effects/pidfd-send-signal')) send_signal(k, process, step.signal, true);
  return task.alive ? returned(0) : { kind: 'gone', how: `signal ${String(step.signal)}` };
}

/** Tasks of one user may signal each other, whatever namespaces they made. */
function sameUser(task: Task, other: Task): boolean {
  return task.namespaces.user.isAround(other.namespaces.user);
}
