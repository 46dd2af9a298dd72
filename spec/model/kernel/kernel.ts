import { STACK, STACK_SIZE } from '../memory.js';
import type { Clause } from '../../clauses.js';
import type { Facts } from '../facts.js';
import type { Value } from '../../scenario/scenario.js';
import {
  CgroupNamespace,
  FileTable,
  FsInfo,
  IpcNamespace,
  Memory,
  Namespace,
  PidNamespace,
  SignalHandlers,
  UserNamespace,
  UtsNamespace,
  type Cgroup,
  type Namespaces,
  type OpenFile,
} from './resources.js';
import { SIGKILL } from './flag-bits.js';
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
  /** For each step whose clone is refused the clauses that refuse it, the one that wins first. */
  readonly refusedBy = new Map<number, readonly Clause[]>();
  /** Steps whose task was ended while it slept in them, or as it woke. */
  readonly cutShort = new Map<number, 'asleep' | 'in a race'>();
  /** Calls so far that may have taken a TID. */
  clones = 0;
  /** Pidfds whose last close kills. */
  readonly autokill = new Set<OpenFile>();
  /** Something happened of which the model knows no outcome: nothing is claimed from here on, and why. */
  fog: string | undefined;
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

  newUts(hostname: number, owner?: UserNamespace): UtsNamespace {
    return new UtsNamespace(++this.namespaces, hostname, owner);
  }

  newIpc(): IpcNamespace {
    return new IpcNamespace(++this.namespaces);
  }

  newPidNs(parent: PidNamespace, owner: UserNamespace): PidNamespace {
    return new PidNamespace(++this.namespaces, parent, owner);
  }

  newCgroup(root: Cgroup): CgroupNamespace {
    return new CgroupNamespace(++this.namespaces, root);
  }

  newUser(parent: UserNamespace | undefined): UserNamespace {
    return new UserNamespace(++this.namespaces, parent);
  }

  /** The task that the caller became. */
  get first(): Task {
    const task = this.tasks.get(0);
    if (task === undefined) throw new Error('a kernel begins with a task');
    return task;
  }

  memoryAt(task: Task, address: bigint): Map<bigint, Value> {
    return address >= SHARED && address < SHARED + STACK_SIZE ? this.shared : task.memory.words;
  }

  private firstTask(): Task {
    const user = this.newUser(undefined);
    const pidNs = new PidNamespace(0, undefined, user);
    const { caller } = this.facts;
    const time = this.newNamespace('time');
    const namespaces: Namespaces = {
      uts: this.newUts(0),
      ipc: this.newIpc(),
      mnt: this.newNamespace('mnt'),
      net: this.newNamespace('net'),
      cgroup: this.newCgroup('initial'),
      user,
      time,
      time_for_children: caller.time_ns_for_children === 'other' ? this.newNamespace('time') : time,
      pid_for_children: caller.pid_ns_for_children === 'same' ? pidNs : this.newPidNs(pidNs, user),
    };
    if (caller.pid_ns_for_children === 'dead') namespaces.pid_for_children.dead = true;
    const task = new Task(
      0,
      new Memory(new Map(), new Map()),
      new FileTable(new Map()),
      new FsInfo(caller.chrooted === true ? 'proc' : 'root', 'root', 0o22),
      new SignalHandlers(new Map()),
      undefined,
      undefined,
      namespaces,
      pidNs,
      new ThreadGroup(undefined, 17, undefined),
      { mask: ALL_SIGNALS },
      {
        altstack: false,
        tls: 0,
        noNewPrivs: caller.no_new_privs,
        nice: undefined,
        policy: caller.sched_policy,
        resetOnFork: caller.sched_reset_on_fork,
        personality: undefined,
        timerslack: undefined,
        cgroup: 'initial',
        lostCapabilities: false,
      },
    );
    // The arena ends with the probe.
    task.pdeathSignal = SIGKILL;
    if (caller.pid_ns_init) pidNs.init = task;
    return task;
  }
}
