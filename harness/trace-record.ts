import { runScenarioCorpus, isScenario } from './corpus-run.js';
import { SCENARIO_CALLERS } from './effects-run.js';
import { discoverEnvironment } from './environment.js';
import { kernelFacts } from './facts.js';
import { probeFeatures } from './features.js';
import { withUnseen } from './observers.js';
import { RunState, type RunOptions } from './run.js';
import { runScenarios } from './scenario-run.js';
import type { Performer } from './session.js';
import type { Target } from './targets/target.js';
import { batchLines } from './trace-lines.js';

/**
 * Makes a trace: what `run` would do, without judging. A header, then for each batch the caller's own words and a line a case, then
 * a footer with their number.
 *
 * @param write - takes whole lines
 */
export async function recordTrace(
  target: Target,
  options: RunOptions,
  write: (text: string) => void,
): Promise<{ readonly cases: number }> {
  const session = await target.session();
  let cases = 0;
  try {
    const header = await session.open();
    write(`${JSON.stringify(header)}\n`);
    const recorder: Performer = {
      run: async (caller, requests) => {
        const result = await session.run(caller, requests);
        // Who asks for facts alone adds no case.
        if (requests.length > 0) write(batchLines(caller, requests, result));
        cases += requests.length;
        return result;
      },
    };
    const tried = await probeFeatures(recorder, kernelFacts(header, options.kernel));
    const environment = await discoverEnvironment(recorder, header, tried.probed);
    const kernel = await withUnseen(recorder, tried);
    const state = new RunState(kernel, environment, options);
    for (let batch = state.next(); batch !== undefined; batch = state.next()) {
      state.take(batch, await recorder.run(batch.caller, batch.calls));
    }
    await runScenarioCorpus(recorder, kernel, environment, (options.corpus ?? []).filter(isScenario));
    const { scenarios: count = 0, seed, callers } = options;
    const chosen = SCENARIO_CALLERS.filter(({ name }) => callers?.includes(name) ?? true);
    if (options.signal?.aborted !== true) await runScenarios(recorder, kernel, environment, chosen, { count, seed });
    // An interrupted trace has no footer, and whoever checks it sees that it is not whole.
    const footer = { type: 'footer', cases, ...(options.asked === true && { asked: true }) };
    if (options.signal?.aborted !== true) write(`${JSON.stringify(footer)}\n`);
    return { cases };
  } finally {
    await session.close();
  }
}
