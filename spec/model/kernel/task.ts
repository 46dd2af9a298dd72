import type { StepResult, Value } from '../../scenario/scenario.js';
import type {
  Cgroup,
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
  /** The task that the process is named by; execve may give the place to another. */
  leader: Task | undefined;
  /** Former leaders: their TIDs are another thread's now. */
  readonly replaced = new Set<Task>();
  /** It leads a session that it did not ask for: only a broken kernel does that. */
  ownSession = false;
  /** Who gets the exit signal instead of the parent: only a broken kernel does that. */
  signalled: Task | undefined;
  /** How often the parent had executed a program when this process was made. */
  parentExecs = 0;
  /** setitimer(2) and timer_create(2). */
  itimer = false;
  readonly timers = new Set<number>();
  timersMade = 0;
  /** The soft limit that somebody set; undefined is the one that was there before. */
  rlimit: number | undefined;
  subreaper = false;
  /** CLONE_AUTOREAP: it leaves no zombie. */
  autoreap = false;

  constructor(
    /** real_parent: the task that made it, or one that it was given to; undefined is the world outside the scenario. */
    public parent: Task | undefined,
    public exitSignal: number,
    public session: Task | undefined,
  ) {}

  get alive(): readonly Task[] {
    return this.threads.filter(({ alive }) => alive);
  }
}

/** What a task that waits is waiting for. */
export type Waiting =
  | {
      readonly kind: 'vfork';
      readonly child: Task;
      /** What the call comes to when it goes on. */
      readonly then: () => StepResult | undefined;
      readonly over?: boolean;
    }
  | { readonly kind: 'wait'; readonly again: () => StepResult | undefined }
  | { readonly kind: 'futex'; readonly at: bigint; readonly over?: boolean }
  /** In a ptrace stop; `then` is what the call that it stopped in comes to when it goes on. */
  | { readonly kind: 'traced'; readonly then?: () => StepResult | undefined; readonly over?: boolean }
  /** A signal that it handles has cut its sleep short. */
  | { readonly kind: 'interrupted' };

/** A stop that a tracer hears of. */
export interface TraceStop {
  /** As wait4(2) gives it. */
  readonly status: number;
  readonly message: Value;
  reported: boolean;
}

/** What is a task's own and inherited as it is. */
export interface Own {
  altstack: boolean;
  tls: number | 'own';
  noNewPrivs: boolean;
  nice: number | undefined;
  policy: number;
  resetOnFork: boolean;
  personality: number | undefined;
  timerslack: number | undefined;
  cgroup: Cgroup;
  /** It executed a program where its user id has no name, and lost what capabilities it had. */
  lostCapabilities: boolean;
}

/** task_struct: references to resources, and what is a task's own. */
export class Task {
  alive = true;
  readonly pending = new Set<number>();
  /** The namespace in which its TID is the number that its creator got. */
  namedIn: PidNamespace | undefined;
  /** The task whose TIDs it has: after execve a thread has its leader's. */
  identity: Task = this;
  /** TIDs that were asked for. */
  readonly chosenTids = new Map<PidNamespace, number>();
  vforkParent: Task | undefined;
  clearChildTid: bigint | undefined;
  robustList = false;
  pdeathSignal = 0;
  /** How often it has executed a program. */
  execs = 0;
  /** How often it ran a handler, by signal. */
  readonly handled = new Map<number, number>();
  tracer: Task | undefined;
  seized = false;
  traceOptions = 0;
  stop: TraceStop | undefined;
  /** What it sleeps for, and the step in which it began to; before its first step that is -1. */
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
    readonly own: Own,
  ) {
    group.leader ??= this;
    group.threads.push(this);
  }

  /** The TID as it is seen from a namespace: 1 for its init, one that was asked for, otherwise a number that only the target knows. */
  tidFrom(ns: PidNamespace): Value {
    const named = this.identity;
    if (ns.init?.identity === named) return 1;
    return named.chosenTids.get(ns) ?? { symbol: `tid:${String(named.number)}@${String(ns.number)}` };
  }

  get isLeader(): boolean {
    return this.group.leader === this;
  }
}
