import { appendFileSync, statSync } from 'node:fs';
import { MOST_MARKDOWN, annotations, markdown, type Results } from '../reports/index.js';

/**
 * Inside GitHub Actions a run annotates itself (on standard error, where GitHub looks, too) and adds to the step's summary.
 *
 * @param env - GITHUB_ACTIONS and GITHUB_STEP_SUMMARY say whether and where
 */
export function tellGitHub(results: Results, env: Readonly<Record<string, string | undefined>> = process.env): void {
  if (env['GITHUB_ACTIONS'] === 'true') for (const line of annotations(results)) process.stderr.write(`${line}\n`);
  const summary = env['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary === '') return;
  try {
    // What other commands of the step wrote there counts too.
    const before = statSync(summary, { throwIfNoEntry: false })?.size ?? 0;
    appendFileSync(summary, `\n${markdown([results], MOST_MARKDOWN - before - 1)}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // The run is judged, and says what it found; a summary that cannot be written does not change that.
    process.stderr.write(`clonecheck: no step summary: ${why}\n`);
  }
}
