import type { Step, StepResult } from '../../scenario/scenario.js';
import type { Kernel } from './kernel.js';
import { fileSteps } from './steps/files.js';
import { identitySteps } from './steps/identity.js';
import { memorySteps } from './steps/memory.js';
import { OPEN } from './steps/results.js';
import { signalSteps } from './steps/signals.js';
import { namespaceSteps, stateSteps } from './steps/state.js';
import { taskSteps } from './steps/tasks.js';
import { tracingSteps } from './steps/tracing.js';
import type { Task } from './task.js';

/**
 * One task performs one operation.
 *
 * @param index - of the step in its scenario
 * @returns undefined where the task sleeps; `task.waiting` then says for what
 */
export function perform(k: Kernel, task: Task, step: Step, index: number): StepResult | undefined {
  const result = taskSteps(k, task, step, index);
  if (result !== 'other') return result;
  const signal = signalSteps(k, task, step, index);
  if (signal !== undefined || task.waiting !== undefined) return signal;
  return (
    memorySteps(k, task, step) ??
    fileSteps(k, task, step) ??
    identitySteps(k, task, step) ??
    namespaceSteps(k, task, step) ??
    stateSteps(k, task, step) ??
    tracingSteps(k, task, step) ??
    OPEN
  );
}
