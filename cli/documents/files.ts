import type { Command } from 'commander';
import { FILE_KINDS, schemaNamed } from '../../reports/index.js';
import { manualPage } from './manual.js';
import { referencePage } from './reference.js';

/** A file that is made of definitions, by its path in the project. */
export interface MadeFile {
  readonly path: string;
  readonly text: string;
}

/** Every file that `npm run documents` writes; a test holds what is there to it. */
export function madeFiles(program: Command): readonly MadeFile[] {
  return [
    { path: 'docs/reference.md', text: referencePage(program) },
    { path: 'docs/clonecheck.1', text: manualPage(program) },
    ...FILE_KINDS.map(({ name }) => ({
      path: `schemas/${name}.json`,
      text: `${JSON.stringify(schemaNamed(name), undefined, 2)}\n`,
    })),
  ];
}
