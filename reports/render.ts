import { html } from './html/page.js';
import { junit } from './junit.js';
import { ktap } from './ktap.js';
import { markdown } from './markdown.js';
import { ndjson, type Results } from './results/index.js';
import { terminal } from './terminal.js';

/** From runs, at least one, to text. */
type Renderer = (runs: readonly Results[], colour: boolean) => string;

const RENDERERS = {
  pretty: (runs, colour) => runs.map((results) => terminal(results, colour)).join('\n'),
  junit: (runs) => junit(runs),
  ktap: (runs) => ktap(runs),
  markdown: (runs) => markdown(runs),
  html: (runs) => html(runs),
  json: (runs) => runs.flatMap((results) => [...ndjson(results)]).join(''),
} satisfies Record<string, Renderer>;

export type Format = keyof typeof RENDERERS;

/** What a report can be written as. */
export const FORMATS = Object.keys(RENDERERS) as readonly Format[];

/**
 * Runs as a report.
 *
 * @param runs - at least one
 * @param colour - with escape sequences, where the format has them
 */
export function render(runs: readonly Results[], format: Format, colour = false): string {
  const renderer: Renderer = RENDERERS[format];
  return renderer(runs, colour);
}
