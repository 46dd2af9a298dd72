import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type * as Commands from './commands.js';
import type * as Kinds from './kinds.js';
import type * as Trials from './trial.js';
import { packageRoot } from '../spec/index.js';

/** `npm run faults` takes a hundred, others each time. The relay is a program of its own, and has to be built. */
const seeds = [1_018_295_129, 190_063, 506_823];
const built = join(packageRoot(), 'dist', 'faults');
if (!existsSync(join(built, 'relay.js'))) throw new Error(`${built} is not there: npm run build`);
const { KINDS } = (await import(join(built, 'kinds.js'))) as typeof Kinds;
const { commandKinds, usualCommand } = (await import(join(built, 'commands.js'))) as typeof Commands;
const { randomFrom, trial, usualOf } = (await import(join(built, 'trial.js'))) as typeof Trials;

const [usual, usualAsUser, command] = [await usualOf({}), await usualOf({ asUser: true }), await usualCommand()];
/** With the seeds, so that what went wrong can be made to go wrong again. */
const nothingWrong = seeds.map((seed) => ({ seed, wrong: [] }));

describe('every case is accounted for once, without a false pass or difference, where a fault strikes:', () => {
  test.each(KINDS)('$name', async (kind) => {
    const told = seeds.map(async (seed) => {
      const { wrong } = await trial(kind, seed, kind.asUser === true ? usualAsUser : usual);
      return { seed, wrong };
    });
    expect(await Promise.all(told)).toEqual(nothingWrong);
  });

  for (const { name, missing, trial: once } of commandKinds()) {
    if (missing !== undefined) test.skip(`${name} (${missing})`, () => undefined);
    else
      test(name, async () => {
        const told = seeds.map(async (seed) => ({ seed, wrong: await once(randomFrom(seed), command) }));
        expect(await Promise.all(told)).toEqual(nothingWrong);
      });
  }
});
