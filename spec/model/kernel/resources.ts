import type { Value } from '../../scenario/scenario.js';
import type { Disposition } from '../../scenario/words.js';
import type { Task } from './task.js';

/** mm_struct: words of private memory and mapped pages. Memory that was mapped shared is one for all. */
export class Memory {
  /** Tasks that use it. */
  users = 1;

  constructor(
    readonly words: Map<bigint, Value>,
    readonly pages: Set<number>,
  ) {}

  copy(): Memory {
    return new Memory(new Map(this.words), new Set(this.pages));
  }
}

/** struct file: an open file, with one offset for all descriptors that refer to it. */
export interface OpenFile {
  readonly kind: 'directory' | 'memfd' | 'pidfd';
  offset: number;
  /** The process that a pidfd refers to. */
  readonly process?: Task;
}

/** files_struct: the table of descriptors. */
export class FileTable {
  constructor(readonly descriptors: Map<number, { readonly file: OpenFile; readonly cloexec: boolean }>) {}

  copy(): FileTable {
    return new FileTable(new Map(this.descriptors));
  }

  lowestFree(): number {
    let fd = 3;
    while (this.descriptors.has(fd)) fd++;
    return fd;
  }
}

/** fs_struct: working directory and umask. */
export class FsInfo {
  constructor(
    public cwd: 'root' | 'proc',
    public umask: number,
  ) {}

  copy(): FsInfo {
    return new FsInfo(this.cwd, this.umask);
  }
}

/** sighand_struct: dispositions of signals; what is not listed has its default. */
export class SignalHandlers {
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

/** uts_namespace: what hostname gives; 0 is the name that was there before. */
export class UtsNamespace extends Namespace {
  constructor(
    number: number,
    public hostname: number,
    /** The user namespace over which capabilities are asked for. */
    readonly owner: Namespace | undefined,
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

/** pid_namespace, with the one around it. */
export class PidNamespace extends Namespace {
  /** Its process 1; undefined for the one that was there before. */
  init: Task | undefined;

  constructor(
    number: number,
    readonly parent: PidNamespace | undefined,
  ) {
    super('pid', number);
  }

  /** Says whether a task of that namespace is seen from this one. */
  contains(other: PidNamespace): boolean {
    for (let ns: PidNamespace | undefined = other; ns !== undefined; ns = ns.parent) if (ns === this) return true;
    return false;
  }
}

/** nsproxy and the user namespace. */
export interface Namespaces {
  readonly uts: UtsNamespace;
  readonly ipc: IpcNamespace;
  readonly mnt: Namespace;
  readonly net: Namespace;
  readonly cgroup: Namespace;
  readonly user: Namespace;
  readonly time: Namespace;
  readonly time_for_children: Namespace;
  readonly pid_for_children: PidNamespace;
}
