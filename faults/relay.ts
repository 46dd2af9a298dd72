import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MARK } from './left-behind.js';
import { isNamed, type RelayPlan } from './plan.js';

/**
 * Stands between the harness and a probe, and does one harm to what goes through it: `relay PLAN PROBE ARGUMENT…`, the plan as JSON. Where nothing
 * goes wrong it is not to be noticed; it ends as the probe does.
 */
const [, , planText = '{}', file = '', ...args] = process.argv;
const plan = JSON.parse(planText) as RelayPlan;
const probe = spawn(file, args, {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...process.env, [MARK]: dirname(plan.struck) },
});
let heard = 0;
/** Of the header, which is the first line. */
let first: number | undefined;
let struck = plan.harm.kind === 'none' || !isFirst();

/** One harm is enough: a probe that is started again is left alone. */
function isFirst(): boolean {
  if (plan.each === true) return true;
  try {
    writeFileSync(plan.struck, '', { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/** The probe and all processes below it. */
function family(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
    return [pid, ...text.trim().split(/\s+/).filter(Boolean).map(Number).flatMap(family)];
  } catch {
    return [];
  }
}

function limit(what: string): void {
  const user = plan.uid === undefined ? [] : ['setpriv', `--reuid=${String(plan.uid)}`, '--clear-groups'];
  for (const pid of family(probe.pid ?? 0)) {
    const words = [...user, 'prlimit', '--pid', String(pid), what];
    spawnSync(words[0] ?? '', words.slice(1));
  }
}

/** Does the harm; true where what has come is not to go on. */
function strike({ harm }: RelayPlan, { pid, stdin }: ChildProcess): void {
  switch (harm.kind) {
    case 'signal':
      process.kill(pickedFrom(pid ?? 0, harm.depth), harm.signal);
      return;
    case 'close':
      if (harm.which === 'input') stdin?.end();
      else closeSync(1);
      return;
    case 'line':
      process.stdout.write(harm.text.repeat(harm.times ?? 1));
      return;
    case 'limit':
      limit(harm.what);
      return;
    case 'split':
    case 'none':
      return;
  }
}

/** The probe itself, or one that it made, so many generations down where there are as many. */
function pickedFrom(pid: number, depth: number): number {
  const all = family(pid);
  return all[Math.min(depth, all.length - 1)] ?? pid;
}

/** Small pieces, one after the other, each a write of its own. */
async function trickle(bytes: Buffer, to: NodeJS.WritableStream): Promise<void> {
  let size = plan.at + bytes.length;
  for (let from = 0; from < bytes.length;) {
    size = (Math.imul(size, 1_103_515_245) + 12_345) >>> 0;
    const end = from + 1 + (size % 97);
    to.write(bytes.subarray(from, end));
    from = end;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function hear(bytes: Buffer): Promise<void> {
  const end = bytes.indexOf('\n');
  if (end >= 0) first ??= heard + end;
  if (plan.harm.kind === 'split') {
    await trickle(bytes, process.stdout);
    return;
  }
  const due = !struck && heard + bytes.length > plan.at;
  const before = due ? bytes.subarray(0, plan.at - heard) : bytes;
  heard += bytes.length;
  if (before.length > 0) process.stdout.write(before);
  if (!due) return;
  struck = true;
  strike(plan, probe);
  if (process.stdout.writable) process.stdout.write(bytes.subarray(before.length));
}

async function pass(from: NodeJS.ReadableStream, each: (bytes: Buffer) => Promise<void>): Promise<void> {
  for await (const piece of from) await each(Buffer.from(piece));
}

process.stdout.on('error', () => undefined);
probe.stdin.on('error', () => undefined);
const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
  probe.once('close', (code, signal) => {
    resolve([code, signal]);
  });
});
void pass(process.stdin, async (bytes) => {
  if (plan.harm.kind === 'split') await trickle(bytes, probe.stdin);
  else if (probe.stdin.writable) probe.stdin.write(bytes);
}).then(() => probe.stdin.end());
await pass(probe.stdout, hear);
const [code, signal] = await ended;
if (plan.harm.kind === 'none') writeFileSync(plan.struck, JSON.stringify({ bytes: heard, header: first }));
if (isNamed(signal)) process.kill(process.pid, signal);
process.exitCode = code ?? 1;
process.stdin.destroy();
