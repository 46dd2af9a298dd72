import fc from 'fast-check';
import {
  InputError,
  formatCall,
  formatStep,
  nominalFacts,
  nominalKernel,
  parseCall,
  parseStep,
  type Caller,
  type KernelVersion,
} from '../spec/index.js';
import { scenarios } from '../generators/index.js';
import { isScenario } from './corpus-run.js';
import { SCENARIO_CALLERS } from './effects-run.js';
import { discoverEnvironment } from './environment.js';
import { probeFeatures } from './features.js';
import { tryObservers } from './observers.js';
import { RunState, type RunOptions } from './run.js';
import { isSafe } from './scenario-safety.js';
import type { TraceHeader } from './trace.js';
import { callLine, callerLine, type CaseRequest } from './wire.js';

/** What a probe is given, and what each of its cases is, by its id. */
export interface ProbeLines {
  readonly requests: ReadonlyMap<string, CaseRequest>;
  /** The cases were chosen by hand. */
  readonly asked: boolean;
}

const HEAD = 'clonecheck probe lines';
const ASKED = 'chosen cases';

/**
 * The lines that make a probe do what `recordTrace` does, for people who bring them to a target on their own. A comment before each case says
 * what it is. Nothing is known of the target, so every caller is tried, and scenarios are those of the version's own Linux; none sets a host name.
 */
export async function* probeLines(version: KernelVersion, options: RunOptions): AsyncGenerator<string> {
  yield `# ${HEAD}, Linux ${version.slice(0, 2).join('.')}${options.asked === true ? `, ${ASKED}` : ''}\n`;
  yield '# ./probe < LINES > TRACE; clonecheck check --lines LINES TRACE\n';
  let id = 0;
  const lines = (caller: Caller, requests: readonly CaseRequest[]): string =>
    [
      callerLine(caller),
      ...requests.flatMap((request) => [`# ${textOf(request)}`, callLine(String(++id), request)]),
      '',
    ].join('\n');
  for (const { caller, requests } of await firstBatches(version)) yield lines(caller, requests);
  const kernel = nominalKernel(version);
  const state = new RunState(kernel, NOTHING_AROUND, options);
  for (let batch = state.next(); batch !== undefined; batch = state.next()) yield lines(batch.caller, batch.calls);
  const stored = (options.corpus ?? []).filter(isScenario);
  for (const { caller, steps } of stored) yield lines(caller, [{ call: 'scenario', steps }]);
  const each = Math.ceil((options.scenarios ?? 0) / SCENARIO_CALLERS.length);
  for (const [index, caller] of each === 0 ? [] : SCENARIO_CALLERS.entries()) {
    if (options.callers?.includes(caller.name) === false) continue;
    const facts = { kernel, caller: nominalFacts(caller, kernel) };
    const batch = fc
      .sample(scenarios(caller, facts, 12), { seed: options.seed * 65_537 + index, numRuns: each })
      .filter((scenario) => isSafe(facts, scenario) && scenario.steps.every(({ op }) => op !== 'sethostname'));
    yield lines(
      caller,
      batch.map(({ steps }) => ({ call: 'scenario', steps }) as const),
    );
  }
}

const NOTHING_AROUND = {
  forbids: () => undefined,
  lacks: () => undefined,
  forbidsCaller: () => undefined,
  reasons: [],
};

/** The calls by which whoever judges learns what the kernel can do, and what around it answers. */
async function firstBatches(
  version: KernelVersion,
): Promise<readonly { readonly caller: Caller; readonly requests: readonly CaseRequest[] }[]> {
  const batches: { readonly caller: Caller; readonly requests: readonly CaseRequest[] }[] = [];
  const nobody = {
    run: (caller: Caller, requests: readonly CaseRequest[]) => {
      batches.push({ caller, requests });
      return Promise.resolve({
        facts: undefined,
        blocked: undefined,
        observations: [],
        missing: {},
        answer: undefined,
      });
    },
  };
  await probeFeatures(nobody, nominalKernel(version));
  await discoverEnvironment(nobody, NO_HEADER);
  await tryObservers(nobody, nominalKernel(version));
  return batches;
}

const NO_HEADER: TraceHeader = {
  ...{ type: 'header', protocol: 1, arch: 'x86_64', release: '', version: '', machine: '', page_size: 4096 },
  ...{ la57: null, ns: [], sysctl: {}, cgroup2: null, lsm: null },
};

function textOf(request: CaseRequest): string {
  return request.call === 'scenario' ? request.steps.map(formatStep).join('; ') : formatCall(request);
}

/**
 * Reads back what {@link probeLines} wrote.
 *
 * @throws InputError with file and line where a case does not say what it is, or says another thing than the probe was given
 */
export function readProbeLines(text: string, file: string): ProbeLines {
  const requests = new Map<string, CaseRequest>();
  const [head = ''] = text.split('\n', 1);
  if (!head.startsWith(`# ${HEAD}`))
    throw new InputError('no probe lines', '`clonecheck exec --lines` writes them', { file, line: 1 });
  let comment = '';
  for (const [index, line] of text.split('\n').entries()) {
    const place = { file, line: index + 1 };
    if (line.startsWith('#')) comment = line.slice(1).trim();
    if (line.startsWith('#') || line === '' || line.startsWith('caller ')) continue;
    const [id = ''] = line.split(' ', 1);
    const request = requestOf(comment, place);
    if (callLine(id, request) !== line)
      throw new InputError('the case is not what the comment before it says', 'write the lines anew', place);
    if (requests.has(id)) throw new InputError(`${id} stands twice`, 'write the lines anew', place);
    requests.set(id, request);
  }
  return { requests, asked: head.includes(ASKED) };
}

function requestOf(comment: string, place: { readonly file: string; readonly line: number }): CaseRequest {
  if (!/^\d+:/.test(comment)) return parseCall(comment, place).call;
  return { call: 'scenario', steps: comment.split('; ').map((step) => parseStep(step, place)) };
}
