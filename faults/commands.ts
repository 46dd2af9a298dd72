import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { readResults, type Results } from '../reports/index.js';
import { InputError } from '../spec/index.js';
import { MARK, leftBehind } from './left-behind.js';
import { CASES, SCENARIOS } from './trial.js';
import type { Random } from './kinds.js';

/** A whole `clonecheck run`, and what came of it. */
interface Ended {
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the folder that it could write to. */
  readonly files: Readonly<Record<string, string>>;
}

/** A kind of fault in the surroundings of the program itself. */
export interface CommandKind {
  readonly name: string;
  /** Why it cannot be brought about here. */
  readonly missing?: string;
  /** @returns what is wrong with how it ended */
  readonly trial: (random: Random, usual: UsualCommand) => Promise<readonly string[]>;
}

/** The same command where nothing goes wrong. */
export interface UsualCommand {
  readonly milliseconds: number;
  readonly cases: number;
}

const MAIN = fileURLToPath(new URL('../cli/main.js', import.meta.url));
const CALLERS = process.getuid?.() === 0 ? 'root,user' : 'user';
const ARGS = ['run', '--format', 'json', '--runs', String(CASES), '--scenarios', String(SCENARIOS), '--no-corpus'];
const COMMAND = [...ARGS, '--caller', CALLERS, '--seed', '42', '--jobs', '1'];

/** What a signal or a full disk may let it take longer; beyond that it hangs. */
const MOST = 60_000;

interface How {
  readonly node?: readonly string[];
  readonly args?: readonly string[];
  readonly prefix?: readonly string[];
  readonly during?: (pid: number) => Promise<void>;
}

