import { Command } from 'commander';
import * as v from 'valibot';
import { openTarget, run, type Case } from '../harness/index.js';
import { exitStatus } from '../reports/index.js';
import { InputError, callerNamed, parseCall } from '../spec/index.js';
import { parseYaml } from '../spec/rules/yaml-file.js';
import { choiceOption, judging, readInput, type CommonOptions } from './options.js';
import type { Finish } from './program.js';
import { addJudging, show } from './run.js';

interface Options extends CommonOptions {
  readonly target: string;
  readonly format?: 'pretty' | 'json';
}

/** `clonecheck replay`. */
export function replayCommand(finish: Finish): Command {
  return addJudging(new Command('replay'))
    .description('Run stored cases again: a YAML file of them, or one call.')
    .argument('<case>', 'FILE, - for standard input, or a call such as clone(CLONE_NEWNS|CLONE_FS)')
    .option('--target <target>', 'local, or exec:COMMAND PREFIX', 'local')
    .option(
      '--format <format>',
      'pretty or json (default: pretty on a terminal)',
      choiceOption('format', ['pretty', 'json']),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, options: Options) => {
      const cases = await readCases(text, options.caller?.[0] ?? 'root');
      const { callers, ...rest } = judging(options);
      const result = await run(openTarget(options.target), {
        ...rest,
        callers: [],
        corpus: cases,
        runs: 0,
        seed: 0,
        jobs: 1,
      });
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
                                                       call: clone(CLONE_NEWNS|CLONE_FS)`;

const oneCase = v.strictObject({ caller: v.string(), call: v.string() });
const schema = v.union([oneCase, v.array(oneCase)]);

async function readCases(text: string, caller: string): Promise<readonly Case[]> {
  if (/^\s*(clone|clone3|fork|vfork)\s*\(/.test(text))
    return [{ caller: callerNamed(caller), call: parseCall(text).call }];
  const { value, placeOf } = parseYaml(await readInput(text), text, schema);
  const list = Array.isArray(value) ? value : [value];
  return list.map((each, index) => {
    const read = <T>(field: 'caller' | 'call', parse: (text: string) => T): T => {
      try {
        return parse(each[field]);
      } catch (error) {
        const path = Array.isArray(value) ? [index, field] : [field];
        throw error instanceof InputError ? error.at(placeOf(path)) : error;
      }
    };
    return { caller: read('caller', callerNamed), call: read('call', (call) => parseCall(call).call) };
  });
}
