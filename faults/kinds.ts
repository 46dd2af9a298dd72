import type { Harm } from './plan.js';

/** Numbers from a seed, so that a fault can be brought about again. */
export type Random = (below: number) => number;

/** A kind of fault in the surroundings of a probe. */
export interface Kind {
  readonly name: string;
  readonly harm: (random: Random) => Harm;
  /** Every probe is harmed. */
  readonly each?: true;
  /** The harm may not be noticed, and nothing is missing then. */
  readonly harmless?: true;
  /** The probe runs as a user of its own, whom a limit on processes holds. */
  readonly asUser?: true;
}

/** What a probe never says: nonsense, what is cut off, what comes twice, what nobody asked for, what does not end. */
const LINES: readonly (string | { readonly text: string; readonly times: number })[] = [
  'garbage\n',
  '\n',
  '{"id":"1","errno":"EINVAL"}\n',
  '{"id":"999999","errno":"EINVAL"}\n',
  '{"id":"1","errno":"EINV',
  '{"type":"footer","cases":3}\n',
  '{"type":"caller","name":"root","attributes":[],"blocked":"x"}\n',
  '{"type":"header"}\n',
  '{"id":7,"pid":"x"}\n',
  'null\n',
  '[]\n',
  '{"id":"1","lost":"signal x"}\n',
  '{"id":"1","steps":[{"ret":1e999}]}\n',
  '\0\0\0\0\n',
  '\xff\xfe\n',
  `${'['.repeat(70_000)}\n`,
  { text: 'x', times: 1_200_000 },
];

function lineOf(random: Random): Harm {
  const line = LINES[random(LINES.length)] ?? '';
  return { kind: 'line', ...(typeof line === 'string' ? { text: line } : line) };
}

const pick = <T>(random: Random, list: readonly [T, ...T[]]): T => list[random(list.length)] ?? list[0];

/** Kinds of fault between the harness and its probe. */
export const KINDS: readonly Kind[] = [
  { name: 'probe killed', harm: () => ({ kind: 'signal', signal: 'SIGKILL', depth: 0 }) },
  { name: 'probe dies of SIGSEGV', harm: () => ({ kind: 'signal', signal: 'SIGSEGV', depth: 0 }) },
  { name: 'probe stopped', harm: () => ({ kind: 'signal', signal: 'SIGSTOP', depth: 0 }) },
  {
    name: "probe's child killed",
    harm: (random) => ({ kind: 'signal', signal: 'SIGKILL', depth: 1 + random(3) }),
    harmless: true,
  },
  {
    name: "probe's child stopped",
    harm: (random) => ({ kind: 'signal', signal: 'SIGSTOP', depth: 1 + random(3) }),
    harmless: true,
  },
  { name: "probe's input closed", harm: () => ({ kind: 'close', which: 'input' }) },
  { name: "probe's output closed", harm: () => ({ kind: 'close', which: 'output' }) },
  { name: 'short reads and writes', harm: () => ({ kind: 'split' }), each: true, harmless: true },
  {
    name: 'malformed lines',
    harm: lineOf,
    harmless: true,
  },
  {
    name: 'no more processes',
    harm: (random) => ({ kind: 'limit', what: `--nproc=${String(1 + random(3))}` }),
    asUser: true,
    harmless: true,
  },
  {
    name: 'no more memory',
    harm: (random) => ({ kind: 'limit', what: pick(random, ['--as=4096', '--as=400000', '--as=2000000']) }),
    harmless: true,
  },
  {
    name: 'no more descriptors',
    harm: (random) => ({ kind: 'limit', what: `--nofile=${pick(random, ['0', '3', '8', '20'])}` }),
    harmless: true,
  },
];
