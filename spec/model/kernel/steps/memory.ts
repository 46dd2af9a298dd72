import type { Step, StepResult } from '../../../scenario/scenario.js';
import { capable } from '../facts-of.js';
import type { Kernel } from '../kernel.js';
import { PLAIN_MAPPING, type Mapping } from '../resources.js';
import type { Task } from '../task.js';
import { OPEN, failed, returned } from './results.js';

/** Where the pages of `map` lie, and how far apart. */
const PAGES = 0x2010_0000;
const PAGE_DISTANCE = 0x1_0000;

/** What 32 bits of memory hold of a number, as the probe reads them: without a sign. */
function word(value: number): number {
  return value >>> 0;
}

/** Words, mappings, and what belongs to the address space. */
export function memorySteps(k: Kernel, task: Task, step: Step): StepResult | undefined {
  const { pages } = task.memory;
  const change = (page: number, change: Partial<Mapping>): StepResult => {
    const mapping = pages.get(page);
    if (mapping === undefined) return OPEN;
    pages.set(page, { ...mapping, ...change });
    return returned(0);
  };
  switch (step.op) {
    case 'read':
      return returned(k.memoryAt(task, step.at).get(step.at) ?? 0);
    case 'write':
      k.memoryAt(task, step.at).set(step.at, word(step.value));
      return returned(word(step.value));
    case 'map':
      pages.set(step.page, PLAIN_MAPPING);
      return returned(PAGES + step.page * PAGE_DISTANCE);
    case 'unmap':
      pages.delete(step.page);
      return returned(0);
    case 'mapped':
      return returned(pages.has(step.page) ? 1 : 0);
    case 'poke':
      return pages.has(step.page) ? change(step.page, { word: word(step.value) }) : failed('EFAULT');
    case 'peek': {
      const mapping = pages.get(step.page);
      return mapping === undefined ? failed('EFAULT') : returned(mapping.word);
    }
    case 'dontfork':
      return change(step.page, { dontfork: true });
    case 'wipeonfork':
      return change(step.page, { wipeonfork: true });
    case 'mlock':
      // How much an ordinary user may lock is a limit of its own.
      if (!capable(k, task, 'IPC_LOCK') || task.namespaces.user !== k.first.namespaces.user) {
        k.fog = 'memory was locked within a limit';
        return OPEN;
      }
      return change(step.page, { locked: true });
    case 'vmlck':
      return returned([...pages.values()].some(({ locked }) => locked) ? 1 : 0);
    case 'tls':
      return returned(task.own.tls === 'own' ? 0 : task.own.tls);
    default:
      return undefined;
  }
}