/** Runs it in a folder of its own, and waits until all that it started has gone too. */
async function clonecheck({ node = [], args = [], prefix = [], during }: How): Promise<Ended & { left: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'clonecheck-fault-'));
  try {
    const [file = '', ...words] = [...prefix, process.execPath, ...node, MAIN, ...COMMAND, ...args];
    const child = execa(file, words, {
      reject: false,
      stripFinalNewline: false,
      timeout: MOST,
      killSignal: 'SIGKILL',
      env: { [MARK]: folder, NODE_OPTIONS: undefined, GITHUB_ACTIONS: undefined },
      cwd: folder,
    });
    if (child.pid !== undefined && during !== undefined) await during(child.pid);
    const { exitCode, signal, stdout, stderr } = await child;
    const left = await leftBehind(folder);
    const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    const files = names.map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')] as const);
    return { status: exitCode, signal, stdout, stderr, files: Object.fromEntries(files), left };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What must be so however it ended. */
function whatIsWrong(
  ended: Ended & { left: number },
  usual: UsualCommand | undefined,
  allowed: readonly number[],
): string[] {
  const { status, signal, stdout, stderr, left } = ended;
  const wrong: string[] = [];
  if (left > 0) wrong.push(`${String(left)} processes are left`);
  // While Node itself starts, and when the work is done, a signal just ends it; whoever started it sees that.
  if (signal === 'SIGINT') return wrong;
  if (signal !== undefined) wrong.push(`it died of ${signal}`);
  else if (!allowed.includes(status ?? -1)) wrong.push(`it ended with ${String(status)}: ${stderr.slice(-300)}`);
  // Nothing was judged before the target had answered; that is said instead of a report.
  if (status === 130 && stdout === '' && /^clonecheck: interrupted before .* had answered/.test(stderr)) return wrong;
  const results = read(stdout);
  if (typeof results === 'string') {
    if (status !== 2) wrong.push(`what it wrote is not whole, and it ended with ${String(status)}: ${results}`);
    return wrong;
  }
  const { findings, footer } = results;
  if (findings.length > 0) wrong.push(`a difference: ${findings[0]?.clause ?? ''}`);
  if (footer === undefined) {
    if (status !== 2) wrong.push('there is no footer');
    return wrong;
  }
  const { counts, scenarioCounts, cases, scenarios, interrupted } = footer;
  const sum = (each: typeof counts): number => each.pass + each.fail + each.blocked + each['not-run'];
  if (sum(counts) !== cases || sum(scenarioCounts) !== scenarios) wrong.push('cases are not accounted for');
  if (interrupted !== (status === 130))
    wrong.push(`interrupted: ${String(interrupted)}, and it ended with ${String(status)}`);
  if (!interrupted && usual !== undefined && cases !== usual.cases) wrong.push(`${String(cases)} cases were made`);
  return wrong;
}

function read(text: string): Results | string {
  try {
    return readResults(text, 'stdout');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** What this ends with where nothing goes wrong: so few cases say too little. */
const USUALLY = 3;

export async function usualCommand(): Promise<UsualCommand> {
  const started = performance.now();
  const ended = await clonecheck({});
  const wrong = whatIsWrong(ended, undefined, [USUALLY]);
  const results = read(ended.stdout);
  if (wrong.length > 0 || typeof results === 'string') throw new Error(`the usual run: ${wrong.join('; ')}`);
  return { milliseconds: performance.now() - started, cases: results.footer?.cases ?? 0 };
}

const signalled = (at: readonly number[], signals: readonly NodeJS.Signals[]) => async (pid: number) => {
  for (const [index, milliseconds] of at.entries()) {
    await delay(milliseconds);
    try {
      process.kill(pid, signals[index] ?? 'SIGINT');
    } catch {
      // It has come to its end.
    }
  }
};

/** A clock that is set back by hours, at random, again and again. */
const CLOCK = `data:text/javascript,${encodeURIComponent(`
  const Real = Date; let back = 0;
  const now = () => { if (Math.random() < 0.3) back += Math.random() * 36e5; return Real.now() - back; };
  globalThis.Date = class extends Real { constructor(...a) { super(...(a.length ? a : [now()])); } static now() { return now(); } };
`)}`;

const mounts = (await execa('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { reject: false })).failed
  ? 'this user may mount nothing'
  : undefined;

/** Runs the rest of the command with a file system of so many bytes mounted over the folder that it is in. */
const tiny = (bytes: number, rest: string): readonly string[] => [
  ...['unshare', '-m', 'sh', '-c'],
  `here=$PWD; mkdir small && mount -t tmpfs -o size=${String(bytes)} none small && "$@" ${rest}; status=$?; cp small/* . 2>/dev/null; exit $status`,
  'sh',
];

/** Kinds of fault that strike the program itself, or what it writes to. */
export function commandKinds(): readonly CommandKind[] {
  return [
    {
      name: 'SIGINT',
      trial: async (random, usual) => {
        const ended = await clonecheck({ during: signalled([random(usual.milliseconds)], ['SIGINT']) });
        return whatIsWrong(ended, usual, [130, USUALLY]);
      },
    },
    {
      name: 'SIGINT twice',
      trial: async (random, usual) => {
        const times = [random(usual.milliseconds), random(1_000)];
        const ended = await clonecheck({ during: signalled(times, ['SIGINT', 'SIGINT']) });
        // The second one ends it without a report, if it is no echo of the first.
        if (ended.left === 0 && ended.status === 130) return [];
        return whatIsWrong(ended, usual, [130, USUALLY]);
      },
    },
    {
      name: 'killed',
      trial: async (random, usual) => {
        const { left } = await clonecheck({ during: signalled([random(usual.milliseconds)], ['SIGKILL']) });
        return left === 0 ? [] : [`${String(left)} processes are left`];
      },
    },
    {
      name: 'clock set back',
      trial: async (_, usual) => whatIsWrong(await clonecheck({ node: ['--import', CLOCK] }), usual, [USUALLY]),
    },
    {
      name: 'full disk, files',
      ...(mounts !== undefined && { missing: mounts }),
      trial: async (random, usual) => {
        const outputs = ['--out', 'small/out', '--report', 'html=small/page.html', '--report', 'junit=small/junit.xml'];
        const ended = await clonecheck({ prefix: tiny(4_096 * (1 + random(60)), ''), args: outputs });
        const wrong = whatIsWrong(ended, usual, [USUALLY, 2]);
        const out = ended.files['out'];
        const written = out === undefined ? undefined : read(out);
        const whole = typeof written === 'object' && written.footer !== undefined;
        return ended.status === USUALLY && !whole ? [...wrong, 'the file is not whole, and nothing says so'] : wrong;
      },
    },
    {
      name: 'full disk, output',
      ...(mounts !== undefined && { missing: mounts }),
      trial: async (random, usual) => {
        const ended = await clonecheck({ prefix: tiny(4_096 * (1 + random(20)), '> small/stdout') });
        return whatIsWrong({ ...ended, stdout: ended.files['stdout'] ?? '' }, usual, [USUALLY, 2]);
      },
    },
  ];
}
