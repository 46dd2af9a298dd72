import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { everyFlagSet } from '../generators/index.js';
import { kernelFacts, localTarget, withSession, type Observation } from '../harness/index.js';
import {
  FLAGS,
  RW,
  clone,
  clone3,
  formatCall,
  formatKernelVersion,
  packageRoot,
  type Call,
  type Caller,
} from './index.js';

/**
 * Every set of at most three flags, through clone and clone3: what `explain` predicts without a kernel is what the running kernel
 * does, with no exception.
 */
const WORDS = { parent_tid: RW + 0x100n, child_tid: RW + 0x108n };
const NOT_OPEN = 99n;

function bits(call: 'clone' | 'clone3'): readonly bigint[] {
  return FLAGS.filter(({ calls, refused }) => calls.includes(call) || refused.includes(call)).map(({ value }) => value);
}

const CALLS: Readonly<Record<'clone' | 'clone3', readonly Call[]>> = {
  clone: [...everyFlagSet(bits('clone'), 3)].map((flags) => clone(flags, WORDS)),
  clone3: [...everyFlagSet(bits('clone3'), 3)].map((flags) =>
    clone3({ flags, ...WORDS, pidfd: RW + 0x110n, cgroup: NOT_OPEN }),
  ),
};

interface Explained {
  readonly call: string;
  readonly outcome: string;
  readonly allowed: readonly string[];
}

async function explain(calls: readonly Call[], caller: string, kernel: string): Promise<readonly Explained[]> {
  const main = join(packageRoot(), 'dist', 'cli', 'main.js');
  const { stdout } = await execa(
    process.execPath,
    [main, 'explain', '--json', '--caller', caller, '--kernel', kernel, '-'],
    {
      input: calls.map(formatCall).join('\n'),
      maxBuffer: 200_000_000,
    },
  );
  return stdout.split('\n').map((line) => JSON.parse(line) as Explained);
}

function outcome(observation: Observation | undefined): string {
  if (observation?.kind === 'refused') return observation.errno;
  return observation?.kind === 'child' ? 'success' : JSON.stringify(observation);
}

describe('explain predicts the running kernel for every set of at most three flags', () => {
  const callers: readonly Caller[] =
    process.getuid?.() === 0
      ? [
          { name: 'root', attributes: [] },
          { name: 'user', attributes: ['user'] },
        ]
      : [{ name: 'user', attributes: ['user'] }];
  let kernel = '';
  beforeAll(async () => {
    kernel = await withSession(localTarget(), (_, header) =>
      Promise.resolve(formatKernelVersion(kernelFacts(header).version)),
    );
  });
  for (const caller of callers) {
    for (const call of ['clone', 'clone3'] as const) {
      test(`${call}, ${String(CALLS[call].length)} sets, as ${caller.name}`, async () => {
        const [explained, { observations }] = await withSession(localTarget(), (session) =>
          Promise.all([explain(CALLS[call], caller.name, kernel), session.run(caller, CALLS[call])]),
        );
        expect(explained).toHaveLength(CALLS[call].length);
        const wrong = explained.flatMap(({ call: text, outcome: predicted, allowed }, index) => {
          const observed = outcome(observations[index]);
          return predicted === observed && allowed.length === 1
            ? []
            : [`${text}: predicted ${allowed.join(' or ')}, observed ${observed}`];
        });
        expect(wrong).toEqual([]);
      });
    }
  }
});
