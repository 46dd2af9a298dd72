import type { Value } from '../../scenario/scenario.js';
import type { Disposition } from '../../scenario/words.js';
import type { Task } from './task.js';

/** What madvise(2) and mlock(2) made of a mapping, and the word at its start. */
export interface Mapping {
  readonly word: number;
  readonly dontfork: boolean;
  readonly wipeonfork: boolean;
  readonly locked: boolean;
}

export const PLAIN_MAPPING: Mapping = { word: 0, dontfork: false, wipeonfork: false, locked: false };

/** mm_struct: words of private memory and mappings. Memory that was mapped shared is one for all. */
export class Memory {
  /** Tasks that use it. */
  users = 1;

  constructor(
    readonly words: Map<bigint, Value>,
    readonly pages: Map<number, Mapping>,
  ) {}
}

/** struct file: an open file, with one offset for all descriptors that refer to it. */
export interface OpenFile {
  readonly kind: 'directory' | 'memfd' | 'pidfd';
  offset: number;
  /** O_APPEND and O_NONBLOCK, as far as somebody set them. */
  flags: number;
  /** The table that holds a record lock on it. */
  lock: FileTable | undefined;
  /** The task that a pidfd refers to. */
  readonly process?: Task;
  /** The pidfd was made with CLONE_THREAD: it means the one thread. */
  readonly thread?: boolean;
  /** The process is killed when nobody has the file open any more. */
  readonly autokill?: boolean;
}

export interface Descriptor {
  readonly file: OpenFile;
  readonly cloexec: boolean;
}

/** files_struct: the table of descriptors. */
export class FileTable {
  /** Tasks that use it. */
  users = 1;

  constructor(readonly descriptors: Map<number, Descriptor>) {}

  copy(): FileTable {
    return new FileTable(new Map(this.descriptors));
  }

  lowestFree(from = 3): number {
    let fd = from;
    while (this.descriptors.has(fd)) fd++;
    return fd;
  }
}

/** fs_struct: root, working directory and umask. */
export class FsInfo {
  constructor(
    public root: 'root' | 'proc' | 'empty',
    public cwd: 'root' | 'proc',
    public umask: number,
  ) {}

  copy(): FsInfo {
    return new FsInfo(this.root, this.cwd, this.umask);
  }
}

/** sighand_struct: dispositions of signals; what is not listed has its default. */
export class SignalHandlers {
  /** Tasks that use it. */
  users = 1;

  constructor(readonly actions: Map<number, Disposition>) {}

  copy(): SignalHandlers {
    return new SignalHandlers(new Map(this.actions));
  }
}

/** sem_undo_list: what is added to the semaphore when the last task that shares it ends. */
export class SemaphoreUndo {
  users = 1;
  adjustment = 0;
}

/** io_context: the I/O priority. */
export class IoContext {
  constructor(public priority: number) {}
}

/** A namespace; two are the same where they are one object. */
export class Namespace {
  constructor(
    readonly kind: string,
    readonly number: number,
  ) {}

  get symbol(): string {
    return `ns:${this.kind}:${String(this.number)}`;
  }
}

/** The cgroup that the scenario began in, or that of the caller's fixture. */
export type Cgroup = 'initial' | 'fixture';

/** cgroup_namespace: paths are told from its root on. */
export class CgroupNamespace extends Namespace {
  constructor(
    number: number,
    readonly root: Cgroup,
  ) {
    super('cgroup', number);
  }
}

/** uts_namespace: what hostname gives; 0 is the name that was there before. */
export class UtsNamespace extends Namespace {
  constructor(
    number: number,
    public hostname: number,
    /** The user namespace over which capabilities are asked for. */
    readonly owner: UserNamespace | undefined,
  ) {
    super('uts', number);
  }
}

/** ipc_namespace: whether the arena's semaphore lives in it, and its value. */
export class IpcNamespace extends Namespace {
  semaphore: number | undefined;

  constructor(number: number) {
    super('ipc', number);
  }
}

/** user_namespace, with the one around it. In those that a scenario makes no user id has a name. */
export class UserNamespace extends Namespace {
  constructor(
    number: number,
    readonly parent: UserNamespace | undefined,
  ) {
    super('user', number);
  }

  /** Says whether it is the other one, or lies around it. */
  isAround(other: UserNamespace): boolean {
    for (let ns: UserNamespace | undefined = other; ns !== undefined; ns = ns.parent) if (ns === this) return true;
    return false;
  }
}

/** pid_namespace, with the one around it. */
export class PidNamespace extends Namespace {
  /** Its process 1; undefined for the one that was there before, and until the first task is in it. */
  init: Task | undefined;
  /** No task can be made in it any more. */
  dead = false;

  constructor(
    number: number,
    readonly parent: PidNamespace | undefined,
    readonly owner: UserNamespace,
  ) {
    super('pid', number);
  }

  /** Says whether a task of that namespace is seen from this one. */
  contains(other: PidNamespace): boolean {
    return other.chain().includes(this);
  }

  /** It and those around it, innermost first. */
  chain(): readonly PidNamespace[] {
    return [this, ...(this.parent?.chain() ?? [])];
  }
}

/** nsproxy and the user namespace. */
export interface Namespaces {
  readonly uts: UtsNamespace;
  readonly ipc: IpcNamespace;
  readonly mnt: Namespace;
  readonly net: Namespace;
  readonly cgroup: CgroupNamespace;
  readonly user: UserNamespace;
  readonly time: Namespace;
  readonly time_for_children: Namespace;
  readonly pid_for_children: PidNamespace;
}
