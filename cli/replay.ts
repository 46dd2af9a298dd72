import { Command } from 'commander';
import * as v from 'valibot';
import { openTarget, run, type Case } from '../harness/index.js';
import { exitStatus } from '../reports/index.js';
import { InputError, callerNamed, parseCall, parseStep, type Place, type Scenario } from '../spec/index.js';
import { parseYaml } from '../spec/rules/yaml-file.js';
import { choiceOption, judging, readInput, type CommonOptions } from './options.js';
import type { Finish } from './program.js';
import { replayScenarios } from './replay-scenario.js';
import { addJudging, show } from './run.js';
import { addTargeting, meant, type TargetingOptions } from './targeting.js';

interface Options extends CommonOptions, TargetingOptions {
  readonly format?: 'pretty' | 'json';
}

/** `clonecheck replay`. */
export function replayCommand(finish: Finish): Command {
  return addTargeting(addJudging(new Command('replay')))
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
      const target = openTarget(name, reached);
      const kernel = options.kernel ?? named;
      if (stored.kind === 'scenarios') {
        const json = (options.format ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'json';
        finish(await replayScenarios(target, stored.scenarios, { json, ...(kernel && { kernel }) }));
        return;
      }
      const { callers, ...rest } = { ...judging(options), ...(kernel && { kernel }) };
      const result = await run(target, { ...rest, callers: [], corpus: stored.cases, runs: 0, seed: 0, jobs: 1 });
      const judged = { ...result, clauses: result.clauses.filter(({ judged: n, failed }) => n + failed > 0) };
      show(judged, { ...options, minJudged: 0 });
      finish(exitStatus(judged, 0));
    });
}

const EXAMPLES = `
Examples:
  $ clonecheck replay 'clone(CLONE_NEWNS|CLONE_FS)'
  $ clonecheck replay --caller chroot+user 'clone(CLONE_NEWUSER|SIGCHLD)'
  $ clonecheck replay finding.yaml                     caller: root
                                                       call: clone(CLONE_NEWNS|CLONE_FS)
  $ clonecheck replay spec/examples/files-shared.yaml  a scenario: caller and steps`;

const oneCase = v.strictObject({ caller: v.string(), call: v.string() });
/** A schedule of steps; files of `spec/examples` say more about themselves. */
const oneScenario = v.strictObject({
  caller: v.string(),
  steps: v.array(v.string()),
  name: v.optional(v.string()),
  about: v.optional(v.union([v.string(), v.array(v.string())])),
  what: v.optional(v.string()),
  returns: v.optional(v.record(v.string(), v.number())),
});
const caseSchema = v.union([oneCase, v.array(oneCase)]);

/** What a file holds: calls, or a scenario. */
type Stored =
  | { readonly kind: 'cases'; readonly cases: readonly Case[] }
  | { readonly kind: 'scenarios'; readonly scenarios: readonly Scenario[] };

async function readStored(text: string, caller: string): Promise<Stored> {
  if (/^\s*(clone|clone3|fork|vfork)\s*\(/.test(text)) {
    return { kind: 'cases', cases: [{ caller: callerNamed(caller), call: parseCall(text).call }] };
  }
  const content = await readInput(text);
  return /^steps:/m.test(content) ? readScenario(content, text) : readCases(content, text);
}

function readScenario(content: string, file: string): Stored {
  const { value, placeOf } = parseYaml(content, file, oneScenario);
  const caller = at(() => callerNamed(value.caller), placeOf(['caller']));
  const steps = value.steps.map((step, index) => at(() => parseStep(step), placeOf(['steps', index])));
  return { kind: 'scenarios', scenarios: [{ caller, steps }] };
}

function readCases(content: string, file: string): Stored {
  const { value, placeOf } = parseYaml(content, file, caseSchema);
  const list = Array.isArray(value) ? value : [value];
  const cases = list.map((each, index): Case => {
    const path = (field: string): (string | number)[] => (Array.isArray(value) ? [index, field] : [field]);
    return {
      caller: at(() => callerNamed(each.caller), placeOf(path('caller'))),
      call: at(() => parseCall(each.call).call, placeOf(path('call'))),
    };
  });
  return { kind: 'cases', cases };
}

/** What is wrong with a part of a file is said with the part's place. */
function at<T>(read: () => T, place: Place): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InputError ? error.at(place) : error;
  }
}
