import type { Draw } from '../scenarios.js';
import { EXEC_PLAYS } from './exec.js';
import { NAMESPACE_PLAYS } from './namespaces.js';
import { RESOURCE_PLAYS } from './resources.js';
import { STATE_PLAYS } from './state.js';
import { TASK_PLAYS } from './tasks.js';
import { TRACING_PLAYS } from './tracing.js';
import type { Play } from './stage.js';

/** Those with many variants are performed more often. */
const PROGRAMME: readonly Play[] = [
  ...EXEC_PLAYS,
  ...NAMESPACE_PLAYS,
  ...RESOURCE_PLAYS,
  ...RESOURCE_PLAYS,
  ...Array.from({ length: 5 }, () => STATE_PLAYS).flat(),
  ...TASK_PLAYS,
  ...Array.from({ length: 3 }, () => TRACING_PLAYS).flat(),
];

/** One of the plays. */
export function pickPlay(draw: Draw): Play | undefined {
  return PROGRAMME[draw(PROGRAMME.length)];
}

export { Stage } from './stage.js';
