import type { StepResult, Value } from '../../../scenario/scenario.js';

export const returned = (value: Value): StepResult => ({ kind: 'returned', value });
export const failed = (errno: string): StepResult => ({ kind: 'failed', errno });
/** The specification says nothing about it. */
export const OPEN: StepResult = { kind: 'open' };
