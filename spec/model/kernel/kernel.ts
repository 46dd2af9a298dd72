import { STACK, STACK_SIZE } from '../memory.js';
import type { Facts } from '../facts.js';
import type { Value } from '../../scenario/scenario.js';
import {
  FileTable,
  FsInfo,
  IpcNamespace,
  Memory,
  Namespace,
  PidNamespace,
  SignalHandlers,
  UtsNamespace,
  type Namespaces,
} from './resources.js';
import { Task, ThreadGroup } from './task.js';

/** Memory that an arena maps shared: one for all tasks, whatever they do with their address spaces. */
export const SHARED = STACK + STACK_SIZE;

/** Every signal: tasks of a scenario begin with all of them blocked. */
export const ALL_SIGNALS = (1n << 64n) - 1n;

/** A kernel in miniature: tasks that refer to resources, and the effects by which they come to share them. */
export class Kernel {
  readonly tasks = new Map<number, Task>();
  readonly shared = new Map<bigint, Value>();
  /** Effects on which the course of the scenario has hung so far. */
  readonly reached = new Set<string>();
  /** Steps whose task was ended while it slept in them. */
  readonly cutShort = new Set<number>();
  private namespaces = 0;

  constructor(
    readonly facts: Facts,
    /** Effects that this kernel does not keep: a test breaks one on purpose. */
    private readonly broken: ReadonlySet<string>,
  ) {
    this.tasks.set(0, this.firstTask());
  }

  /** Says whether the kernel keeps an effect. Every decision of the model asks, by the clause's id. */
  holds(id: string): boolean {
    this.reached.add(id);
    return !this.broken.has(id);
  }

  /** With the flag a resource is shared, without it copied, each by a clause of its own. */
  shares(flag: boolean, withFlag: string, without: string): boolean {
    return flag ? this.holds(withFlag) : !this.holds(without);
  }

  newNamespace(kind: string): Namespace {
    return new Namespace(kind, ++this.namespaces);
  }

  newUts(hostname: number, owner?: Namespace): UtsNamespace {
    return new UtsNamespace(++this.namespaces, hostname, owner);
  }

  newIpc(): IpcNamespace {
    return new IpcNamespace(++this.namespaces);
  }

  newPidNs(parent: PidNamespace): PidNamespace {
    return new PidNamespace(++this.namespaces, parent);
  }

  memoryAt(task: Task, address: bigint): Map<bigint, Value> {
    return address >= SHARED && address < SHARED + STACK_SIZE ? this.shared : task.memory.words;
  }

  private firstTask(): Task {
    const pidNs = new PidNamespace(0, undefined);
    const time = this.newNamespace('time');
    const namespaces: Namespaces = {
      uts: this.newUts(0),
      ipc: this.newIpc(),
      mnt: this.newNamespace('mnt'),
      net: this.newNamespace('net'),
      cgroup: this.newNamespace('cgroup'),
      user: this.newNamespace('user'),
      time,
      time_for_children: time,
      pid_for_children: pidNs,
    };
    return new Task(
      0,
      new Memory(new Map(), new Set()),
      new FileTable(new Map()),
      new FsInfo('root', 0o22),
      new SignalHandlers(new Map()),
      undefined,
      undefined,
      namespaces,
      pidNs,
      new ThreadGroup(undefined, 17, undefined),
      { mask: ALL_SIGNALS },
      false,
      0,
      this.facts.caller.no_new_privs,
    );
  }
}
