import { fileURLToPath } from 'node:url';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Fed } from './feed.js';
import { allParsers } from './parsers.js';

/**
 * `npm run fuzz -- [COUNT [SEED [PARSER]]]`: mutated inputs for every parser, each in a process of its own with a bounded heap. Ends with 1 where one
 * is neither read nor clearly refused, takes longer than it may, or needs more memory.
 */
const COUNT = Number(process.argv[2] ?? 100_000);
const SEED = Number(process.argv[3] ?? Math.floor(Math.random() * 0x7fff_ffff));
const ONLY = process.argv[4];

/** What one input may take, what a batch may before it is a hang, and what a parser may add to a process that does nothing else. */
const MOST_MILLISECONDS = 2_000;
const HANG_MILLISECONDS = 120_000;
const MOST_MEGABYTES = 512;

interface Outcome {
  readonly fed?: Fed;
  readonly megabytes?: number;
  readonly died?: string;
}

async function inProcess(name: string): Promise<Outcome> {
  const worker = fileURLToPath(new URL('./worker.js', import.meta.url));
  const heap = `--max-old-space-size=${String(MOST_MEGABYTES)}`;
  const child = execa(process.execPath, [heap, worker, name, String(COUNT), String(SEED)], {
    buffer: { stdout: false },
    reject: false,
  });
  let done = 0;
  let last: { fed: Fed; kilobytes: { before: number; peak: number } } | undefined;
  let watchdog: NodeJS.Timeout | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => child.kill('SIGKILL'), HANG_MILLISECONDS);
    const said = JSON.parse(line) as { done?: number } & Partial<NonNullable<typeof last>>;
    if (said.fed !== undefined && said.kilobytes !== undefined) last = { fed: said.fed, kilobytes: said.kilobytes };
    else done = said.done ?? done;
  }
  clearTimeout(watchdog);
  const { exitCode, signal, stderr } = await child;
  if (last === undefined) {
    const how = signal ?? `exit ${String(exitCode)}: ${stderr.trim().split('\n').slice(-5).join(' ')}`;
    return { died: `it died of ${how} in the 1,000 inputs of seed ${String(SEED + done)}` };
  }
  return { fed: last.fed, megabytes: (last.kilobytes.peak - last.kilobytes.before) / 1024 };
}

/** What is wrong with how a parser came through; nothing where all is well. */
function faults({ fed, megabytes = 0, died }: Outcome): readonly string[] {
  if (fed === undefined) return [died ?? 'no answer'];
  const { milliseconds, text } = fed.slowest;
  return [
    ...fed.crashes.map((crash) => `${crash.why}\n    at ${JSON.stringify(crash.text).slice(0, 2_000)}`),
    ...(milliseconds > MOST_MILLISECONDS ? [`slow at ${JSON.stringify(text).slice(0, 2_000)}`] : []),
    ...(megabytes > MOST_MEGABYTES ? [`${megabytes.toFixed(0)} MB`] : []),
  ];
}

function row(name: string, { fed, megabytes }: Outcome): string {
  const number = (value: number | undefined): string => (value?.toLocaleString('en-US') ?? '-').padStart(10);
  const slowest = (fed?.slowest.milliseconds.toFixed(1) ?? '-').padStart(10);
  return `${name.padEnd(20)}${number(fed?.inputs)}${number(fed?.valid)}${number(fed?.refused)}${slowest} ms${(megabytes?.toFixed(0) ?? '-').padStart(6)} MB\n`;
}

const names = (await allParsers()).map(({ name }) => name).filter((name) => ONLY === undefined || name === ONLY);
process.stdout.write(`seed ${String(SEED)}\n`);
process.stdout.write(
  `${'parser'.padEnd(20)}${['inputs', 'valid', 'refused', 'slowest'].map((word) => word.padStart(10)).join('')}    memory\n`,
);
const queue = [...names];
const work = async (): Promise<void> => {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const outcome = await inProcess(name);
    process.stdout.write(row(name, outcome));
    for (const fault of faults(outcome)) {
      process.exitCode = 1;
      process.stdout.write(`  ${fault}\n`);
    }
  }
};
await Promise.all(Array.from({ length: availableParallelism() }, work));
