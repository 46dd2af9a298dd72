import { Command } from 'commander';
import { openTarget, run, type Target } from '../harness/index.js';
import { EXIT, exitStatus } from '../reports/index.js';
import { callerNamed, parseCall, parseCaseFile, type StoredCase } from '../spec/index.js';
import { addAsRoot, requireAsked, type AsRootOptions } from './as-root.js';
import { choiceOption, judging, readInput, type CommonOptions } from './options.js';
import type { Finish } from './finish.js';
import { replayScenarios, type StoredScenario } from './replay-scenario.js';
import { addJudging, show } from './run.js';
import { addTargeting, meant, type TargetingOptions } from './targeting.js';

interface Options extends CommonOptions, TargetingOptions, AsRootOptions {
  readonly format?: 'pretty' | 'json';
}

/** `clonecheck replay`. */
export function replayCommand(finish: Finish): Command {
  return addAsRoot(addTargeting(addJudging(new Command('replay'))))
    .description('Run stored cases again: a YAML file of them, or one call.')
    .argument('<case>', 'FILE, - for standard input, or a call such as clone(CLONE_NEWNS|CLONE_FS)')
    .option(
      '--format <format>',
      'pretty or json (default: pretty on a terminal)',
      choiceOption('format', ['pretty', 'json']),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, options: Options) => {
      const stored = await readStored(text, options.caller?.[0] ?? 'root');
      const { target: name, options: reached, kernel: named } = meant(options);
      requireAsked(stored, name, options);
      const target = openTarget(name, reached);
      const kernel = options.kernel ?? named;
      const held = { ...options, ...(kernel && { kernel }) };
      const calls = stored.flatMap(({ subject }) => ('call' in subject ? [subject] : []));
      const scenarios = stored.flatMap(({ subject, returns }): readonly StoredScenario[] =>
        'steps' in subject ? [{ scenario: subject, returns }] : [],
      );
      const statuses: number[] = [];
      if (calls.length > 0) statuses.push(await replayCalls(target, calls, held));
      if (scenarios.length > 0) {
        const json = (options.format ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'json';
        statuses.push(await replayScenarios(target, scenarios, { json, ...(kernel && { kernel }) }));
      }
      finish(worst(statuses));
    });
}

const EXAMPLES = `
Ends with 0 where every case came out as predicted; with 3 where one of them could not be judged.

Examples:
  $ clonecheck replay 'clone(CLONE_NEWNS|CLONE_FS)'
  $ clonecheck replay --caller chroot+user 'clone(CLONE_NEWUSER|SIGCHLD)'
  $ clonecheck replay finding.yaml                     caller: root
                                                       call: clone(CLONE_NEWNS|CLONE_FS)
  $ clonecheck replay spec/examples/files-shared.yaml  a scenario: caller and steps`;

/**
 * Reads cases as people give them: a call, or a file of calls and scenarios.
 *
 * @param caller - who makes a call that stands alone
 * @throws InputError with the place of what is not understood
 */
export async function readStored(text: string, caller: string): Promise<readonly StoredCase[]> {
  if (/^\s*(clone|clone3|fork|vfork)\s*\(/.test(text)) {
    const subject = { caller: callerNamed(caller), call: parseCall(text).call };
    return [{ subject, about: [], returns: new Map(), place: { file: 'CALL', line: 1 } }];
  }
  return parseCaseFile(await readInput(text), text);
}

async function replayCalls(
  target: Target,
  corpus: readonly Extract<StoredCase['subject'], { call: unknown }>[],
  options: Options,
): Promise<number> {
  const { callers, ...rest } = judging(options);
  const result = await run(target, { ...rest, callers: [], corpus, runs: 0, seed: 0, jobs: 1 });
  const judged = { ...result, asked: true, clauses: result.clauses.filter(({ judged: n, failed }) => n + failed > 0) };
  show(judged, { ...options, minJudged: 0 });
  return exitStatus(judged, 0);
}

/** A difference outweighs what could not be judged, and that outweighs what conforms. */
function worst(statuses: readonly number[]): number {
  if (statuses.includes(EXIT.differs)) return EXIT.differs;
  return statuses.find((status) => status !== EXIT.conforms) ?? EXIT.conforms;
}
