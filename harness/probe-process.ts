import { execa, type ResultPromise } from 'execa';

/** How a probe is started. */
export interface ProbeCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** What is written before its header has come is lost: nobody listens on a serial line yet. */
  readonly hearsAfterHeader?: true;
  /** What is written before its input is ended, where that end does not reach the probe: a serial line has none. */
  readonly farewell?: string;
  /** It gets a descriptor 3 for a kernel's console; this makes of what came there why it ended, or what it said last. */
  readonly consoleWords?: (text: string) => string | undefined;
}

/** A running probe, as a pipe in and a pipe out. */
export interface ProbeProcess {
  /** Of what was started: the probe, or what stands between us and it. */
  readonly pid: number | undefined;
  readonly write: (text: string) => void;
  /** Ends its input, and with it, before long, the probe. */
  readonly end: () => void;
  /** Ends it by force, with all that it started, and hears no more of it. */
  readonly kill: () => void;
  /** Adds what its console said last, where it has one, to why it is ended by force. */
  readonly explain: (why: string) => string;
  /** Resolves when it has ended and all that it wrote was heard, to how it ended. Never rejects. */
  readonly ended: Promise<string>;
}

type Started = Pick<ResultPromise<{ buffer: false; reject: false }>, 'pid' | 'once' | 'then'>;

/** Ends, when this process ends, the probes that still run. */
const running = new Set<() => void>();
process.once('exit', () => {
  for (const kill of running) kill();
});

/** Of a console so many characters are kept. */
const CONSOLE_KEPT = 20_000;
/** So long, in milliseconds, the pipes of a process that has ended may be held open by others that it started. */
const LINGER = 1_000;

/**
 * Starts a probe in a process group of its own: a terminal's Ctrl-C is for clonecheck alone, and what stands between
 * clonecheck and the probe (a shell, an emulator) can be ended together with it.
 *
 * @param hear - gets the standard output, in pieces
 */
export function startProbe(command: ProbeCommand, hear: (text: string) => void): ProbeProcess {
  const { file, args, farewell, consoleWords } = command;
  const subprocess = execa(file, args, {
    buffer: false,
    reject: false,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', ...(consoleWords === undefined ? [] : ['pipe' as const])],
  }) as unknown as Started & {
    readonly stdio: readonly (NodeJS.ReadableStream & { destroy: () => void })[];
    readonly stdin: NodeJS.WritableStream;
    readonly stdout: NodeJS.ReadableStream & { destroy: () => void };
    readonly stderr: NodeJS.ReadableStream & { destroy: () => void };
  };
  const { stdin, stdout, stderr } = subprocess;
  let said = '';
  let linger: NodeJS.Timeout | undefined;
  stdout.setEncoding('latin1');
  stdout.on('data', hear);
  stderr.setEncoding('utf8');
  stderr.on('data', (text: string) => {
    said = (said + text).slice(-2_000);
  });
  const kernelConsole = consoleWords === undefined ? undefined : subprocess.stdio[3];
  let printed = '';
  kernelConsole?.setEncoding('latin1');
  kernelConsole?.on('data', (text: string) => {
    printed = (printed + text).slice(-CONSOLE_KEPT);
  });
  kernelConsole?.on('error', () => undefined);
  // A probe that is gone cannot be written to; its end tells.
  stdin.on('error', () => undefined);
  const killGroup = (): void => {
    try {
      if (subprocess.pid !== undefined) process.kill(-subprocess.pid, 'SIGKILL');
    } catch {
      // Its end has not been noticed yet.
    }
  };
  running.add(killGroup);
  subprocess.once('exit', () => {
    // From now on the number may be another's.
    running.delete(killGroup);
    linger = setTimeout(() => {
      for (const stream of [stdout, stderr, kernelConsole]) stream?.destroy();
    }, LINGER);
  });
  const awaitEnd = async (): Promise<string> => {
    const { exitCode, signal, code } = await subprocess;
    clearTimeout(linger);
    running.delete(killGroup);
    const how =
      signal !== undefined
        ? `died of ${signal}`
        : exitCode !== undefined
          ? `exited with ${String(exitCode)}`
          : `could not be started${code === undefined ? '' : ` (${code})`}`;
    const cause = exitCode === undefined && signal === undefined ? undefined : consoleWords?.(printed);
    if (cause !== undefined) return cause;
    const last = said.trim().split('\n').at(-1) ?? '';
    return `the probe ${how}${last === '' ? '' : `: ${last}`}`;
  };
  return {
    pid: subprocess.pid,
    write: (text) => {
      stdin.write(text);
    },
    end: () => {
      if (farewell !== undefined) stdin.write(farewell);
      stdin.end();
    },
    kill: () => {
      stdout.removeAllListeners('data');
      stdout.resume();
      if (running.has(killGroup)) killGroup();
    },
    explain: (why) => {
      const words = consoleWords?.(printed);
      return words === undefined ? why : `${why}; ${words}`;
    },
    ended: awaitEnd(),
  };
}
