import { describe, expect, test } from '@jest/globals';
import { callerNamed, formatCall, parseCall, type Call } from '../spec/index.js';
import type { Observation } from './case.js';
import { PLAIN_CALLER, faultyTarget } from './fixtures/targets.js';
import { Hangs, unlessHung } from './hangs.js';
import { lostInWords } from './lost.js';
import { run } from './run.js';
import { resultOf, type Performer } from './session.js';
import type { CaseRequest } from './wire.js';

const CALLER = callerNamed(PLAIN_CALLER);
const call = (text: string): Call => parseCall(text).call;
const lost = (why: string): Observation => ({ kind: 'lost', why });
const NOT_BACK = lost(lostInWords('timeout'));
const holds = (text: string): Observation => lost(`the target does not come back from ${text}, which it holds`);
const REFUSED: Observation = { kind: 'refused', errno: 'EINVAL' };

/** A target that refuses all, but for the calls that it does not come back from. */
class Sleepy implements Performer {
  readonly made: string[] = [];
  constructor(private readonly isHung: (text: string, nth: number) => boolean) {}
  run(_: unknown, requests: readonly CaseRequest[]): ReturnType<Performer['run']> {
    const observations = requests.map((request) => {
      const text = request.call === 'scenario' ? 'a scenario' : formatCall(request);
      return this.isHung(text, this.made.push(text)) ? NOT_BACK : REFUSED;
    });
    return Promise.resolve(resultOf(undefined, observations));
  }
}

/** As an emulator that stores the pidfd while it waits for itself: where there is no memory, and nothing was refused before. */
const isEmulators = (text: string): boolean =>
  /CLONE_PIDFD/.test(text) && /SIGCHLD/.test(text) && !/CLONE_NEWNS|parent_tid=&|CLONE_FILES/.test(text);

describe('calls that a target does not come back from', () => {
  const asked = async (
    session: Performer,
    hangs: Hangs,
    ...texts: readonly string[]
  ): Promise<readonly Observation[]> => (await unlessHung(session, hangs).run(CALLER, texts.map(call))).observations;

  test('are named by their smallest part', async () => {
    const target = new Sleepy(isEmulators);
    const large = 'clone(CLONE_PIDFD|CLONE_FS|CLONE_PARENT_SETTID|SIGCHLD, stack=&stack, tls=&b)';
    const observations = await asked(target, new Hangs(), 'clone(CLONE_THREAD)', large, 'clone(SIGCHLD)');
    expect(observations).toEqual([REFUSED, holds('clone(CLONE_PIDFD|SIGCHLD)'), REFUSED]);
  });

  test.each([
    ['holds it', 'clone(CLONE_PIDFD|CLONE_FS|SIGCHLD)', false],
    ['gives an argument that it does not look at', 'clone(CLONE_PIDFD|SIGCHLD, tls=&a)', false],
    ['gives another address without memory', 'clone(CLONE_PIDFD|SIGCHLD, parent_tid=unmapped)', false],
    ['gives memory', 'clone(CLONE_PIDFD|SIGCHLD, parent_tid=&a)', true],
    ['is refused for a flag before', 'clone(CLONE_PIDFD|CLONE_NEWNS|SIGCHLD)', true],
    ['has another signal', 'clone(CLONE_PIDFD)', true],
    ['lacks a flag', 'clone(CLONE_FS|SIGCHLD)', true],
    ['is another call', 'clone3({flags=CLONE_PIDFD, exit_signal=SIGCHLD})', true],
  ])('a call that %s: %s is made then: %s', async (_, text, isMade) => {
    const target = new Sleepy((each) => isEmulators(each) && each.startsWith('clone('));
    const hangs = new Hangs();
    await asked(target, hangs, 'clone(CLONE_PIDFD|SIGCHLD)');
    const before = target.made.length;
    const [observation] = await asked(target, hangs, text);
    expect(target.made.slice(before)).toEqual(isMade ? [formatCall(call(text))] : []);
    expect(observation).toEqual(isMade ? REFUSED : holds('clone(CLONE_PIDFD|SIGCHLD)'));
  });

  test('a scenario with such a clone is not performed', async () => {
    const [target, hangs] = [new Sleepy(isEmulators), new Hangs()];
    await asked(target, hangs, 'clone(CLONE_PIDFD|SIGCHLD)');
    const step = { task: 0, op: 'clone', child: 1, call: call('clone(CLONE_PIDFD|CLONE_IO|SIGCHLD)') } as const;
    const { observations } = await unlessHung(target, hangs).run(CALLER, [{ call: 'scenario', steps: [step] }]);
    expect(observations).toEqual([holds('clone(CLONE_PIDFD|SIGCHLD)')]);
    expect(target.made).not.toContain('a scenario');
  });

  test('one that comes back the second time is lost alone', async () => {
    const [target, hangs] = [new Sleepy((_, nth) => nth === 1), new Hangs()];
    expect(await asked(target, hangs, 'clone(CLONE_PIDFD|SIGCHLD)')).toEqual([NOT_BACK]);
    expect(await asked(target, hangs, 'clone(CLONE_PIDFD|SIGCHLD)')).toEqual([REFUSED]);
  });

  test('where nothing comes back, nothing is put down to a call', async () => {
    const [target, hangs] = [new Sleepy(() => true), new Hangs()];
    expect(await asked(target, hangs, 'clone(SIGCHLD)')).toEqual([NOT_BACK]);
    expect(hangs.whyNot(CALLER, call('clone(SIGCHLD)'))).toBeUndefined();
  });

  test('two probes that meet one at once look into it once', async () => {
    const hangs = new Hangs();
    const targets = [new Sleepy(isEmulators), new Sleepy(isEmulators)];
    const [one, another] = await Promise.all(
      targets.map((target) => asked(target, hangs, 'clone(CLONE_PIDFD|CLONE_FS|SIGCHLD)')),
    );
    expect([one, another]).toEqual([[holds('clone(CLONE_PIDFD|SIGCHLD)')], [holds('clone(CLONE_PIDFD|SIGCHLD)')]]);
    expect(targets[1]?.made).toHaveLength(1);
  });
});

describe('a whole run where CLONE_PARENT_SETTID|CLONE_IO never comes back', () => {
  test('judges the rest, and says that all that holds both was not judged', async () => {
    const options = {
      runs: 2_000,
      seed: 3,
      jobs: 2,
      level: 'linux',
      order: 'strict',
      callers: [PLAIN_CALLER],
    } as const;
    const result = await run(faultyTarget(['stuck=0x80100000'], {}, ['--timeout', '100']), options);
    expect(result.findings).toEqual([]);
    expect(result.unstable).toEqual([]);
    expect(result.counts.fail).toBe(0);
    expect(result.counts.pass).toBeGreaterThan(1_000);
    const whys = result.lost.map(({ why }) => why);
    for (const part of ['clone(CLONE_PARENT_SETTID|CLONE_IO)', 'clone3({flags=CLONE_PARENT_SETTID|CLONE_IO})']) {
      expect(whys).toContain(`the target does not come back from ${part}, which it holds`);
    }
    const lostCases = result.lost.reduce((sum, { cases }) => sum + cases, 0);
    expect(result.counts['not-run']).toBe(lostCases);
  });
});
