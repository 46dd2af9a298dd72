import { EFFECTS, isHeldTo, type Facts } from '../../spec/index.js';
import type { Draw } from '../scenarios.js';
import { EXEC_PLAYS } from './exec.js';
import { CGROUP_PLAYS, NAMESPACE_PLAYS, TID_PLAYS } from './namespaces.js';
import { RESOURCE_PLAYS } from './resources.js';
import { STATE_PLAYS } from './state.js';
import { TASK_PLAYS } from './tasks.js';
import { TRACING_PLAYS } from './tracing.js';
import type { Play } from './stage.js';

/** Those with many variants are performed more often. */
const PROGRAMME: readonly Play[] = [
  ...EXEC_PLAYS,
  ...NAMESPACE_PLAYS,
  ...NAMESPACE_PLAYS,
  ...RESOURCE_PLAYS,
  ...RESOURCE_PLAYS,
  ...RESOURCE_PLAYS,
  ...Array.from({ length: 9 }, () => STATE_PLAYS).flat(),
  ...TASK_PLAYS,
  ...TASK_PLAYS,
  ...Array.from({ length: 5 }, () => TID_PLAYS).flat(),
  ...Array.from({ length: 3 }, () => TRACING_PLAYS).flat(),
];

/** Schedules that effects name themselves; each is for kernels that are held to its effect. */
const SHOWN = EFFECTS.flatMap((effect) => {
  const { shows } = effect;
  const play: Play = (stage) => {
    for (const { task, ...operation } of shows ?? []) stage.step(task, operation);
  };
  return shows === undefined ? [] : [{ effect, play }];
});

/** One of the plays; a caller with descriptors of cgroups is there for their sake. */
export function pickPlay(draw: Draw, { caller, kernel }: Facts): Play | undefined {
  if (Object.values(caller.cgroup_fds).includes('child') && draw(3) === 0) return CGROUP_PLAYS[0];
  const shown = SHOWN.filter(({ effect }) => isHeldTo(effect, kernel));
  const place = draw(PROGRAMME.length + shown.length);
  return PROGRAMME[place] ?? shown[place - PROGRAMME.length]?.play;
}

export { Stage } from './stage.js';
