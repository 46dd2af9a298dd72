import { html } from './html/page.js';
import { junit } from './junit.js';
import { ktap } from './ktap.js';
import { markdown } from './markdown.js';
import { ndjson, type Results } from './results/index.js';
import { terminal } from './terminal.js';

/** What a report can be written as. */
export const FORMATS = ['pretty', 'junit', 'ktap', 'markdown', 'html', 'json'] as const;

export type Format = (typeof FORMATS)[number];

/**
 * Runs as a report.
 *
 * @param runs - at least one
 * @param colour - with escape sequences, where the format has them
 */
export function render(runs: readonly Results[], format: Format, colour = false): string {
  switch (format) {
    case 'pretty':
      return runs.map((results) => terminal(results, colour)).join('\n');
    case 'junit':
      return junit(runs);
    case 'ktap':
      return ktap(runs);
    case 'markdown':
      return markdown(runs);
    case 'html':
      return html(runs);
    case 'json':
      return runs.flatMap((results) => [...ndjson(results)]).join('');
  }
}
