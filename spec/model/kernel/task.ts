import type { Value } from '../../scenario/scenario.js';
import type {
  FileTable,
  FsInfo,
  IoContext,
  Memory,
  Namespaces,
  PidNamespace,
  SemaphoreUndo,
  SignalHandlers,
} from './resources.js';

/** signal_struct: what the threads of a process have in common. */
export class ThreadGroup {
  readonly threads: Task[] = [];
  readonly pending = new Set<number>();
  /** What wait gives as status once every thread has ended. */
  status = 0;
  state: 'running' | 'zombie' | 'reaped' = 'running';
  /** It leads a session that it did not ask for: only a broken kernel does that. */
  ownSession = false;
  /** Who gets the exit signal instead of the parent: only a broken kernel does that. */
  signalled: Task | undefined;

  constructor(
    /** real_parent: the task that made it, or one that it was given to; undefined is the world outside the scenario. */
    public parent: Task | undefined,
    public exitSignal: number,
    public session: Task | undefined,
  ) {}

  get leader(): Task | undefined {
    return this.threads[0];
  }

  get alive(): readonly Task[] {
    return this.threads.filter(({ alive }) => alive);
  }
}

/** What a task that waits is waiting for. */
export type Waiting =
  | { readonly kind: 'vfork'; readonly child: Task; readonly over?: boolean }
  | { readonly kind: 'wait'; readonly who: Task | 'any'; readonly options: number }
  | { readonly kind: 'futex'; readonly at: bigint; readonly over?: boolean };

/** task_struct: references to resources, and what is a task's own. */
export class Task {
  alive = true;
  readonly pending = new Set<number>();
  /** The namespace in which its TID is the number that its creator got. */
  namedIn: PidNamespace | undefined;
  vforkParent: Task | undefined;
  clearChildTid: bigint | undefined;
  /** What it sleeps for, and the step in which it began to. */
  waiting: (Waiting & { readonly step: number }) | undefined;
  /** Another parent than the group's: only a broken kernel gives one to a single thread. */
  parentOfItsOwn: Task | undefined;

  constructor(
    readonly number: number,
    public memory: Memory,
    public files: FileTable,
    public fs: FsInfo,
    public handlers: SignalHandlers,
    public undo: SemaphoreUndo | undefined,
    public io: IoContext | undefined,
    public namespaces: Namespaces,
    /** The namespace that it lives in. */
    readonly pidNs: PidNamespace,
    readonly group: ThreadGroup,
    public blocked: { mask: bigint },
    public altstack: boolean,
    public tls: number | 'own',
    public noNewPrivs: boolean,
  ) {
    group.threads.push(this);
  }

  /** The TID as it is seen from a namespace: 1 for its init, otherwise a number that only the target knows. */
  tidFrom(ns: PidNamespace): Value {
    return ns.init === this ? 1 : { symbol: `tid:${String(this.number)}@${String(ns.number)}` };
  }
}
